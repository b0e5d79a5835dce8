"""A model by name: bundled with the project, a folder, or a repository on the Hugging Face Hub. Knows no page.

A model's folder holds `model.keras`, `config.json` (how it was made) and `metrics.json` (what was measured). What comes
from the Hub is a stranger's: `cnn.untrusted` opens it, and nobody waits long for it.
"""

import contextlib
import hashlib
import json
import math
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import keras

from cnn import remote, untrusted
from cnn.classifier import Classifier
from cnn.types import InputError

BUNDLED = Path(__file__).resolve().parent.parent / "assets" / "models"
DEFAULT = "robust"
WEIGHTS, CONFIG, METRICS = "model.keras", "config.json", "metrics.json"


PATIENCE = 8  # seconds that a visitor waits for a model from the Hub; it goes on coming meanwhile
GUESTS = 6  # models that visitors asked for, held at once


class Models(Mapping[str, Classifier]):
    """The models at hand, by name. `models["default"]` is the one that answers when none is asked for.

    Where `open_to_hub`, "owner/name@revision" is a name too: such a guest is fetched when it is asked for, and stays
    until others have taken its place. Guests are listed to nobody: each visitor sees those that they asked for.
    """

    def __init__(self, classifiers: list[Classifier], default: str, open_to_hub: bool = False):
        self._classifiers = {classifier.name: classifier for classifier in classifiers}
        self.default = default
        self.open_to_hub = open_to_hub
        self.expected = ""  # the name of a model from the Hub that is to be the default
        self.missing: InputError | None = None  # why it is not
        self._guests: dict[str, Future[Classifier]] = {}  # the one asked for last at the end
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Classifier:
        """InputError: an unknown name (it lists the valid ones), or a guest that cannot come, or not yet."""
        try:
            return self._classifiers[self.default if name in ("default", "", None) else name]
        except (KeyError, TypeError):
            if self.open_to_hub and remote.parse(name):
                return self._guest(name)
            raise InputError("unknown_model", name=str(name)[:80], valid=", ".join(self)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._classifiers

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._classifiers))

    def __len__(self) -> int:
        return len(self._classifiers)

    def fetch_expected(self) -> threading.Thread:
        """Fetch the `expected` model, or its newest state, in the background; it is the default once it is there."""
        thread = threading.Thread(target=self._fetch_expected, daemon=True)
        thread.start()
        return thread

    def prepare(self) -> None:
        """Compile what a look inside needs, of one model after the other. Takes seconds."""
        for classifier in self.values():
            with contextlib.suppress(InputError):  # it cannot be looked into
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

    def _fetch_expected(self) -> None:
        try:
            path = remote.fetch(remote.parse(self.expected))
            if self.missing or path.parent.name[:12] != self[self.expected].revision:
                self._join(open_untrusted(path, self.expected))
        except InputError as error:
            self.missing = error if self.missing else None  # what was kept from before goes on answering

    def _join(self, classifier: Classifier) -> None:
        others = {name: other for name, other in self._classifiers.items() if name != classifier.name}
        self._classifiers = {classifier.name: classifier, **others}
        self.default, self.missing = classifier.name, None

    def _guest(self, name: str) -> Classifier:
        with self._lock:
            guest = self._guests.pop(name, None) or self._invite(name)
            self._guests[name] = guest
            for oldest in list(self._guests)[:-GUESTS]:
                del self._guests[oldest]
        try:
            return guest.result(PATIENCE)
        except TimeoutError:
            raise InputError("hub_waiting", name=name) from None
        except InputError:
            with self._lock:
                self._guests.pop(name, None)  # the next one to ask tries again
            raise

    def _invite(self, name: str) -> Future[Classifier]:
        guest: Future[Classifier] = Future()

        def come() -> None:
            try:  # as a stranger: what the operator alone may read is not for visitors
                guest.set_result(open_untrusted(remote.fetch(remote.parse(name), token=False), name))
            except Exception as error:
                guest.set_exception(error)

        threading.Thread(target=come, daemon=True).start()
        return guest


def bundled() -> list[str]:
    """The names of the models that come with the project."""
    return sorted(weights.parent.name for weights in BUNDLED.glob(f"*/{WEIGHTS}"))


def folder(name: str) -> Path:
    """Where a model lies: a bundled name or a folder of one's own. InputError when neither is there."""
    for place in _places(name):
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
        revision=_digest(place / WEIGHTS)[:12],
    )


def open_untrusted(path: Path, name: str) -> Classifier:
    """The model in a stranger's `.keras` file, its papers beside it as far as they make sense. Warmed up.

    It is called `name`, and its revision is that of the Hub. InputError says why it may not join.
    """
    config, metrics = (_stranger_papers(path.with_name(papers)) for papers in (CONFIG, METRICS))
    if metrics.get("weights_sha256") != _digest(path):  # figures of other weights
        metrics = {}
    architecture, calibration = config.get("architecture"), config.get("calibration")
    config = {
        "architecture": architecture[:80] if isinstance(architecture, str) else "",
        "calibration": calibration if _is_calibration(calibration) else {},
    }
    model = untrusted.open_model(path, name)
    classifier = Classifier(model, name, config=config, metrics=metrics, revision=path.parent.name[:12])
    untrusted.check_answers(classifier.logits, name)
    return classifier


def load_all(default: str = DEFAULT, open_to_hub: bool = False) -> Models:
    """Every bundled model, and `default` (a bundled name, a folder or "owner/name@revision") as the one that answers.

    One from the Hub answers at once where it was fetched before; else DEFAULT does until `fetch_expected` has it.
    """
    name = None if _is_here(default) else remote.parse(default)
    if name is None:
        chosen = load(default)
    else:
        chosen, missing = _kept(name, default)
    others = [load(other) for other in bundled() if other != chosen.name]
    models = Models([chosen, *others], chosen.name, open_to_hub)
    if name is not None:
        models.expected, models.missing = default, missing
    return models


def _kept(name: remote.Name, called: str) -> tuple[Classifier, InputError | None]:
    """What was fetched before, or DEFAULT and the reason why."""
    try:
        if path := remote.cached(name):
            return open_untrusted(path, called), None
        return load(DEFAULT), InputError("hub_waiting", name=called)
    except InputError as error:
        return load(DEFAULT), error


def _is_here(name: str) -> bool:
    return any((place / WEIGHTS).is_file() for place in _places(name))


def _places(name: str) -> tuple[Path, Path]:
    return BUNDLED / name, Path(name)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _papers(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _stranger_papers(path: Path) -> dict[str, Any]:
    try:
        papers = _papers(path)
    except (OSError, ValueError, RecursionError):
        return {}
    return papers if isinstance(papers, dict) else {}


def _is_calibration(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    temperature, refusal = found.get("temperature", 1.0), found.get("refusal", 1.0)
    numbers = all(isinstance(one, int | float) and math.isfinite(one) for one in (temperature, refusal))
    return numbers and 0.01 <= temperature <= 100 and 0 < refusal <= 1
