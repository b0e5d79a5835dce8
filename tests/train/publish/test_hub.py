"""Publishing, by the Hub's real client to a small Hub on this machine: what arrives, what changes, how it fails."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from huggingface_hub import ModelCard
from PIL import Image

from cnn.models import registry, remote
from tests import hub_server
from tests.hub_server import Hub
from tests.test_app import connect, free_port
from train import __main__ as train
from train.measure.figures import least_loss
from train.publish import card, space
from train.publish.charts import curves
from train.publish.hub import PublishError, publish

pytestmark = pytest.mark.slow

COURSE = registry.BUNDLED / "course"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Hub]:
    with hub_server.serving() as server, hub_server.signed_in(server, tmp_path / "cache"):
        yield server


@pytest.fixture(scope="module")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of the bundled `course`, as --dry-run writes it."""
    folder = tmp_path_factory.mktemp("assembled")
    assert train.main(["publish", "course", "me/mine", "--dry-run", str(folder)]) == 0
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder to publish that takes no time to make."""
    folder = tmp_path / "small"
    folder.mkdir()
    for name in ("model.keras", "README.md", "config.json"):
        (folder / name).write_text(f"---\nlicense: mit\n---\n{name}")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------------------------ the card


def test_every_figure_of_the_card_is_one_that_was_measured(assembled: Path) -> None:
    text = (assembled / "README.md").read_text(encoding="utf-8")
    metrics = json.loads((COURSE / "metrics.json").read_text())
    for figure in (
        f"{metrics['parameters']:,}",
        f"{metrics['accuracy']:.2%}",
        f"{metrics['calibration']['expected_calibration_error']:.2%}",
        f"{metrics['robustness']['mnist_c']['mean']:.1%}",
        *(f"{of['accuracy']:.1%}" for of in metrics["pen"].values()),
        f"{metrics['numbers']['whole']:.1%}",
    ):
        assert figure in text
    data = ModelCard(text).data
    results = {(one.dataset_name, one.metric_type): one.metric_value for one in data.eval_results}
    assert results["MNIST", "accuracy"] == metrics["accuracy"]
    assert data.license == "mit"
    for promised in (
        "## Intended use",
        "## Limits",
        "## Licence",
        "CC BY-SA 3.0",
        "cannot say that a picture is no digit",
    ):
        assert promised in text


def test_the_card_says_why_the_training_loss_stays_above_the_others(assembled: Path, tmp_path: Path) -> None:
    text = (assembled / "README.md").read_text(encoding="utf-8")
    assert json.loads((COURSE / "config.json").read_text())["recipe"]["label_smoothing"] == 0.05
    assert "smoothed labels, 5% of each spread over all outputs, and cannot fall below 0.28;" in text
    smoothed = np.full(10, 0.005)
    smoothed[3] += 0.95
    assert least_loss(0.05, 10) == pytest.approx(-(smoothed * np.log(smoothed)).sum())
    assert least_loss(0.0, 10) == 0
    history = [{"loss": 0.35, "accuracy": 0.98, "validation_loss": 0.07, "validation_accuracy": 0.98}] * 3
    marked, plain = (np.asarray(curves(history, least), int) for least in (0.28, 0.0))
    beneath = slice(140, 390), slice(80, 330)
    assert (marked[beneath] != plain[beneath]).any(axis=(1, 2)).any()
    assert (marked[:, 400:] == plain[:, 400:]).all()  # of the loss alone


def test_its_pictures_are_there_and_not_empty(assembled: Path) -> None:
    text = (assembled / "README.md").read_text(encoding="utf-8")
    names = re.findall(r"!\[[^]]+\]\(pictures/(\w+)\.png\)", text)
    assert names == ["curves", "confusion", "reliability", "robustness"]
    for name in names:
        picture = np.asarray(Image.open(assembled / "pictures" / f"{name}.png"))
        assert min(picture.shape[:2]) > 400
        assert 0.02 < (picture != picture[0, 0]).any(axis=2).mean() < 0.9, name


def test_the_heatmap_is_darker_where_more_is_right() -> None:
    from train.publish.charts import robustness

    picture = np.asarray(robustness({"Fog": ([1.0, 0.5, 0.0], "0 to 2 %")}), int).sum(axis=2)
    row = picture[122 + 5, 276 + np.array([8, 60, 112])]  # the corner of each tile, beside its number
    assert list(row) == sorted(row)
    assert row[0] < row[2] - 200


def test_what_was_not_measured_is_left_out(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(COURSE, run)
    metrics = json.loads((run / "metrics.json").read_text())
    for part in ("robustness", "pen", "numbers"):
        del metrics[part]
    (run / "metrics.json").write_text(json.dumps(metrics))
    card.assemble(run, "me/mine", tmp_path / "folder")
    text = (tmp_path / "folder" / "README.md").read_text()
    assert "MNIST-C, mean" not in text
    assert "pictures/robustness.png" not in text


def told(path: Path, **others: object) -> None:
    """Change what a file of JSON tells."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **others}))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda run: (run / "metrics.json").unlink(), "not measured yet; do so with: python -m train evaluate"),
        (lambda run: (run / "model.keras").write_bytes(b"others"), "are not those that its config.json tells of"),
        (lambda run: told(run / "metrics.json", weights_sha256="of others"), "tells of other weights"),
        (lambda run: (run / "config.json").unlink(), "no finished run"),
    ],
)
def test_an_unmeasured_run_is_not_published(change, says: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    run = tmp_path / "run"
    shutil.copytree(COURSE, run)
    change(run)
    assert train.main(["publish", str(run), "me/mine", "--dry-run", str(tmp_path / "folder")]) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "folder").exists()


