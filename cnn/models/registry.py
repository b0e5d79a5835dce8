"""A model by name: bundled with the project, a folder, or a repository on the Hugging Face Hub. Knows no page.

A model's folder holds `model.keras`, `config.json` (how it was made) and `metrics.json` (what was measured); where it
tells other classes apart than the digits, it may hold pictures and drawings of them to try. All models come through
`cnn.models.gate`; what comes from the Hub is not trusted, limited in size, and nobody waits long.
"""

import contextlib
import copy
import hashlib
import logging
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np

from cnn.files import finished, write_whole
from cnn.metadata import CONFIG, METRICS, read_config, read_metrics
from cnn.mnist import kept
from cnn.models import gate, remote
from cnn.network.classifier import Classifier
from cnn.task import Task, task_of
from cnn.types import InputError

BUNDLED = Path(__file__).resolve().parents[2] / "assets" / "models"
DEFAULT = "robust"
WEIGHTS = "model.keras"
PICTURES = "pictures.npz"  # of a model of other classes than the digits: test pictures, as `cnn.mnist.kept` reads them
SAMPLES = 400  # of those pictures, that what a filter likes is looked for in
log = logging.getLogger(__name__)  # a warning is a line on stderr
_opening = threading.Lock()

PATIENCE = 8  # seconds that a visitor waits for a model from the Hub; it goes on coming meanwhile
OWN = re.compile(r"mine-\d+")  # what a visitor's own networks are called, in their page alone
REQUESTED = 6  # models from the Hub that visitors asked for, held or on their way at once


class Models(Mapping[str, Classifier]):
    """The models at hand, by name. `models["default"]` is the one that answers when none is asked for.

    `folder` is where that one lies with what its page shows; None for one of the Hub's. Where `open_to_hub`,
    "owner/name@revision" is a name too: such a model is fetched when it is requested, and stays until others have taken
    its place. It is listed to nobody: each visitor sees those that they requested.
    """

    def __init__(
        self, classifiers: list[Classifier], default: str, open_to_hub: bool = False, folder: Path | None = None
    ):
        self._classifiers = {classifier.name: classifier for classifier in classifiers}
        self.default = default
        self.open_to_hub, self.folder = open_to_hub, folder
        self.expected = ""  # the name of a model from the Hub that is to be the default
        self.missing: InputError | None = None  # why it is not
        self._requested: dict[str, Future[Classifier]] = {}  # the latest at the end
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Classifier:
        """InputError: an unknown name (it lists the valid ones), or one on the Hub that cannot be had, or not yet."""
        try:
            return self._classifiers[self.default if name in ("default", "", None) else name]
        except (KeyError, TypeError):
            if self.open_to_hub and remote.parse(name):
                return self._from_hub(name)
            if isinstance(name, str) and OWN.fullmatch(name):
                raise InputError("model_gone", name=name) from None
            raise InputError("unknown_model", name=str(name)[:80], valid=", ".join(self)) from None

    def beside(self, own: Iterable[Classifier]) -> "Models":
        """The same models with a visitor's own at the end of the list, where nobody else sees them."""
        both = copy.copy(self)
        both._classifiers = {**self._classifiers, **{classifier.name: classifier for classifier in own}}
        return both

    def answering(self, own: Classifier) -> "Models":
        """The same models, of which a visitor's own is the default."""
        both = self.beside([own])
        both.default = own.name
        return both

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
        """Compile what answers need, and what a look inside the default needs; the others' first look waits.

        Takes seconds.
        """
        with contextlib.suppress(InputError):  # it cannot be looked into
            self["default"].prepare()
        for classifier in self.values():
            classifier.prepare_answers()

    def describe(self) -> list[dict[str, Any]]:
        """One `{name, architecture, parameters, revision, default, metrics}` a model, JSON-ready."""
        return [
            {
                "name": classifier.name,
                "architecture": classifier.architecture,
                "parameters": classifier.parameters,
                "revision": classifier.revision,
                "default": classifier.name == self.default,
                "metrics": classifier.metrics or {},
                "classes": list(classifier.task.classes),
            }
            for classifier in self.values()
        ]

    def _fetch_expected(self) -> None:
        try:
            path = remote.fetch(remote.named(self.expected))
            if self.missing or path.parent.name[:12] != self[self.expected].revision:
                self._join(open_untrusted(path, self.expected))
        except InputError as error:
            self.missing = error if self.missing else None  # what was kept from before goes on answering

    def _join(self, classifier: Classifier) -> None:
        others = {name: other for name, other in self._classifiers.items() if name != classifier.name}
        self._classifiers = {classifier.name: classifier, **others}
        self.default, self.missing = classifier.name, None

    def _from_hub(self, name: str) -> Classifier:
        with self._lock:
            if name not in self._requested:
                self._make_room(name)
            self._requested[name] = model = self._requested.pop(name, None) or self._fetch(name)
        try:
            return self._comparable(model.result(PATIENCE))
        except TimeoutError:
            raise InputError("hub_waiting", name=name) from None
        except InputError:
            with self._lock:
                self._requested.pop(name, None)  # the next one to ask tries again
            raise

    def _make_room(self, name: str) -> None:
        """Let go of the oldest model but those that are still on their way. InputError where all are."""
        if len(self._requested) >= REQUESTED:
            here = [other for other, model in self._requested.items() if model.done()]
            if not here:
                raise InputError("hub_full", name=name)
            del self._requested[here[0]]

    def _comparable(self, classifier: Classifier) -> Classifier:
        """A network that recognises what the default does. InputError for any other."""
        task = self["default"].task
        if not classifier.task.is_like(task):
            raise InputError("other_task", name=classifier.name, classes=", ".join(classifier.task.classes)[:80])
        return classifier

    def _fetch(self, name: str) -> Future[Classifier]:
        model: Future[Classifier] = Future()

        def fetch() -> None:
            try:  # as nobody in particular: what the operator alone may read is not for visitors
                model.set_result(open_untrusted(remote.fetch(remote.named(name), token=False), name))
            except Exception as error:
                model.set_exception(error)

        threading.Thread(target=fetch, daemon=True).start()
        return model


