"""The scripted API through a real client and a real server: what it answers, and how it refuses."""

import io
import json
import re
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageDraw

from cnn.framing import ink
from cnn.inside.explain import METHODS
from cnn.models.registry import Models
from cnn.stress import scan
from cnn.stress.perturbations import PERTURBATIONS
from cnn.text import say
from cnn.types import Framed
from train.pens.hand import write
from train.pens.styles import STYLES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PREDICTION = ["label", "best_guess", "confidence", "probabilities", "abstained", "reason", "model", "milliseconds"]


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A dark crossed seven on a light page, well off the centre."""
    page = Image.new("RGB", (500, 300), "white")
    pen = ImageDraw.Draw(page)
    for line in ([(300, 60), (380, 58), (340, 180)], [(320, 120), (372, 118)]):
        pen.line(line, "navy", 9, joint="curve")
    page.save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    Image.new("L", (80, 80), 255).save(tmp_path / "blank.png")
    return tmp_path / "blank.png"


def strokes_of(style: Any) -> dict[str, Any]:
    drawn = write(style)
    return {"strokes": [s.tolist() for s in drawn.strokes], "width": drawn.width, "height": drawn.height}


def test_only_the_contract_is_public(client: Client) -> None:
    """Events that serve the page are not offered to scripts."""
    named = client.view_api(return_format="dict")
    endpoints = {"/models", "/predict", "/predict_strokes", "/predict_batch", "/read_number", "/preprocess"}
    endpoints |= {"/layers", "/filters", "/feature_maps", "/explain"}
    endpoints |= {"/perturbations", "/perturb", "/breaking_point", "/evaluation"}
    assert set(named["named_endpoints"]) == endpoints
    assert not named["unnamed_endpoints"]


def test_inputs_are_called_what_the_docs_call_them(client: Client) -> None:
    table = re.findall(r"^\| `(/\w+)` \| ([^|]*) \|", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    told = {endpoint: re.findall(r"(?:^|, )(\w+)(?=,|=|$)", inputs) for endpoint, inputs in table if inputs != "none"}
    named = client.view_api(return_format="dict")["named_endpoints"]
    for endpoint, names in told.items():
        found = [one["parameter_name"] for one in named[endpoint]["parameters"]]
        assert set(names) <= set(found), endpoint
        assert names or endpoint == "/predict_strokes"


def test_models(client: Client, models: Models) -> None:
    assert client.predict(api_name="/models") == models.describe()


def test_evaluation_is_what_was_measured(client: Client, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = {"accuracy": 0.5, "confusion": [[1, 0], [1, 0]], "calibration": {}, "robustness": {}}
    monkeypatch.setattr(models["untrained"], "metrics", metrics)
    assert client.predict("untrained", api_name="/evaluation") == metrics
    with pytest.raises(AppError, match='Nothing was measured of the model "tiny" yet'):
        client.predict(api_name="/evaluation")


def test_predict(client: Client, seven: Path) -> None:
    prediction = client.predict(handle_file(seven), "default", api_name="/predict")
    assert list(prediction) == PREDICTION
    assert prediction["label"] == prediction["best_guess"] == 7
    assert prediction["model"] == "tiny"
    assert prediction["confidence"] == max(prediction["probabilities"])
    assert sum(prediction["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert 0 < prediction["milliseconds"] < 10_000


def test_model_is_chosen_by_name_and_has_a_default(client: Client, seven: Path) -> None:
    assert client.predict(handle_file(seven), api_name="/predict")["model"] == "tiny"
    assert client.predict(handle_file(seven), "untrained", api_name="/predict")["model"] == "untrained"


def test_blank_abstains(client: Client, blank: Path) -> None:
    prediction = client.predict(handle_file(blank), api_name="/predict")
    assert (prediction["label"], prediction["best_guess"]) == (None, None)
    assert prediction["abstained"]
    assert prediction["reason"] == "blank"


@pytest.mark.parametrize("digit", range(10))
def test_predict_strokes(client: Client, digit: int) -> None:
    style = next(style for style in STYLES if style.label == digit)
    assert client.predict(strokes_of(style), api_name="/predict_strokes")["label"] == digit


def test_predict_batch_keeps_order_and_spares_the_others(client: Client, seven: Path, blank: Path) -> None:
    broken = seven.with_name("broken.png")
    broken.write_bytes(seven.read_bytes()[:60])
    empty = seven.with_name("empty.png")
    empty.write_bytes(b"")
    files = [handle_file(path) for path in (seven, broken, blank, empty, seven)]
    answers = client.predict(files, "default", api_name="/predict_batch")
    assert [answer.get("label") for answer in answers] == [7, None, None, None, 7]
    assert answers[1] == {"error": answers[1]["error"]}
    assert "cannot be read as an image" in answers[1]["error"]
    assert answers[2]["reason"] == "blank"
    assert "empty" in answers[3]["error"]
    assert client.predict([], api_name="/predict_batch") == []


def two_digits(width: int, height: int) -> tuple[Image.Image, list[tuple[int, int]]]:
    """A dark one and a seven on a light page, and the middle of each."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    for line in ([(0.35, 0.3), (0.35, 0.7)], [(0.55, 0.3), (0.7, 0.3), (0.6, 0.7)]):
        pen.line([(round(x * width), round(y * height)) for x, y in line], "navy", height // 30, joint="curve")
    return page, [(round(0.35 * width), height // 2), (round(0.63 * width), height // 2)]


def test_read_number(client: Client, tmp_path: Path) -> None:
    page, middles = two_digits(500, 300)
    page.save(tmp_path / "number.png")
    number = client.predict(handle_file(tmp_path / "number.png"), api_name="/read_number")
    assert list(number) == ["text", "digits", "model"]
    assert number["model"] == "tiny"
    assert number["text"] == "".join(str(digit["label"]) for digit in number["digits"])
    assert len(number["text"]) == 2
    for digit, (x, y) in zip(number["digits"], middles, strict=True):
        assert list(digit) == ["label", "confidence", "box"]
        assert 0 < digit["confidence"] <= 1
        x0, y0, x1, y1 = digit["box"]
        assert x0 < x < x1
        assert y0 < y < y1
        assert y1 - y0 == pytest.approx(0.4 * 300, rel=0.2)
    assert client.predict(handle_file(tmp_path / "number.png"), "untrained", api_name="/read_number")["model"] != "tiny"


@pytest.mark.parametrize("orientation", [1, 6])
def test_boxes_are_in_the_pixels_of_the_photo_sent(client: Client, tmp_path: Path, orientation: int) -> None:
    """A large JPEG is decoded at a fraction of its size, and upright."""
    page, middles = two_digits(3200, 2400)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = page.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else page
    stored.save(tmp_path / "photo.jpg", exif=exif)
    number = client.predict(handle_file(tmp_path / "photo.jpg"), api_name="/read_number")
    for digit, (x, y) in zip(number["digits"], middles, strict=True):
        x0, y0, x1, y1 = digit["box"]
        assert x0 < x < x1
        assert y0 < y < y1
        assert y1 - y0 == pytest.approx(0.4 * 2400, rel=0.2)


def test_a_blank_page_holds_no_number(client: Client, blank: Path) -> None:
    assert client.predict(handle_file(blank), api_name="/read_number") == {"text": "", "digits": [], "model": "tiny"}


def test_preprocess_shows_each_step(client: Client, seven: Path) -> None:
    steps = client.predict(handle_file(seven), api_name="/preprocess")
    assert len(steps) >= 4
    last = np.asarray(Image.open(steps[-1]["image"]).convert("L"))
    assert last.shape == (448, 448)
    pixels = last[8::16, 8::16]
    np.testing.assert_array_equal(np.kron(pixels, np.ones((16, 16))), last)  # 28x28, each pixel a square
    assert pixels.max() > 200  # ink is light on the network's dark
    assert all(step["caption"] for step in steps)


def test_many_clients_at_once(demo: gr.Blocks, seven: Path) -> None:
    def ask(number: int) -> int:
        client = Client(demo.local_url, verbose=False)
        style = STYLES[number % len(STYLES)]
        return client.predict(strokes_of(style), api_name="/predict_strokes")["label"] - style.label

    with ThreadPoolExecutor(6) as pool:
        wrong = sum(difference != 0 for difference in pool.map(ask, range(12)))
    assert wrong <= 1  # the tiny network may err; a mixed-up answer would be wrong nearly always


# ------------------------------------------------------------------------------------------------------------ refusals


def refused(client: Client, *values: Any, api_name: str) -> str:
    """The one sentence of a refusal; the server serves the next call as before."""
    with pytest.raises(AppError) as caught:
        client.predict(*values, api_name=api_name)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert "/tmp" not in sentence
    assert client.predict(api_name="/models")
    return sentence


def a_file(folder: Path, content: bytes, name: str = "file.png") -> dict[str, Any]:
    (folder / name).write_bytes(content)
    return handle_file(folder / name)


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that decodes to width x height black pixels."""
    file = io.BytesIO()
    Image.new("1", (1, 1)).save(file, "PNG")
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    rows = zlib.compress(bytes((width + 1) * height), 9)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("content", [b"no image at all", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"<svg/>"])
def test_unreadable_file(client: Client, tmp_path: Path, content: bytes) -> None:
    sentence = refused(client, a_file(tmp_path, content), api_name="/predict")
    assert "cannot be read as an image" in sentence


def test_empty_file(client: Client, tmp_path: Path) -> None:
    assert "empty" in refused(client, a_file(tmp_path, b""), api_name="/predict")


@pytest.mark.parametrize("endpoint", ["/predict", "/read_number"])
def test_no_file(client: Client, endpoint: str) -> None:
    assert "No image was sent" in refused(client, None, api_name=endpoint)


def test_decompression_bomb(client: Client, tmp_path: Path) -> None:
    bomb = a_file(tmp_path, png_bomb(9000, 9000))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "9000 x 9000 pixels; the limit is 50 megapixels" in refused(client, bomb, api_name="/predict")
    answers = client.predict([bomb], api_name="/predict_batch")
    assert "limit is 50 megapixels" in answers[0]["error"]


@pytest.mark.parametrize("endpoint", ["/predict", "/predict_strokes", "/predict_batch", "/read_number"])
def test_unknown_model(client: Client, seven: Path, endpoint: str) -> None:
    image = {"/predict_strokes": strokes_of(STYLES[0]), "/predict_batch": []}.get(endpoint, handle_file(seven))
    sentence = refused(client, image, "lenet", api_name=endpoint)
    assert sentence == 'There is no model named "lenet"; the models are: tiny, untrained.'


@pytest.mark.parametrize(
    "strokes",
    [None, [], "7", {"strokes": [[1, 2]], "width": 9, "height": 9}, {"strokes": [[[1, 2]]]},
     {"strokes": [[[1, "a"]]], "width": 9, "height": 9}, {"strokes": [[[1, 2]]], "width": 0, "height": 9},
     {"strokes": [[[1, 2]] * 30_000], "width": 9, "height": 9}],
)  # fmt: skip
def test_strokes_that_are_none(client: Client, strokes: Any) -> None:
    assert "Strokes must be" in refused(client, strokes, api_name="/predict_strokes")


# ------------------------------------------------------------------------------------------------------------- uploads


def post(demo: gr.Blocks, endpoint: str, data: list[Any], **headers: str) -> str:
    """Call an endpoint as no client library would, and return the server's event stream."""
    url = f"{demo.local_url}gradio_api/call{endpoint}"
    event = httpx.post(url, json={"data": data}, headers=headers, timeout=60).json()["event_id"]
    return httpx.get(f"{url}/{event}", headers=headers, timeout=60).text


@pytest.fixture
def secret() -> Any:
    """A readable picture on the server that nobody uploaded."""
    path = Path(__file__).parent / "secret-of-the-server.png"
    Image.new("L", (40, 40), 0).save(path)
    yield path
    path.unlink()


def file_data(path: str, meta: bool, **more: Any) -> dict[str, Any]:
    return {"path": path, **({"meta": {"_type": "gradio.FileData"}} if meta else {}), **more}


PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.mark.parametrize("endpoint", ["/predict", "/preprocess", "/predict_batch", "/read_number"])
@pytest.mark.parametrize("meta", [True, False])
@pytest.mark.parametrize("kind", ["a file of the server", "a data: URL", "a web address", "a made-up shape"])
def test_only_uploaded_files_come_in(demo: gr.Blocks, secret: Path, endpoint: str, meta: bool, kind: str) -> None:
    file = {
        "a file of the server": file_data(str(secret), meta),
        "a data: URL": file_data("x.png", meta, url=PIXEL),
        "a web address": file_data("http://127.0.0.1:9/x.png", meta, url="http://127.0.0.1:9/x.png"),
        "a made-up shape": file_data(5, meta) if not meta else {"meta": {"_type": "gradio.FileData"}},
    }[kind]
    values = {"/predict": [file, "default"], "/preprocess": [file], "/predict_batch": [[file], "default"]}
    values["/read_number"] = values["/predict"]
    answer = post(demo, endpoint, values[endpoint])
    assert "event: error" in answer
    assert "Send an image as an uploaded file" in answer
    assert str(secret.parent) not in answer


def test_refusals_speak_the_browsers_language(demo: gr.Blocks) -> None:
    answer = post(demo, "/predict", [None, "default"], **{"accept-language": "fr-FR,fr;q=0.9"})
    assert "Aucune image" in answer
    assert '"title": "Erreur"' in answer


def test_uploads_have_a_limit(demo: gr.Blocks) -> None:
    files = {"files": ("big.png", bytes(26 * 1024**2))}
    assert httpx.post(f"{demo.local_url}gradio_api/upload", files=files, timeout=60).status_code == 413


@pytest.mark.parametrize("path", ["monitoring", "monitoring/summary", "gradio_api/monitoring", "gradio_api/runs"])
def test_nothing_about_visitors_is_kept_or_shown(demo: gr.Blocks, path: str) -> None:
    answer = httpx.get(f"{demo.local_url}{path}", timeout=60)
    assert answer.status_code in (403, 404)


def test_no_analytics(demo: gr.Blocks) -> None:
    assert demo.analytics_enabled is False
    assert demo.config["analytics_enabled"] is False


def test_other_failures_stay_hidden(demo: gr.Blocks) -> None:
    """A call with too few values breaks inside Gradio; its text, which names internals, does not leave."""
    answer = post(demo, "/predict", [])
    assert "event: error" in answer
    assert "Traceback" not in answer
    assert "gradio" not in answer.lower()


# ------------------------------------------------------------------------------------------------------ a look inside


def test_layers(client: Client, models: Models) -> None:
    layers = client.predict(api_name="/layers")
    assert layers == [layer.as_dict() for layer in models["tiny"].layers]
    assert list(layers[0]) == ["name", "type", "shape", "parameters", "receptive_field"]
    assert layers[0]["shape"] == [13, 13, 8]
    assert layers[1]["receptive_field"] == 7
    assert client.predict("untrained", api_name="/layers") == [layer.as_dict() for layer in models["untrained"].layers]


def test_filters_and_feature_maps(client: Client, models: Models, seven: Path) -> None:
    first, second, *_ = (layer.name for layer in models["tiny"].layers)
    for layer, count in ((first, 8), (second, 16)):
        filters = client.predict(layer, api_name="/filters")
        maps = client.predict(handle_file(seven), layer, "default", api_name="/feature_maps")
        for gallery in (filters, maps):
            assert len(gallery) == count
            for entry in gallery:
                with Image.open(entry["image"]) as picture:
                    assert max(picture.size) > 300
    strongest = [float(entry["caption"].split(": ")[1]) for entry in maps]
    for entry, most in zip(maps, strongest, strict=True):  # each map on its own scale
        with Image.open(entry["image"]) as picture:
            assert np.asarray(picture.convert("L")).min() < 40 or most == 0
    framed = ink.from_image(Image.open(seven)).image
    expected = models["tiny"].outputs(framed[None])[second].after[0].max((0, 1))
    np.testing.assert_allclose(strongest, expected, atol=0.006)


@pytest.mark.parametrize("method", METHODS)
def test_explain(client: Client, models: Models, seven: Path, method: str) -> None:
    heatmap, answer = client.predict(handle_file(seven), method, api_name="/explain")
    assert list(answer) == ["method", "label", "probability", "note"]
    prediction = client.predict(handle_file(seven), api_name="/predict")
    assert (answer["method"], answer["label"]) == (method, prediction["best_guess"])
    assert answer["probability"] == pytest.approx(prediction["confidence"])
    assert answer["note"].endswith(say("explain.lead"))  # which score it was
    with Image.open(heatmap) as picture:
        assert picture.size == (448, 448)


def test_explain_another_digit_with_another_model(client: Client, seven: Path) -> None:
    answer = client.predict(handle_file(seven), "occlusion", 1, "untrained", api_name="/explain")[1]
    assert answer["label"] == 1
    probabilities = client.predict(handle_file(seven), "untrained", api_name="/predict")["probabilities"]
    assert answer["probability"] == pytest.approx(probabilities[1])


def test_explain_a_blank(client: Client, blank: Path) -> None:
    answer = client.predict(handle_file(blank), "integrated_gradients", api_name="/explain")[1]
    assert answer["note"].startswith("There is no evidence to show")


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/layers", ["nobody"], "There is no model named"),
        ("/filters", ["conv99"], 'There is no layer named "conv99" in tiny; its layers are: '),
        ("/filters", ["dropout"], "has no filters to show|There is no layer named"),
        ("/feature_maps", ["conv99"], "There is no layer named"),
        ("/explain", ["magic"], 'There is no method named "magic"; the methods are: saliency, '),
        ("/explain", ["saliency", 12], "A label is a whole number from 0 to 9"),
        ("/explain", ["saliency", "seven"], "A label is a whole number from 0 to 9"),
        ("/explain", ["saliency", 1, "nobody"], "There is no model named"),
    ],
)
def test_what_cannot_be_looked_at_is_said(
    client: Client, seven: Path, endpoint: str, values: list, sentence: str
) -> None:
    image = [handle_file(seven)] if endpoint in ("/feature_maps", "/explain") else []
    with pytest.raises(AppError, match=sentence):
        client.predict(*image, *values, api_name=endpoint)


# -------------------------------------------------------------------------------------------------------- perturbations


def test_perturbations(client: Client) -> None:
    told = client.predict(api_name="/perturbations")
    assert [one["name"] for one in told] == list(PERTURBATIONS)
    for one in told:
        assert list(one)[:7] == ["name", "label", "unit", "minimum", "maximum", "step", "neutral"]
        assert one["minimum"] <= one["neutral"] <= one["maximum"]


@pytest.mark.parametrize("name", ["rotation", "gaussian_noise", "pgd"])
def test_perturb(client: Client, models: Models, seven: Path, name: str) -> None:
    strength = PERTURBATIONS[name].maximum / 2
    path, answers = client.predict(handle_file(seven), name, strength, 3, api_name="/perturb")
    digit = ink.from_image(Image.open(seven)).image
    bent = PERTURBATIONS[name].apply(digit[None], strength, [3], models["tiny"])[0]
    with Image.open(path) as picture:
        assert picture.size == (28, 28)
        np.testing.assert_allclose(np.asarray(picture.convert("L")) / 255, bent, atol=0.003)
    assert list(answers) == list(models)
    for model, answer in answers.items():
        expected = models[model].predict(Framed(bent))
        assert (answer["label"], answer["model"]) == (expected.label, model)
        np.testing.assert_allclose(answer["probabilities"], expected.probabilities, atol=1e-5)


def test_perturb_draws_as_the_seed_says(client: Client, seven: Path) -> None:
    call = ("salt_and_pepper", 30)
    first, again, other = (
        Image.open(client.predict(handle_file(seven), *call, *seed, api_name="/perturb")[0]).tobytes()
        for seed in ((), (0,), (1,))
    )
    assert first == again != other


def test_breaking_point(client: Client, models: Models, seven: Path) -> None:
    found = client.predict(handle_file(seven), "rotation", "untrained", 1, api_name="/breaking_point")
    digit = ink.from_image(Image.open(seven)).image
    expected = scan.curves({"untrained": models["untrained"]}, digit, "rotation", 1)["untrained"].as_dict()
    assert list(found) == ["strength", "before", "after", "curve", "again"]
    assert len(found["curve"]) == 51
    assert found == json.loads(json.dumps(expected))


def test_a_blank_never_breaks_under_rotation(client: Client, blank: Path) -> None:
    found = client.predict(handle_file(blank), "rotation", api_name="/breaking_point")
    assert (found["strength"], found["before"], found["after"]) == (None, None, None)


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/perturb", ["magic", 1], 'There is no perturbation named "magic"; the perturbations are: rotation, '),
        ("/perturb", ["rotation", 500], "The strength of rotation is a number from -90 to 90 °; 500 was sent"),
        ("/perturb", ["rotation", "much"], "The strength of rotation is a number"),
        ("/perturb", ["fog", 10, -1], "A seed is a whole number"),
        ("/breaking_point", ["magic"], "There is no perturbation named"),
        ("/breaking_point", ["fog", "nobody"], "There is no model named"),
        ("/breaking_point", ["fog", "default", 0.5], "A seed is a whole number"),
    ],
)
def test_what_cannot_be_perturbed_is_said(
    client: Client, seven: Path, endpoint: str, values: list, sentence: str
) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(handle_file(seven), *values, api_name=endpoint)
