"""A digit bent until the networks give in: what each view asks for, answered as numbers that the page paints.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it and adds what the view shows.
"""

import functools
from pathlib import Path
from typing import Any

import numpy as np

from cnn.inside.explain import explain
from cnn.models.registry import DEFAULT, Models, bundled
from cnn.network.classifier import Classifier
from cnn.stress import scan
from cnn.stress.perturbations import PERTURBATIONS, Perturbation
from cnn.stress.scan import Curve, said
from cnn.task import SIDE
from cnn.types import Framed, InputError
from cnn.ui.arrays import packed, shades
from cnn.ui.component import Component, networks

STACK = 4  # perturbations at most, one over the other
BEFORE = 64  # looks at unbent digits that are kept, one a network


class Stress(Component):
    """Asks with `input`, and with `submit` for one more row of the report card; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        fields = ("name", "unit", "minimum", "maximum", "step", "neutral", "worst_case")
        offered = [
            {**{field: getattr(one, field) for field in fields}, "random": _is_random(one)}
            for one in PERTURBATIONS.values()
        ]
        others = [name for name in bundled() if name != DEFAULT]
        super().__init__(
            Path(__file__).parent,
            {
                "perturbations": offered,
                "most": STACK,
                "bundled": [DEFAULT, *others],
                "networks": networks(models),
            },
            value={"view": "score"},
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        """The value as JSON schema."""
        return {"type": "object", "title": "view", "additionalProperties": True}


def _is_random(bend: Perturbation) -> bool:
    """Whether its seed changes anything."""
    if bend.worst_case:
        return False
    ink = np.tri(SIDE, dtype=np.float32)
    one, other = bend.apply(np.stack([ink, ink]), bend.maximum - bend.step, [0, 1])
    return not np.array_equal(one, other)


def answer(asked: dict[str, Any], framed: Framed, models: Models) -> dict[str, Any]:
    """What a view shows of all models at work on a framed digit, JSON-ready.

    Beside the view's own part: `asked`, `pixels`, and the default model's prediction. InputError for an unknown view.
    """
    view = asked.get("view")
    if view not in VIEWS:
        raise InputError("unknown_view", name=str(view)[:80], valid=", ".join(VIEWS))
    return {
        "asked": asked,
        "pixels": packed(framed.image),
        "prediction": models["default"].predict(framed).as_dict(),
        view: VIEWS[view](asked, framed, models),
    }


def _compare(asked: dict[str, Any], framed: Framed, models: Models) -> dict[str, Any]:
    """The digit under a stack of perturbations, and every model's answer and evidence, before and after."""
    stack = [(row["name"], row["strength"]) for row in asked["stack"]]
    if len(stack) > STACK:
        raise InputError("stack", limit=STACK)
    bent = Framed(scan.perturbed(framed.image, stack, asked["seed"], models[asked.get("against")]))
    digit = framed.image.tobytes(), framed.crowded
    looks = {name: [_look_before(model, *digit), _look(model, bent)] for name, model in models.items()}
    return {"image": shades(bent.image), "models": looks}


def _look(model: Classifier, framed: Framed) -> dict[str, Any]:
    prediction = model.predict(framed)
    evidence = explain(model, framed.image, "saliency", prediction.best_guess or 0).evidence
    return {"prediction": prediction.as_dict(), "evidence": shades(evidence)}


@functools.lru_cache(maxsize=BEFORE)
def _look_before(model: Classifier, image: bytes, crowded: bool) -> dict[str, Any]:
    """A look at the unbent digit, which stays the same while the slider moves."""
    return _look(model, Framed(np.frombuffer(image, np.float32).reshape(SIDE, SIDE), crowded=crowded))


def _breaking(asked: dict[str, Any], framed: Framed, models: Models) -> dict[str, Any]:
    """Each model's curve for one perturbation, where it breaks, and how the test digits fare."""
    name = asked["name"]
    found = scan.curves(models, framed.image, name, asked["seed"])
    shown = {
        model: {
            **_break(curve),
            "strengths": curve.strengths.tolist(),
            "kept": curve.kept.tolist(),
            "labels": [said(label) for label in curve.labels],
            "test": models[model].metrics.get("robustness", {}).get("perturbations", {}).get(name),
        }
        for model, curve in found.items()
    }
    return {"name": name, "models": shown}


def _card(asked: dict[str, Any], framed: Framed, models: Models) -> dict[str, Any]:
    """One row of the report card: where each model breaks under one perturbation."""
    found = scan.curves(models, framed.image, asked["name"], asked["seed"])
    return {"name": asked["name"], "models": {model: _break(curve) for model, curve in found.items()}}


def _break(curve: Curve) -> dict[str, Any]:
    """Where an answer holds, None where there was none; where it breaks, the nearest first; the picture that breaks it.

    `again`: between which strengths the first answer is back.
    """
    breaks = [
        {
            "strength": float(curve.strengths[one.place]),
            "after": said(curve.labels[one.place]),
            "again": [curve.span(places) for places in one.again],
        }
        for one in curve.breaks
    ]
    return {
        "before": said(curve.labels[curve.start]),
        "held": curve.held and curve.span(curve.held),
        "breaks": breaks,
        "image": shades(curve.images[curve.breaks[0].place]) if breaks else None,
    }


def _score(asked: dict[str, Any], framed: Framed, models: Models) -> dict[str, Any]:
    """Each model's errors on MNIST-C, as its `metrics.json` has them; None where they were not measured."""
    return {"models": {name: model.metrics.get("robustness", {}).get("mnist_c") for name, model in models.items()}}


VIEWS = {"compare": _compare, "breaking": _breaking, "card": _card, "score": _score}
