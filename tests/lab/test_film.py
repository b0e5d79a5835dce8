"""The film of a training: what was recorded is what is shown, and one step by hand adds up."""

from pathlib import Path

import numpy as np
import pytest

from cnn.framing.ink import from_strokes, parse_strokes
from cnn.lab.film import FILE, SHOWN, Film, Step, bundled
from cnn.network.classifier import softmax

MOST = 6_000_000  # bytes of the file that comes with the app
ROUNDING = 1e-5  # of float32 sums of a few hundred numbers
AT = (0, 6, 9, -1)  # moments, from the first to the last


@pytest.fixture(scope="module")
def film() -> Film:
    return bundled()


@pytest.fixture(scope="module")
def seven() -> np.ndarray:
    strokes = [[[80, 60], [200, 60], [130, 230]]]
    return from_strokes(parse_strokes({"strokes": strokes, "width": 280, "height": 280})).image


def steps(film: Film, image: np.ndarray, **how: float) -> list[Step]:
    return [film.step(at % len(film), image, 7, **{"rate": 0.1, **how}) for at in AT]


def test_the_first_steps_are_closer_together_than_the_epochs(film: Film) -> None:
    at = [moment["step"] for moment in film.about["moments"]]
    assert at[:3] == [0, 1, 3]
    assert at[-1] == film.about["steps"]
    assert 16 <= len(at) <= 20
    assert [one["epoch"] for one in film.about["moments"]][-5:] == [1, 2, 3, 4, 5]


def test_it_is_small_and_says_what_it_is_of(film: Film) -> None:
    assert FILE.stat().st_size < MOST
    assert film.about["recipe"]["architecture"] == "course"
    assert film.about["date"]
    assert film.about["machine"]["jax"]


def test_the_figures_are_those_of_the_confusion(film: Film) -> None:
    for moment, matrix in zip(film.about["moments"], film.confusion, strict=True):
        assert matrix.sum() == film.about["images"]["validation"]
        assert moment["validation"]["accuracy"] == pytest.approx(matrix.trace() / matrix.sum())
    accuracies = [moment["validation"]["accuracy"] for moment in film.about["moments"]]
    assert accuracies[0] < 0.2
    assert accuracies[-1] > 0.985


def test_a_digit_is_read_better_and_better(film: Film, seven: np.ndarray) -> None:
    seen = film.watch(seven)
    assert seen.probabilities.shape == (len(film), 10)
    assert np.allclose(seen.probabilities.sum(1), 1, atol=ROUNDING)
    assert seen.probabilities[0].max() < 0.2
    assert seen.probabilities[-1].argmax() == film.guess(seven) == 7
    assert [one.maps.shape for one in seen.maps] == [(len(film), SHOWN, 26, 26), (len(film), SHOWN, 11, 11)]
    for one in seen.maps:
        most = film.network.outputs(film.weights(len(film) - 1), seven)[one.layer].after[0].max((0, 1))
        assert sorted(most[one.channels], reverse=True) == most[one.channels].tolist()
        assert most[one.channels].min() >= np.sort(most)[-SHOWN]


def test_filters_are_the_weights(film: Film) -> None:
    assert film.filters.shape == (len(film), 32, 3, 3)
    assert (film.filters[4, 5] == film.weights(4)["conv1/kernel"][:, :, 0, 5]).all()


def test_forward_adds_up(film: Film, seven: np.ndarray) -> None:
    for step in steps(film, seven):
        assert np.allclose(step.probabilities, softmax(step.logits[None])[0], atol=ROUNDING)
        assert step.loss == pytest.approx(-np.log(step.probabilities[7]), rel=1e-4, abs=ROUNDING)
        assert np.allclose(step.errors, step.probabilities - np.eye(10)[7], atol=ROUNDING)
        assert step.errors.sum() == pytest.approx(0, abs=ROUNDING)


def test_a_gradient_is_the_errors_times_the_ink(film: Film, seven: np.ndarray) -> None:
    for step in steps(film, seven):
        assert not step.error[step.before <= 0].any()
        windows = np.lib.stride_tricks.sliding_window_view(seven, step.error.shape)  # by place in the kernel
        summed = (windows * step.error).sum((2, 3))
        assert np.allclose(summed, step.gradient, atol=ROUNDING + 1e-4 * np.abs(step.gradient).max())


def test_a_gradient_is_a_difference(film: Film, seven: np.ndarray) -> None:
    """Each of the nine weights moved a little, to both sides: to a twentieth of the largest, in float32."""
    for at in (0, 6):
        step, weights = film.step(at, seven, 7, 0.1), film.weights(at)

        def loss(row: int, column: int, by: float, weights: dict = weights, step: Step = step) -> float:
            kernel = weights["conv1/kernel"].copy()
            kernel[row, column, 0, step.channel] += by
            return film.network.loss({**weights, "conv1/kernel": kernel}, seven, 7, "conv1").value

        for (row, column), slope in np.ndenumerate(step.gradient):
            difference = (loss(row, column, 2e-3) - loss(row, column, -2e-3)) / 4e-3
            assert difference == pytest.approx(slope, abs=0.05 * float(np.abs(step.gradient).max()))


def test_the_update_and_what_comes_of_it(film: Film, seven: np.ndarray) -> None:
    for step in steps(film, seven, rate=0.01):
        assert np.allclose(step.updated, step.kernel - 0.01 * step.gradient, atol=1e-7)
        assert step.foretold == pytest.approx(-0.01 * float((step.gradient**2).sum()), rel=1e-4)
        # A small step does what the gradient foretold, to a fifth, and float32's rounding.
        assert step.loss_kernel - step.loss == pytest.approx(step.foretold, rel=0.2, abs=ROUNDING)
        assert step.loss_all < step.loss_kernel < step.loss
        assert step.loss_all == pytest.approx(-np.log(step.probability_all), rel=1e-4, abs=ROUNDING)


def test_the_loss_after_is_the_moved_network_s(film: Film, seven: np.ndarray) -> None:
    step, weights = film.step(6, seven, 7, 0.1, channel=4), film.weights(6)
    assert step.channel == 4
    gradients = film.network.loss(weights, seven, 7, "conv1").by_weights
    moved = {name: weights[name] - 0.1 * gradients[name] for name in weights}
    assert film.network.loss(moved, seven, 7, "conv1").value == pytest.approx(step.loss_all, abs=ROUNDING)
    weights["conv1/kernel"][:, :, 0, 4] = step.updated
    assert film.network.loss(weights, seven, 7, "conv1").value == pytest.approx(step.loss_kernel, abs=ROUNDING)


def test_the_kernel_that_is_shown_has_the_largest_gradient(film: Film, seven: np.ndarray) -> None:
    sizes = [float((film.step(6, seven, 7, 0.1, channel).gradient ** 2).sum()) for channel in range(32)]
    assert film.step(6, seven, 7, 0.1).channel == int(np.argmax(sizes))


def test_a_file_that_is_no_film_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "film.npz"
    np.savez(path, confusion=np.zeros((1, 10, 10)))
    with pytest.raises(KeyError):
        Film(path)
