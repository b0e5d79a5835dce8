"""What the page asks for, right and wrong: an answer, or one sentence."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist, nowhere
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.service import errors, inside, lab, stress, training, trials
from cnn.service.views import Views
from cnn.trials.collecting import Collector
from cnn.types import Framed, InputError
from cnn.ui.arrays import sendable
from cnn.ui.lab import answer
from tests.conftest import tiny
from train.data.mnist import Digits

TRIAL = {
    "at": "2026-01-02T03:04:05.678Z", "kind": "drawn", "meant": 7, "said": None, "reason": "not_a_digit", "guess": 1,
    "confidence": 0.9, "model": "one", "pixels": base64.b64encode(bytes(784)).decode(),
    "strokes": {"strokes": [[[1, 2.5], [3, 4]]], "width": 280, "height": 280},
}  # fmt: skip
ASKED: dict[str, dict[str, dict[str, Any]]] = {
    "inside": {
        "network": {
            "layer": "conv2d",
            "channel": 1,
            "changes": {
                "model": "one",
                "off": {"conv2d": [0, 3]},
                "kernels": [{"layer": "conv2d", "channel": 1, "input": 0, "weights": [[0.5, 0, 1]] * 3}],
            },
        },
        "joins": {},
        "likes": {"layer": "conv2d", "channel": 1},
        "why": {"method": "saliency", "label": 3},
        "shift": {"across": 2, "down": -3},
        "depth": {"layer": "conv2d"},
        "filters": {"layer": "conv2d"},
    },
    "stress": {
        "compare": {"stack": [{"name": "fog", "strength": 10}], "seed": 1, "against": "one"},
        "breaking": {"name": "fog", "seed": 1},
        "card": {"name": "rotation", "seed": 0},
        "score": {},
    },
    "lab": {
        "run": {},
        "film": {},
        "step": {"at": 5, "label": 3, "channel": 1, "rate": "0.1"},
        "build": {"design": [{"kind": "pooling", "size": 4}, {"kind": "dense", "units": 3}]},
        "export": {
            "kind": "script",
            "language": "fr",
            "design": [{"kind": "dense", "units": 3}],
            "images": 60000,
            "epochs": 2,
            "optimiser": "sgd",
            "learning_rate": 0.1,
            "augmentation": True,
            "seeds": [0, 1],
        },
        "sweep": {},
    },
    "training": {
        "begin": {
            "design": [{"kind": "dense", "units": 8}, {"kind": "activation"}],
            "images": 2000,
            "epochs": 2,
            "optimiser": "adam",
            "learning_rate": 0.01,
            "augmentation": False,
            "seeds": [0, 1],
        },
        "teach": {"network": "course", "pixels": ["AAAA"], "labels": [1], "remind": True},
        "news": {"ticket": "none", "since": 0},
        "stop": {"ticket": "none"},
        "files": {"ticket": "none", "language": "en"},
    },
    "trials": {
        "open": {},
        "submit": {"code": "FHJKLMQR", "name": "Ada", "trials": json.dumps([TRIAL]), "receipt": 32 * "0"},
        "withdraw": {"receipt": 32 * "0"},
        "gather": {"secret": "none", "since": 0},
        "remove": {"secret": "none", "number": 1},
        "end": {"secret": "none"},
    },
    "errors": {
        "tables": {"model": "one", "other": "one"},
        "pictures": {"indices": [1, 2]},
        "case": {"model": "one", "index": 1, "said": 3, "label": 4, "neighbours": [5]},
    },
}
WINGS = {
    "inside": inside.VIEWS, "stress": stress.VIEWS, "lab": lab.VIEWS, "training": training.VIEWS,
    "trials": trials.VIEWS, "errors": errors.VIEWS,
}  # fmt: skip
WRONG = [None, True, 1.5, -1, 10**9, "no such thing", [], [[1]], {}, {"name": 3}, [{"name": "fog"}], float("nan")]


@pytest.fixture(scope="module")
def models() -> Models:
    model = tiny()
    model.layers[0].name = "conv2d"
    return Models([Classifier(model, "one")], "one")


@pytest.fixture(scope="module")
def mnist(digits: Digits) -> Mnist:
    some = {i: (digits.images[i], int(digits.labels[i])) for i in range(6)}
    return Mnist(nowhere, {"train": some, "test": some})


@pytest.fixture(scope="module")
def framed(digits: Digits) -> Framed:
    return Framed(digits.images[1].astype(np.float32) / 255)


def shown(wing: str, asked: Any, models: Models, mnist: Mnist, framed: Framed) -> Any:
    if wing == "errors":
        return sendable(errors.look(models, mnist, asked))
    if wing == "lab":
        return sendable(lab.look(asked, framed))
    if wing == "training":
        return sendable(training.look(asked, framed, Trainings(), "one", {}))
    if wing == "trials":
        return sendable(trials.look(asked, Collector(), "one"))
    return sendable({"inside": inside.look, "stress": stress.look}[wing](models, asked, framed, *_model(wing)))


def _model(wing: str) -> list[str]:
    return ["one"] if wing == "inside" else []


@pytest.mark.parametrize("wing", WINGS)
def test_every_view_is_walked(wing: str) -> None:
    assert ASKED[wing].keys() == WINGS[wing].keys()


@pytest.mark.parametrize(("wing", "view"), [(wing, view) for wing, views in ASKED.items() for view in views])
def test_what_is_asked_in_the_wrong_type_is_one_sentence(
    models: Models, mnist: Mnist, framed: Framed, wing: str, view: str
) -> None:
    right = {"view": view, **ASKED[wing][view]}
    repeated = {"view": view} if wing == "trials" else right  # nothing of a series is sent back
    assert shown(wing, right, models, mnist, framed)["asked"] == repeated
    assert shown(wing, {**right, "more": [1]}, models, mnist, framed)
    refused = []
    for key in ASKED[wing][view]:
        others = {name: value for name, value in right.items() if name != key}
        for asked in [others, *({**others, key: wrong} for wrong in WRONG)]:
            try:
                assert shown(wing, asked, models, mnist, framed)
            except InputError as error:
                refused.append(str(error))
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused)
    assert len(refused) >= 5 * len(ASKED[wing][view])


@pytest.mark.parametrize("asked", [None, [], "network", 3, {}, {"view": None}, {"view": ["network"]}, {"view": {}}])
def test_what_is_no_question_is_one_sentence(models: Models, mnist: Mnist, framed: Framed, asked: Any) -> None:
    for wing in WINGS:
        with pytest.raises(InputError, match="no view named"):
            shown(wing, asked, models, mnist, framed)


def test_the_sentence_says_what_is_wrong_and_where() -> None:
    def card(*, name: str, rows: list[int], seed: int = 0) -> tuple[str, list[int], int]:
        return name, rows, seed

    views = Views(card)
    assert views.show({"view": "card", "name": "fog", "rows": [1]}) == ("fog", [1], 0)
    for asked, place in (
        ({"rows": []}, "name"),
        ({"name": 3, "rows": []}, "name"),
        ({"name": "", "rows": [[]]}, "rows.0"),
    ):
        with pytest.raises(InputError, match=f'The view "card" cannot be asked so: {place} is missing, or of another'):
            views.show({"view": "card", **asked})


@pytest.mark.parametrize("view", lab.VIEWS)
def test_what_the_lab_shows_is_sent_once_and_is_light(framed: Framed, view: str) -> None:
    """The film is played without asking again: all its moments in one answer."""
    sent = answer({"view": view, **ASKED["lab"][view]}, framed)
    assert sent.keys() == {"asked", "pixels", "blank", "example", view}
    assert len(json.dumps(sent)) < 200_000