def bundled(task: Task | None = None) -> list[str]:
    """The names of the models that come with the project; with a `task`, of those that recognise the same."""
    names = sorted({path.parent.name for file in (WEIGHTS, CONFIG) for path in BUNDLED.glob(f"*/{file}")})
    return [name for name in names if task is None or _is_like(name, task)]


def _is_like(name: str, task: Task) -> bool:
    """Whether a bundled model may recognise the same, by its config, before its weights are read."""
    try:
        return task_of(read_config(BUNDLED / name / CONFIG)).is_like(task)
    except ValueError:
        return True  # opening it says what is wrong


def weights(name: str) -> Path:
    """The file of a model: of a bundled one by its name, the one in a folder, or itself by its path.

    InputError where there is none, or a folder holds several and no `model.keras`.
    """
    place = BUNDLED / name if name in bundled() else Path(name)
    if place.is_file():
        return place
    if not place.is_dir():
        raise _unknown(name)
    files = [path for path in sorted(place.iterdir()) if finished(path)]
    found = _ending(files, ".keras") or _ending(files, ".h5")  # the gate says what is wrong with the latter
    if place / WEIGHTS in found:
        return place / WEIGHTS
    if len(found) != 1:
        raise InputError("hub_no_model", name=name, count=len(found))
    return found[0]


def _ending(files: list[Path], suffix: str) -> list[Path]:
    return [path for path in files if path.suffix == suffix]


def folder(name: str) -> Path:
    """Where a model's `model.keras` lies with its metadata, as `weights`. InputError when there is none."""
    found = weights(name)
    if found.name != WEIGHTS:
        raise _unknown(name)
    return found.parent


def load(name: str) -> Classifier:
    """A bundled model by its name, or one of one's own by its folder or file.

    It is called as its folder, or as its file where that is no `model.keras`. InputError: there is none, or it may not
    join.
    """
    path = weights(name)
    called = path.resolve().parent.name if path.name == WEIGHTS else path.stem
    return _opened(path, called, limited=False)


def files(name: str) -> dict[str, bytes]:
    """The files of a bundled model, by their names. InputError for any other name."""
    if name not in bundled():
        raise _unknown(name)
    found = [part for part in (WEIGHTS, CONFIG, METRICS) if (BUNDLED / name / part).is_file()]
    return {part: (BUNDLED / name / part).read_bytes() for part in found}


def open_files(files: Mapping[str, bytes], name: str) -> Classifier:
    """A model by the files of its folder, which this program itself has made; called `name`. InputError as `load`."""
    with tempfile.TemporaryDirectory(prefix="digits-") as place:
        for part in (WEIGHTS, CONFIG, METRICS):
            write_whole(Path(place, part), files[part])
        return _opened(Path(place, WEIGHTS), name, limited=False)


