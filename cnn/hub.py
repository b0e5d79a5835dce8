"""A model by name: bundled with the project, or a folder. Knows no page.

A model's folder holds `model.keras`, `config.json` (how it was made) and `metrics.json` (what was measured).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from cnn.classifier import Classifier
from cnn.types import InputError

BUNDLED = Path(__file__).resolve().parent.parent / "assets" / "models"
DEFAULT = "robust"
WEIGHTS, CONFIG, METRICS = "model.keras", "config.json", "metrics.json"


class Models(Mapping[str, Classifier]):
    """The models at hand, by name. `models["default"]` is the one that answers when none is asked for."""

    def __init__(self, classifiers: list[Classifier], default: str):
        self._classifiers = {classifier.name: classifier for classifier in classifiers}
        self.default = default

    def __getitem__(self, name: str) -> Classifier:
        """InputError, which lists the valid names, for an unknown one."""
        try:
            return self._classifiers[self.default if name in ("default", "", None) else name]
        except (KeyError, TypeError):
            raise InputError("unknown_model", name=str(name)[:80], valid=", ".join(self)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._classifiers

    def __iter__(self) -> Iterator[str]:
        return iter(self._classifiers)

    def __len__(self) -> int:
        return len(self._classifiers)

    def prepare(self) -> None:
        """Compile what a look inside needs, of one model after the other. Takes seconds."""
        for classifier in self.values():
            classifier.prepare()

    def describe(self) -> list[dict[str, Any]]:
        """One `{name, architecture, parameters, revision, default, metrics}` a model, JSON-ready."""
        return [
            {
                "name": classifier.name,
                "architecture": classifier.architecture,
                "parameters": classifier.parameters,
                "revision": classifier.revision,
                "default": classifier.name == self.default,
                "metrics": classifier.metrics,
            }
            for classifier in self.values()
        ]


def bundled() -> list[str]:
    """The names of the models that come with the project."""
    return sorted(weights.parent.name for weights in BUNDLED.glob(f"*/{WEIGHTS}"))


def folder(name: str) -> Path:
    """Where a model lies: a bundled name or a folder of one's own. InputError when neither is there."""
    for place in (BUNDLED / name, Path(name)):
        if (place / WEIGHTS).is_file():
            return place
    raise InputError("unknown_model", name=name, valid=", ".join([*bundled(), "a folder that holds " + WEIGHTS]))


def load(name: str) -> Classifier:
    """A bundled model by its name, or one out of a folder; it is called by the folder's name. Warmed up.

    InputError when there is none, or its file cannot be read.
    """
    place = folder(name)
    try:
        model = keras.saving.load_model(place / WEIGHTS, compile=False, safe_mode=True)
    except Exception as error:  # a broken file makes Keras raise nearly anything
        raise InputError("broken_model", name=name) from error
    return Classifier(
        model,
        place.resolve().name,
        config=_papers(place / CONFIG),
        metrics=_papers(place / METRICS),
        revision=hashlib.sha256((place / WEIGHTS).read_bytes()).hexdigest()[:12],
    )


def load_all(default: str = DEFAULT) -> Models:
    """Every bundled model, and `default` (a bundled name or a folder) as the one that answers."""
    chosen = load(default)
    others = [load(name) for name in bundled() if name != chosen.name]
    return Models([chosen, *others], chosen.name)


def _papers(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
