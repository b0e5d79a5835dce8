"""The app that all bad inputs are sent to, and the count of them."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import hypothesis
import pytest

from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.trials.collecting import Collector
from cnn.ui.draw.pad import Pad
from cnn.ui.page import build_demo, launch_options
from tests.conftest import tiny
from tests.trust import corpus
from tests.trust.app import Answer, App, one_sentence
from tests.trust.server import Server, served

QUIET = {"deadline": None, "database": None, "suppress_health_check": list(hypothesis.HealthCheck)}
hypothesis.settings.register_profile("short", max_examples=25, derandomize=True, **QUIET)
hypothesis.settings.register_profile("long", max_examples=1000, **QUIET)


def pytest_configure(config: pytest.Config) -> None:
    """Few examples and always the same; many and new ones where it may take long."""
    hypothesis.settings.load_profile("long" if "trust" in config.option.markexpr else "short")


class Tally:
    """Counts the cases of a kind, and names those that were not borne."""

    def __init__(self, app: App, kind: str):
        self.app, self.kind, self.count = app, kind, 0
        self.faults: list[str] = []
        self._well = self._asked_well()

    def __call__(self, case: str, ask: Callable[..., Answer], *sent: Any, answers: bool | None = None) -> None:
        """One case, what `ask` gives for what is sent: it is answered, or refused with one sentence.

        And what is asked right after it is answered as before.

        `answers` says which, where only one is right.
        """
        self.count += 1
        try:
            answer = ask(*sent)
        except BaseException as error:
            self.faults.append(f"{case}: raised {error!r:.300}")
            return
        if answer.sentence is not None and not one_sentence(answer.sentence):
            self.faults.append(f"{case}: {answer.sentence!r:.300}")
        elif answers is not None and answers is not (answer.sentence is None):
            self.faults.append(f"{case}: {answer!r:.300}")
        elif self._asked_well() != self._well:
            self.faults.append(f"{case}: what is asked after it is answered otherwise")

    def _asked_well(self) -> str:
        return self.app.ask(self.app.endpoints["predict_strokes"], [Pad.example_payload(None), "default"]).alike


@pytest.fixture(scope="session")
def trust_demo() -> Iterator[gr.Blocks]:
    """The real app with two small networks, on a free port."""
    first = tiny()
    first.layers[0].name = "conv2d"
    models = Models([Classifier(first, "one"), Classifier(tiny(), "two")], "one")
    demo = build_demo(models, collector=Collector())
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield demo
    demo.close()


@pytest.fixture(scope="session")
def app(trust_demo: gr.Blocks) -> Iterator[App]:
    """The same app, asked without its server."""
    app = App(trust_demo)
    yield app
    app.close()


@pytest.fixture(scope="session")
def seven(app: App) -> dict[str, Any]:
    """A picture of a seven, uploaded."""
    return app.upload(corpus.saved(corpus.page(), "PNG"))


@pytest.fixture
def server() -> Iterator[Server]:
    """The app with its own networks, in a process of its own, at rest."""
    with served() as server:
        yield server


@pytest.fixture
def tally(app: App, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """Counts a test's cases under the name of its file; the test fails where one of them was not borne."""
    tally = Tally(app, request.path.stem.removeprefix("test_"))
    yield tally
    record_property("trust", {"kind": tally.kind, "tried": tally.count, "faults": len(tally.faults)})
    assert not tally.faults, f"{len(tally.faults)} of {tally.count}:\n" + "\n".join(tally.faults[:20])