# ------------------------------------------------------------------------------------------------------- there and back


def test_there_and_back(server: Hub, assembled: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert train.main(["publish", "course", "me/mine"]) == 0
    repository = server.repositories["models/me/mine"]
    files = {name: data for name, data in repository.files.items() if name != ".gitattributes"}
    assert files == contents(assembled)
    assert repository.messages == ["initial commit", "Publish mine"]
    assert repository.head in capsys.readouterr().out
    pulled = registry.open_untrusted(remote.fetch(remote.Name("me/mine", "main")), "me/mine")
    assert pulled.revision == repository.head[:12]
    assert pulled.metrics == json.loads((COURSE / "metrics.json").read_text())
    assert pulled.parameters == 225_034

    server.requests.clear()
    assert train.main(["publish", "course", "me/mine"]) == 0
    assert f"Nothing had changed: {server.url}/me/mine at commit {repository.head}" in capsys.readouterr().out
    assert not any("/commit/" in request or "PUT" in request for request in server.requests)


def test_the_sample_code_works_as_pasted(server: Hub, assembled: Path, tmp_path: Path) -> None:
    server.add("me/mine", contents(assembled))
    code = re.search(
        r"```python\n(.*?)```", server.repositories["models/me/mine"].files["README.md"].decode(), re.DOTALL
    )
    assert code[1] == (assembled / "sample.py").read_text()
    variables = {**os.environ, "HF_ENDPOINT": server.url, "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code[1]], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
    )
    assert re.fullmatch(r"7 \(\d+\.\d%\)\n", done.stdout), done.stderr


def test_publishing_again_changes_only_what_changed(server: Hub, small: Path) -> None:
    (small / "pictures").mkdir()
    (small / "pictures" / "old.png").write_bytes(b"old")
    first = publish(small, "me/mine", private=True)
    repository = server.repositories["models/me/mine"]
    assert repository.private
    repository.commit({**repository.files, "notes.md": b"by hand"}, "by hand")
    (small / "config.json").write_text("{}")
    (small / "pictures" / "old.png").unlink()
    server.requests.clear()
    second = publish(small, "me/mine")
    assert (second.new, second.commit) == (True, repository.head)
    assert second.commit != first.commit
    assert not any("PUT" in request for request in server.requests)  # the weights are there
    assert repository.files["config.json"] == b"{}"
    assert repository.files["notes.md"] == b"by hand"
    assert "pictures/old.png" not in repository.files
    assert publish(small, "me/mine") == (second.url, second.commit, False)


# ---------------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("route", "how", "says"),
    [
        ("whoami", 401, "does not accept this token"),
        ("repos/create", 403, "may not write to me/mine"),
        ("repos/create", 402, "paid plan"),
        ("whoami", 429, "no more requests for now"),
        ("preupload", 500, r"The Hub failed \(500\)"),
        ("PUT /lfs", 503, r"The Hub failed \(503\)"),
        ("PUT /lfs", "cut", "broke off"),
        ("commit", 409, "is taken, or someone else was changing it"),
        ("commit", 412, "Someone else changed me/mine"),
        ("commit", "cut", "broke off"),
        (".", "cut", "cannot be reached"),
    ],
)
def test_a_failure_is_one_sentence_and_changes_nothing(
    server: Hub, small: Path, route: str, how: int | str, says: str
) -> None:
    server.fail(route, how)
    with pytest.raises(PublishError, match=says) as failure:
        publish(small, "me/mine")
    assert "\n" not in str(failure.value)
    for repository in server.repositories.values():
        assert list(repository.files) == [".gitattributes"]
    server.failures.clear()
    assert publish(small, "me/mine").new  # the same again, once it works