def open_untrusted(path: Path, name: str) -> Classifier:
    """The model in a `.keras` file from the Hub, which is not trusted, called `name`.

    Its revision is that of the Hub. InputError says why it may not join. One at a time: it takes a core and memory.
    """
    with _opening:
        return _opened(path, name, limited=True)


def load_all(default: str = DEFAULT, open_to_hub: bool = False) -> Models:
    """Every bundled model, and `default` (a bundled name, a folder, a file or "owner/name@revision") as what answers.

    One from the Hub answers at once where it was fetched before; else DEFAULT does until `fetch_expected` has it. A
    broken bundled model is left out and named on stderr. InputError where one's own may not join, or none is left.
    """
    name = None if _is_here(default) else remote.parse(default)
    chosen, missing = None, None
    if name:
        chosen, missing = _kept(name, default)
    elif default not in bundled():
        chosen = load(default)
    first = DEFAULT if name else default
    at_hand, broken = [chosen] if chosen else [], None
    for other in sorted({*bundled()} - {one.name for one in at_hand}, key=lambda other: (other != first, other)):
        try:
            if all(_is_like(other, one.task) for one in at_hand):  # those of another task cannot be compared
                at_hand.append(load(other))
        except InputError as error:
            log.warning("%s It is left out.", error)
            broken = error
    if not at_hand:
        raise broken or _unknown(default)
    place = None if name and chosen else weights(default if chosen else at_hand[0].name).parent
    models = Models(at_hand, at_hand[0].name, open_to_hub, place)
    if not chosen and models.default != first:
        log.warning("%s answers instead of %s.", models.default, first)
    if name:
        models.expected, models.missing = default, missing
    return models


def _kept(name: remote.Name, called: str) -> tuple[Classifier | None, InputError | None]:
    """What was fetched before, or the reason why it does not answer."""
    try:
        if path := remote.cached(name):
            return open_untrusted(path, called), None
        return None, InputError("hub_waiting", name=called)
    except InputError as error:
        return None, error


def _is_here(name: str) -> bool:
    """Whether a name is not one on the Hub, even where nothing is there."""
    return name in bundled() or Path(name).exists() or Path(name).suffix in (".keras", ".h5")


def _opened(path: Path, name: str, limited: bool) -> Classifier:
    """Through the gate, with the files beside it as far as they make sense; the config has to be of these weights.

    `limited`: it is from the Hub, whose revision its folder is called by.
    """
    config = read_config(path.with_name(CONFIG))
    digest = check_digest(path, config, name)
    metrics = read_metrics(path.with_name(METRICS), digest)
    revision = (path.parent.name if limited else digest)[:12]
    try:
        task = task_of(config)
    except ValueError as error:
        raise InputError("model_task", name=name, why=str(error)) from None
    model = gate.open_model(path, name, limited, task)
    known: dict[str, Any] = {"task": task, "config": config, "metrics": metrics, "revision": revision}
    known["samples"] = None if limited else _samples(path.with_name(PICTURES))
    network = Classifier(model, name, **known)
    if metrics and path.parent.parent == BUNDLED:  # it was measured as it is, so nothing needs to be tried
        return network
    feed = gate.wanted(model, network.logits, name, task)
    if feed == gate.OURS:
        return network
    log.warning('"%s" wants pixels from %s, and gets them.', name, feed)
    return Classifier(gate.flat(model, feed), name, **known)


def _samples(path: Path) -> np.ndarray | None:
    """Some of the test pictures that lie beside a model; None where there are none."""
    pictures = list(kept(path).get("test", {}).values())[:SAMPLES]
    return np.stack([image for image, _ in pictures]).astype(np.float32) / 255 if pictures else None


def _unknown(name: str) -> InputError:
    return InputError("unknown_model", name=name, valid=", ".join([*bundled(), "a folder that holds " + WEIGHTS]))


def check_digest(path: Path, config: Mapping[str, Any], name: object) -> str:
    """The SHA-256 of a model's file. InputError where its config, if it tells one at all, tells another."""
    digest = weights_sha256(path)
    if config.get("weights_sha256", digest) != digest:
        raise InputError("model_digest", name=name)
    return digest


def weights_sha256(path: Path) -> str:
    """The SHA-256 of a model's file, in hexadecimal: what its config and its metrics call it by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
