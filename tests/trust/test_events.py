"""Every endpoint and every event of the page, with values of the wrong type in every place."""

import inspect
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.blocks import BlockFunction

from cnn.service import errors, inside, lab, stress, training, trials
from cnn.text import say
from cnn.ui.lab import Lab
from tests.service.test_views import ASKED
from tests.trust import corpus
from tests.trust.app import App, good
from tests.trust.conftest import Tally

WAYS = ("endpoints", "events")
WINGS = {
    "inside": inside.VIEWS, "stress": stress.VIEWS, "lab": lab.VIEWS, "training": training.VIEWS,
    "trials": trials.VIEWS, "errors": errors.VIEWS,
}  # fmt: skip


def goods(function: BlockFunction, seven: Any) -> list[Any]:
    """What an endpoint or an event takes."""
    news = {"view": "news", "ticket": "gone"} if wing_of(function) == "training" else None
    return [news if news and isinstance(block, Lab) else good(block, seven, "one") for block in function.inputs]


def wing_of(function: BlockFunction) -> str | None:
    """Whose views an event asks for."""
    names = [type(block).__name__.lower() for block in function.inputs]
    if "lab" in names and len(names) > 2:  # of the Lab's events, the one that takes the visitor's networks too
        return "training"
    return next((name for name in names if name in WINGS), None)