def test_a_dead_host_is_one_sentence(server: Hub, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(PublishError, match="cannot be reached"):
        publish(small, "me/mine")


def test_no_token_or_a_wrong_one(server: Hub, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_bad")
    with pytest.raises(PublishError, match="does not accept this token"):
        publish(small, "me/mine")
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(PublishError, match="There is no token for the Hub"):
        publish(small, "me/mine")
    assert server.repositories == {}


def test_a_name_of_others_or_taken_by_something_else(server: Hub, small: Path) -> None:
    with pytest.raises(PublishError, match="may not write to them/theirs"):
        publish(small, "them/theirs")
    with pytest.raises(PublishError, match='"mine/" is not'):
        publish(small, "mine/")
    server.add("me/bert", {"pytorch_model.bin": b"", "README.md": b""})
    with pytest.raises(PublishError, match="me/bert is taken: it holds something else"):
        publish(small, "me/bert")
    assert list(server.repositories) == ["models/me/bert"]
    assert "model.keras" not in server.repositories["models/me/bert"].files


def test_private_is_not_published_where_all_can_read(server: Hub, small: Path) -> None:
    publish(small, "me/mine")
    with pytest.raises(PublishError, match="and public"):
        publish(small, "me/mine", private=True)


# ------------------------------------------------------------------------------------------------------------ the Space


def test_the_header_says_what_the_tests_run(tmp_path: Path) -> None:
    assert space.header()["sdk_version"] == importlib.metadata.version("gradio")
    readme = (space.ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(readme.replace("sdk_version: ", "sdk_version: 9"), encoding="utf-8")
    with pytest.raises(PublishError, match=r"says sdk_version 9\d.*the tests ran with"):
        space.header(tmp_path / "README.md")


def test_a_space_is_published_with_its_model_pinned(server: Hub, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    model = server.add("me/mine", {"model.keras": b"", "config.json": b"{}", "notes.md": b""})
    sha = model.head
    assert train.main(["publish-space", "me/space", "--model", "me/mine"]) == 0
    published = server.repositories["spaces/me/space"]
    header = yaml.safe_load(published.files["README.md"].decode().split("---")[1])
    assert header["preload_from_hub"] == [f"me/mine config.json,model.keras {sha}"]
    assert server.variables == {"DIGITS_MODEL": f"me/mine@{sha}"}
    assert published.head in capsys.readouterr().out
    published.commit({**published.files, "cnn/old.py": b""}, "of an older version")
    assert train.main(["publish-space", "me/space"]) == 0
    assert "cnn/old.py" not in published.files
    assert {"app.py", "requirements.txt", "cnn/ui/draw/pad/script.js", "train/data/mnist.py"} <= set(published.files)
    assert not any(name.startswith(("tests", "train/publish")) for name in published.files)
    assert train.main(["publish-space", "me/space", "--model", "me/nowhere"]) == 1
    assert "The Hub knows no me/nowhere" in capsys.readouterr().err


def test_the_space_starts_from_its_files_alone_while_the_hub_is_dead(tmp_path: Path) -> None:
    assert train.main(["publish-space", "me/space", "--dry-run", str(tmp_path)]) == 0
    for name in {*registry.bundled()} - {registry.DEFAULT, "course"}:  # which stands in a starter's folder, too
        shutil.rmtree(tmp_path / "assets" / "models" / name)  # it starts sooner
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    port = free_port()
    variables |= {
        "DIGITS_MODEL": "them/theirs",
        "HF_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "HF_HOME": str(tmp_path / "home"),
        "MNIST_DIR": str(tmp_path),
        "GRADIO_SERVER_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=tmp_path, env=variables, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        client = connect(f"http://127.0.0.1:{port}", process)
        assert [one["name"] for one in client.predict(api_name="/models") if one["default"]] == [registry.DEFAULT]
    finally:
        process.terminate()
        out, _ = process.communicate()
    assert 'The Hub cannot be reached from here, and "them/theirs" was not fetched before. robust answers.' in out
