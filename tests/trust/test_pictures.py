"""Picture files of every format, damaged, lying, unusual, or none at all."""

from typing import Any

import pytest

from tests.trust import corpus
from tests.trust.app import App
from tests.trust.conftest import Tally

pytestmark = pytest.mark.filterwarnings("ignore")  # as it is served: Pillow warns of much that it reads all the same


@pytest.mark.parametrize("kind", corpus.PICTURES)
def test_a_file_is_read_or_refused(app: App, tally: Tally, kind: str) -> None:
    answers = {"no_pictures": False, "unusual": True}.get(kind)
    for case, content in corpus.PICTURES[kind]().items():
        file = app.upload(content, "picture.png")
        tally(case, app.ask, app.endpoints["predict"], [file, "default"], answers=answers)


@pytest.mark.trust
@pytest.mark.parametrize("endpoint", ["read_number", "preprocess", "predict_batch"])
@pytest.mark.parametrize("kind", corpus.PICTURES)
def test_so_it_is_by_every_way_in(app: App, tally: Tally, kind: str, endpoint: str) -> None:
    for case, content in corpus.PICTURES[kind]().items():
        file: Any = app.upload(content, "picture.png")
        values = [[file] if endpoint == "predict_batch" else file, "default"]
        tally(case, app.ask, app.endpoints[endpoint], values[: 1 + (endpoint != "preprocess")])


@pytest.mark.trust
def test_what_decodes_to_very_much(app: App, tally: Tally) -> None:
    for case, content in corpus.bombs().items():
        file = app.upload(content, "picture.png")
        tally(case, app.ask, app.endpoints["predict"], [file, "default"])


def test_one_bad_picture_spoils_no_other_of_a_batch(app: App, seven: dict[str, Any], tally: Tally) -> None:
    def alone() -> Any:
        return {**app.ask(app.endpoints["predict"], [seven, "default"]).data[0], "milliseconds": 0}

    bad = [app.upload(content) for content in corpus.no_pictures().values()]
    answer = app.ask(app.endpoints["predict_batch"], [[seven, *bad, seven], "default"])
    first, *refused, last = answer.data[0]
    assert {**first, "milliseconds": 0} == {**last, "milliseconds": 0} == alone()
    assert all(set(one) == {"error"} for one in refused)