def cases(function: BlockFunction, seven: Any, wrong: list[Any], depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Good values, each with something wrong in one of its places; what the server keeps itself is not sent."""
    values = goods(function, seven)
    for at, block in enumerate(function.inputs):
        if not isinstance(block, gr.State):
            for place in corpus.fields(values[at]):
                for one in wrong if len(place) <= depth else ():
                    changed = corpus.replaced(values, at, corpus.put(values[at], place, one))
                    yield f"{at}{list(place)} is {one!r:.60}", changed


@pytest.mark.parametrize("way", WAYS)
def test_what_is_right_is_answered(app: App, seven: Any, tally: Tally, way: str) -> None:
    """Else what follows would prove nothing; two need what is not at hand here."""
    unmeasured, waiting = say("error.not_measured", name="one"), say("error.mnist_loading")
    for name, function in getattr(app, way).items():
        values = goods(function, seven)
        answer = app.ask(function, values)
        assert answer.sentence in (None, unmeasured, waiting), (name, answer)


@pytest.mark.parametrize("way", WAYS)
def test_values_that_are_missing_or_too_many(app: App, seven: Any, tally: Tally, way: str) -> None:
    for name, function in getattr(app, way).items():
        values = goods(function, seven)
        for count in range(len(values)):
            tally(f"{name}, {count} values", app.ask, function, values[:count], answers=False)
        tally(f"{name}, one too many", app.ask, function, [*values, 1])


@pytest.mark.parametrize("way", WAYS)
def test_values_of_the_wrong_type(app: App, seven: Any, tally: Tally, way: str) -> None:
    for name, function in getattr(app, way).items():
        for case, values in cases(function, seven, corpus.FEW, 0):
            tally(f"{name}, {case}", app.ask, function, values)


@pytest.mark.trust
@pytest.mark.parametrize("way", WAYS)
def test_values_of_every_wrong_type_in_every_place(app: App, seven: Any, tally: Tally, way: str) -> None:
    for name, function in getattr(app, way).items():
        for case, values in cases(function, seven, corpus.WRONG, 3):
            tally(f"{name}, {case}", app.ask, function, values)


@pytest.mark.trust
@pytest.mark.parametrize(("wing", "view"), [(wing, view) for wing, views in ASKED.items() for view in views])
def test_every_view_with_every_wrong_type_in_every_place(app: App, tally: Tally, wing: str, view: str) -> None:
    function = next(one for one in app.events.values() if wing_of(one) == wing)
    component = "lab" if wing == "training" else wing
    at = next(at for at, one in enumerate(function.inputs) if type(one).__name__.lower() == component)
    values = [good(block, None, "one") for block in function.inputs]
    asked = {"view": view, **ASKED[wing][view]}
    assert set(ASKED[wing][view]) <= set(inspect.signature(WINGS[wing][view]).parameters)
    for place in corpus.fields(asked):
        for one in corpus.WRONG:
            changed = corpus.replaced(values, at, corpus.put(asked, place, one))
            tally(f"{list(place)} is {one!r:.60}", app.ask, function, changed)


def test_drawings_that_are_none(app: App, tally: Tally) -> None:
    for case, drawing in corpus.strokes():
        tally(case, app.ask, app.endpoints["predict_strokes"], [drawing, "default"], answers=False)


def test_drawings_that_are_rarely_met(app: App, tally: Tally) -> None:
    for case, drawing in corpus.odd_strokes():
        tally(case, app.ask, app.endpoints["predict_strokes"], [drawing, "default"], answers=True)


@pytest.mark.parametrize("meta", [True, False], ids=["with meta", "without"])
def test_paths_that_nobody_uploaded(app: App, tally: Tally, meta: bool) -> None:
    for path in [*corpus.PATHS, str(app.folder), str(app.folder / "gone.png"), str(app.folder / ".." / ".." / "x")]:
        file = {"path": path, **({"meta": corpus.META} if meta else {})}
        for endpoint, value in {"predict": file, "predict_batch": [file]}.items():
            values = [value, "default"]
            tally(f"{endpoint} {path!r:.60}", app.ask, app.endpoints[endpoint], values, answers=False)


@pytest.mark.trust
@pytest.mark.parametrize("field", ["url", "orig_name", "mime_type", "size", "is_stream"])
def test_uploads_that_say_something_strange_of_themselves(app: App, tally: Tally, field: str) -> None:
    for path in corpus.PATHS:
        changed = [{**app.upload(corpus.JUNK), field: path}, "default"]
        tally(f"{field} {path!r:.60}", app.ask, app.endpoints["predict"], changed, answers=False)


def test_no_component_fetches_a_file_that_nobody_uploaded(app: App, tally: Tally) -> None:
    """Gradio fetches whatever looks like a file for whatever component it is sent to."""
    for path in ("https://example.com/x.png", "/etc/passwd"):
        for name, function in app.events.items():
            values = [good(block, None, "one") for block in function.inputs]
            for at, block in enumerate(function.inputs):
                if not isinstance(block, gr.State):
                    changed = corpus.replaced(values, at, {"deep": [{"path": path, "meta": corpus.META}]})
                    tally(f"{name} {path}", app.ask, function, changed, answers=False)


def test_names_that_nothing_has(app: App, seven: Any, tally: Tally) -> None:
    asked = {
        "layers": lambda name: [name], "filters": lambda name: [name, "one"], "evaluation": lambda name: [name],
        "predict": lambda name: [seven, name], "feature_maps": lambda name: [seven, name, "one"],
        "explain": lambda name: [seven, name, None, "one"], "perturb": lambda name: [seven, name, 1, 0],
        "breaking_point": lambda name: [seven, name, "one", 0],
    }  # fmt: skip
    for endpoint, values in asked.items():
        for name in corpus.NAMES:
            # No name of a model at all is the default's.
            answers = None if name == "" and endpoint in ("layers", "predict") else False
            tally(f"{endpoint} {name!r:.40}", app.ask, app.endpoints[endpoint], values(name), answers=answers)


def test_numbers_that_make_no_sense(app: App, seven: Any, tally: Tally) -> None:
    for label in corpus.LABELS:
        values = [seven, "saliency", label, "one"]
        tally(f"label {label!r:.40}", app.ask, app.endpoints["explain"], values, answers=False)
    for strength in corpus.STRENGTHS:
        values = [seven, "rotation", strength, 0]
        tally(f"strength {strength!r:.40}", app.ask, app.endpoints["perturb"], values, answers=False)
    for seed in corpus.SEEDS:
        values = [seven, "fog", 10, seed]
        tally(f"seed {seed!r:.40}", app.ask, app.endpoints["perturb"], values, answers=False)
