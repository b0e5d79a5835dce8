"""Where the networks fail: tables out of their metrics, and pictures as far as MNIST can be had. Knows no format.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it as `asked` and adds what it shows.
"""

import base64
from pathlib import Path
from typing import Any

import numpy as np

from cnn.errors.statistics import wilson
from cnn.errors.tables import compared, label_errors, measured, with_intervals
from cnn.inside.explain import explain, saliency
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.types import InputError
from cnn.ui.arrays import packed
from cnn.ui.component import Component, networks

MOST = 200  # pictures in one answer


class Errors(Component):
    """Asks with `input`; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        known = {"networks": networks(models), "known": label_errors()}
        super().__init__(Path(__file__).parent, known, value={}, **options)

    def api_info(self) -> dict[str, Any]:
        """The value as JSON schema."""
        return {"type": "object", "title": "errors", "additionalProperties": True}


def answer(asked: dict[str, Any], models: Models, mnist: Mnist) -> dict[str, Any]:
    """What a view shows, JSON-ready; `missing` is a text key in place of what cannot be had.

    InputError for an unknown view or model.
    """
    view = asked.get("view")
    if view not in VIEWS:
        raise InputError("unknown_view", name=str(view)[:80], valid=", ".join(VIEWS))
    return {"asked": asked, **VIEWS[view](asked, models, mnist)}


def _tables(asked: dict[str, Any], models: Models, mnist: Mnist) -> dict[str, Any]:
    """All figures of a model, and beside them another one's."""
    network, other = models[asked["model"]], models[asked["other"]]
    if missing := [one.name for one in (network, other) if not one.metrics]:
        return {"missing": "error.not_measured", "name": missing[0]}
    metrics, others = measured(network), measured(other)
    errors = round((1 - metrics["accuracy"]) * metrics["images"])
    return {
        "images": metrics["images"],
        "misread": errors,
        "interval": wilson(errors, metrics["images"]),
        "confusion": metrics["confusion"],
        "errors": metrics.get("errors"),
        "doubtful": metrics.get("doubtful", []),
        "calibration": {**metrics["calibration"], "bins": with_intervals(metrics["calibration"])},
        "others": others.get("errors", []),
        "comparison": compared(metrics, others)._asdict(),
    }


def _pictures(asked: dict[str, Any], models: Models, mnist: Mnist) -> dict[str, Any]:
    """Images of MNIST's test set, by their indices."""
    return _from(mnist, "test", asked["indices"])


def _case(asked: dict[str, Any], models: Models, mnist: Mnist) -> dict[str, Any]:
    """One test image: what speaks for what was said and for its label, and the training images that are nearest."""
    try:
        image = mnist.digit("test", asked["index"])[0].astype(np.float32) / 255
    except InputError as error:
        return {"missing": f"error.{error.key}"}
    evidence = [
        explain(models[asked["model"]], image, saliency.__name__, int(label)).evidence
        for label in (asked["said"], asked["label"])
    ]
    return {"evidence": packed(np.stack(evidence)), "neighbours": _from(mnist, "train", asked["neighbours"])}


VIEWS = {"tables": _tables, "pictures": _pictures, "case": _case}


def _from(mnist: Mnist, split: str, indices: list[int]) -> dict[str, Any]:
    """`pixels` of those that can be had, by index: 28x28 bytes of ink in base64; and why others are `missing`."""
    pixels, missing = {}, {}
    for index in indices[:MOST]:
        try:
            pixels[str(index)] = base64.b64encode(mnist.digit(split, index)[0].tobytes()).decode("ascii")
        except InputError as error:
            missing = {"missing": f"error.{error.key}"}
    return {"pixels": pixels, **missing}
