"""Models from the Hub, by its real client from a small Hub on this machine: found, kept, refused, never waited for."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import pytest

from cnn.models import registry, remote
from cnn.models.registry import Models, load_all
from cnn.network.classifier import Classifier
from cnn.task import DIGITS
from cnn.types import InputError
from tests import hub_server
from tests.hub_server import Hub

pytestmark = pytest.mark.slow

NAME = remote.Name("them/theirs", "main")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Hub]:
    with hub_server.serving() as server, hub_server.signed_in(server, tmp_path / "cache"):
        yield server


@pytest.fixture
def published(server: Hub, tiny_folder: Path) -> hub_server.Repository:
    """The tiny network as somebody's repository."""
    names = ("model.keras", "config.json")
    return server.add("them/theirs", {name: (tiny_folder / name).read_bytes() for name in names})


@pytest.fixture
def open_models(classifier: Classifier) -> Models:
    return Models([classifier], classifier.name, open_to_hub=True)


@pytest.fixture
def one_bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if only the quickest of the bundled models came with the project."""
    monkeypatch.setattr(registry, "DEFAULT", "mlp")
    monkeypatch.setattr(registry, "bundled", lambda: ["mlp"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("me/mine", ("me/mine", "main")),
        ("me/mine@v1.0", ("me/mine", "v1.0")),
        ("me/mine@refs/pr/1", ("me/mine", "refs/pr/1")),
        *[(text, None) for text in ("mine", "../mine", "me/../x", "me/mine@../x", "/me/mine", "me/mine@", "a/b/c", 7)],
    ],
)
def test_names(text: object, name: tuple[str, str] | None) -> None:
    assert remote.parse(text) == name


def test_files_are_fetched_with_their_papers_and_found_again_without_a_network(
    server: Hub, published: hub_server.Repository
) -> None:
    path = remote.fetch(NAME)
    assert path.read_bytes() == published.files["model.keras"]
    assert path.with_name("config.json").read_bytes() == published.files["config.json"]
    assert path.parent.name == published.head
    server.fail(".", "cut")
    assert remote.fetch(NAME) == remote.cached(NAME) == path
    server.requests.clear()
    assert remote.fetch(remote.Name("them/theirs", published.head)) == path  # a commit never changes
    assert server.requests == []


def test_a_branch_moves_on_and_a_commit_stays(server: Hub, published: hub_server.Repository) -> None:
    before = published.head
    remote.fetch(NAME)
    published.commit({**published.files, "model.keras": b"newer"}, "newer")
    assert remote.fetch(NAME).read_bytes() == b"newer"
    assert remote.fetch(remote.Name("them/theirs", before)).read_bytes() != b"newer"


def test_a_download_cut_in_the_middle_leaves_what_was_there(server: Hub, published: hub_server.Repository) -> None:
    before = remote.fetch(NAME)
    published.commit({**published.files, "model.keras": b"newer"}, "newer")
    server.fail("GET .*model.keras", "cut")
    assert remote.fetch(NAME) == before


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "no public model"), (403, "no public model"), (404, "no public model"), (429, "no more requests"),
     (500, "cannot be reached"), (503, "cannot be reached"), ("cut", "cannot be reached")],
)  # fmt: skip
def test_each_failure_is_one_sentence(
    server: Hub, published: hub_server.Repository, status: int | str, says: str
) -> None:
    server.fail("them/theirs", status)
    with pytest.raises(InputError, match=says):
        remote.fetch(NAME)


def test_what_is_not_there_says_so(server: Hub, published: hub_server.Repository) -> None:
    for name, says in {
        remote.Name("them/other", "main"): 'no public model named "them/other"',
        remote.Name("them/theirs", "v9"): 'no revision "v9"',
    }.items():
        with pytest.raises(InputError, match=says):
            remote.fetch(name)


def test_a_private_model_is_not_for_visitors(server: Hub, published: hub_server.Repository) -> None:
    published.private = True
    with pytest.raises(InputError, match="no public model"):
        remote.fetch(NAME, token=False)
    assert remote.fetch(NAME).is_file()


def test_a_file_too_large_is_not_fetched(
    server: Hub, published: hub_server.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MAX_FILE", 1000)
    with pytest.raises(InputError, match="the limit is"):
        remote.fetch(NAME)
    assert not any("resolve" in request for request in server.requests)


@pytest.mark.parametrize(
    ("files", "found"), [(["mine.keras"], "mine.keras"), (["a.keras", "b.keras"], None), ([], None)]
)
def test_the_file_may_have_another_name(server: Hub, files: list[str], found: str | None) -> None:
    server.add("them/theirs", dict.fromkeys(files, b""))
    if found:
        assert remote.fetch(NAME).name == found
        return
    with pytest.raises(InputError, match=f"holds {len(files)} .keras files"):
        remote.fetch(NAME)


def test_a_hub_that_never_answers_is_not_waited_for(
    server: Hub, open_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 0.3)
    server.fail(".", "hang")
    started = time.monotonic()
    with pytest.raises(InputError, match="still on its way"):
        open_models["them/theirs"]
    assert time.monotonic() - started < 1
    monkeypatch.setattr(remote, "SECONDS", 0.2)
    with pytest.raises(InputError, match="cannot be reached"):
        remote.fetch(NAME)
    assert time.monotonic() - started < 2


# ---------------------------------------------------------------------------------------------- as models of the app


def test_a_visitor_names_a_model_of_the_hub(server: Hub, published: hub_server.Repository, open_models: Models) -> None:
    model = open_models["them/theirs@main"]
    assert model.name == "them/theirs@main"
    assert model.architecture == "tiny"
    assert model.temperature == open_models["tiny"].temperature
    assert model.revision == published.head[:12]
    assert open_models["them/theirs@main"] is model
    assert list(open_models) == ["tiny"]  # listed to nobody
    assert open_models["default"].name == "tiny"


def test_only_where_the_operator_allows_it(server: Hub, published: hub_server.Repository, models: Models) -> None:
    with pytest.raises(InputError, match='no model named "them/theirs"'):
        models["them/theirs"]
    assert server.requests == []


def test_visitors_reach_no_folder(open_models: Models, tiny_folder: Path) -> None:
    for name in (str(tiny_folder), "./runs", "assets/models/course"):
        with pytest.raises(InputError):
            open_models[name]


def test_a_refused_guest_may_be_asked_for_again(server: Hub, open_models: Models, tiny_folder: Path) -> None:
    repository = server.add("them/theirs", {"model.keras": b"no model"})
    with pytest.raises(InputError, match="cannot be read as a Keras model"):
        open_models["them/theirs"]
    repository.commit({"model.keras": (tiny_folder / "model.keras").read_bytes()}, "a better one")
    assert open_models["them/theirs"].architecture == ""


def test_requested_models_make_room(
    server: Hub, published: hub_server.Repository, open_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "REQUESTED", 2)
    monkeypatch.setattr(registry, "open_untrusted", lambda path, name: SimpleNamespace(task=DIGITS))
    first = open_models["them/theirs"]
    open_models["them/theirs@main"]
    assert open_models["them/theirs"] is first  # asked for again: the other one is the oldest now
    open_models[f"them/theirs@{published.head}"]
    assert open_models["them/theirs"] is first
    assert len(open_models._requested) == 2


def test_what_is_on_its_way_is_bounded(
    server: Hub, published: hub_server.Repository, open_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, opened = threading.Event(), []

    def open_held(path: Path, name: str) -> SimpleNamespace:
        opened.append(name)
        held.wait(20)
        return SimpleNamespace(task=DIGITS)

    monkeypatch.setattr(registry, "PATIENCE", 0)
    monkeypatch.setattr(registry, "REQUESTED", 2)
    monkeypatch.setattr(registry, "open_untrusted", open_held)
    first, second, third = "them/theirs", "them/theirs@main", f"them/theirs@{published.head}"
    asked = {first: "still on its way", second: "still on its way", third: "Too many models"}
    for name, says in asked.items():
        with pytest.raises(InputError, match=says):
            open_models[name]
    held.set()
    monkeypatch.setattr(registry, "PATIENCE", 20)
    for name in asked:  # now the first makes room for the third
        assert open_models[name].task is DIGITS
    assert sorted(opened) == sorted(asked)
    assert list(open_models._requested) == [second, third]


def test_metadata_from_the_hub_is_read_as_far_as_it_makes_sense(tmp_path: Path, tiny_folder: Path) -> None:
    shutil.copy(tiny_folder / "model.keras", tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"architecture": ["x"], "calibration": {"temperature": 0}}))
    (tmp_path / "metrics.json").write_text(json.dumps({"accuracy": 1.0, "weights_sha256": "of other weights"}))
    found = registry.open_untrusted(tmp_path / "model.keras", "them/theirs")
    assert (found.temperature, found.refusal, found.architecture, found.metrics) == (1, 1, "", None)


# ---------------------------------------------------------------------------------------------- as the one that answers


@pytest.mark.usefixtures("one_bundled")
def test_the_app_starts_at_once_while_the_hub_is_dead(server: Hub) -> None:
    server.fail(".", "cut")
    models = load_all("them/theirs")
    assert models["default"].name == registry.DEFAULT
    assert "still on its way" in str(models.missing)
    models.fetch_expected().join(5)
    assert models["default"].name == registry.DEFAULT
    assert "cannot be reached" in str(models.missing)


@pytest.mark.usefixtures("one_bundled")
def test_the_expected_model_answers_once_it_is_there(server: Hub, published: hub_server.Repository) -> None:
    models = load_all("them/theirs")
    models.fetch_expected().join(20)
    assert models.missing is None
    assert models["default"].name == next(iter(models)) == "them/theirs"
    assert set(models) == {"them/theirs", "mlp"}


@pytest.mark.usefixtures("one_bundled")
def test_what_was_fetched_before_answers_at_once_and_is_renewed(server: Hub, published: hub_server.Repository) -> None:
    remote.fetch(NAME)
    before = published.head
    published.commit({**published.files, "config.json": b"{}"}, "newer")
    models = load_all("them/theirs")
    assert (models["default"].revision, models.missing) == (before[:12], None)
    models.fetch_expected().join(20)
    assert models["default"].revision == published.head[:12]
    server.fail(".", "cut")
    models.fetch_expected().join(5)
    assert (models["default"].revision, models.missing) == (published.head[:12], None)


def test_the_client_is_the_real_one() -> None:
    assert remote.HfApi is huggingface_hub.HfApi
