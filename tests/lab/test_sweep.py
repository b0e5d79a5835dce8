"""What is told of a sweep: of numbers chosen so that the answer is known."""

import dataclasses

import pytest

from cnn.lab.sweep import Run, Sweep, bundled, design
from cnn.network.design import plan

RUN = Run(
    filters=4, depth=1, seed=0, parameters=2010, multiply_adds=30_000, training_images=1280, epochs=1, seconds=1.0,
    cpu_seconds=2.0, validation_accuracy=0.9, test_images=10_000, test_accuracy=0.9, test_low=0.89, test_high=0.91,
)  # fmt: skip
# (filters, depth) -> the test accuracies of two seeds
ACCURACIES = {(4, 1): (0.90, 0.92), (8, 1): (0.94, 0.94), (16, 1): (0.95, 0.95),
              (4, 2): (0.95, 0.95), (8, 2): (0.97, 0.97), (16, 2): (0.96, 0.98)}  # fmt: skip
SWEEP = Sweep(
    [
        dataclasses.replace(RUN, filters=filters, depth=depth, seed=seed, test_accuracy=found)
        for (filters, depth), both in ACCURACIES.items()
        for seed, found in enumerate(both)
    ],
    {},
)


def test_a_network_is_the_mean_of_its_seeds() -> None:
    assert [(cell.depth, cell.filters) for cell in SWEEP.cells] == [(d, f) for d in (1, 2) for f in (4, 8, 16)]
    first = SWEEP.cells[0]
    assert first.accuracies == [0.90, 0.92]
    assert (first.mean, first.least, first.most) == pytest.approx((0.91, 0.90, 0.92))


def test_gains_are_those_at_the_corners_of_the_grid() -> None:
    gains = SWEEP.gains
    assert gains.filters == pytest.approx((0.04, 0.02))
    assert gains.layers == pytest.approx((0.04, 0.02))
    assert (gains.last, gains.last_but_one) == (pytest.approx((0.01 + 0.0) / 2), 8)
    assert gains.spread == pytest.approx(0.02 / 4)


def test_what_comes_with_the_app_is_a_whole_grid_of_networks_as_they_are_planned() -> None:
    sweep = bundled()
    kinds = {(run.filters, run.depth, run.seed) for run in sweep.runs}
    assert len(kinds) == len(sweep.runs)
    each = [sorted({kind[at] for kind in kinds}) for at in range(3)]
    assert len(kinds) == len(each[0]) * len(each[1]) * len(each[2])
    for cell in sweep.cells:
        network = plan(design(cell.filters, cell.depth))
        assert (cell.parameters, cell.multiply_adds) == (network.parameters, network.multiply_adds)
    assert {run.training_images for run in sweep.runs} == {sweep.about["images"]}
    assert {run.epochs for run in sweep.runs} == {sweep.about["epochs"]}
