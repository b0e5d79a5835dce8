"""A component of the page's own: template and module in files beside its class; and how the page's modules are served.

Every `*.js` of this folder is a module that browsers fetch as it is, once for all components and all visits: under an
address that is made of what all of them say. Nothing is built. What the server knows and modules need, the texts and a
component's constants, is made into modules too. Beside them stand the page's icon, and what a phone is told that puts
the page on its home screen.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import Request, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute

from cnn import text
from cnn.ui.compat import API_PREFIX
from cnn.ui.theme import NAMED

HERE = Path(__file__).parent
ADDRESS = f"{API_PREFIX}/page"
SHORT = 256  # signs of a constant that stands in a component's own script
ARGUMENTS = "{ element, trigger, props, server, upload, watch }"  # what Gradio hands to a component's script
# What is clicked before a component's module is there is clicked again once it is.
EARLY = """
        const early = [];
        const keep = (event) => {
            const clicked = event.target.closest("button, input");
            if (!clicked) return;
            event.preventDefault();
            early.push(clicked);
        };
        const started = () => {
            element.removeEventListener("click", keep);
            element.setAttribute("aria-busy", "false");
            for (const clicked of early) clicked.click();
        };
        element.addEventListener("click", keep);
        element.setAttribute("aria-busy", "true");"""
TYPES = {".js": "text/javascript", ".json": "application/manifest+json", ".svg": "image/svg+xml", ".png": "image/png"}
BYTES = "application/octet-stream"
_served: dict[str, bytes] = {}  # compressed, by address
_files: dict[str, Path] = {}  # sent from where they lie, by address: weights hardly get smaller
_later: set[str] = set()  # the addresses of those that are fetched when they are wanted


def networks(models: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the page knows of networks, by name: `parameters`, and of the task `classes`, `side` and `framing`."""
    return {
        name: {
            "parameters": model.parameters,
            "classes": list(model.task.classes),
            "side": model.task.side,
            "framing": model.task.framing,
        }
        for name, model in models.items()
    }


class Component(gr.HTML):
    """A gr.HTML made of a folder's `template.html`, `style.css` and `script.js`.

    Where a template has `<!-- says -->`, it gets the head that tells what a network says of the digit: `web/says.html`;
    where it has `<!-- task wing/view -->`, what that view is for, what to try there, and the answer on request:
    `web/task.html`.

    The script's default export is called with what Gradio hands to a component's script, and with `constants`, by name.
    The template takes no props, so Gradio never touches the elements the script has made.
    """

    def __init__(self, folder: Path, constants: dict[str, Any] | None = None, **options: Any):
        script = folder.joinpath("script.js").relative_to(HERE).as_posix()
        super().__init__(
            html_template=_template(folder / "template.html"),
            css_template=_read(folder / "style.css"),
            js_on_load=_starting(script, constants or {}),
            apply_default_css=False,
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        """The value as JSON schema."""
        return {"type": "object", "title": type(self).__name__.lower(), "additionalProperties": True}

    def __getattr__(self, name: str) -> Any:
        """Nothing. gr.HTML makes a listener of whatever name its script has in quotes, and a prop of the listener."""
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _starting(script: str, constants: dict[str, Any]) -> str:
    """A script: fetch a component's module, the texts and long constants, then start it; `aria-busy` until then."""
    written = {name: json.dumps(value, ensure_ascii=False) for name, value in constants.items()}
    long = [name for name, value in written.items() if len(value) > SHORT]
    needed = [f"{MODULES}/{script}", TEXTS, *(_constant(written[name]) for name in long)]
    given = [f"{name}: {name}.default" if name in long else f"{name}: {value}" for name, value in written.items()]
    return f"""
        {EARLY}
        Promise.all({json.dumps(needed)}.map((address) => import(new URL(address, document.baseURI))))
            .then(([{", ".join(["module", "", *long])}]) => module.default({ARGUMENTS}, {{ {", ".join(given)} }}))
            .then(started);"""


def _constant(value: str) -> str:
    """The address of a module whose default export is some JSON."""
    name = hashlib.sha256(value.encode()).hexdigest()[:16]
    return _serve(f"{ADDRESS}/constants/{name}.js", f"export default {value};\n".encode())


def later(value: Any) -> str:
    """The address of a module whose default export is a value, JSON-ready: of what a page fetches when it is wanted."""
    address = _constant(json.dumps(value, ensure_ascii=False))
    _later.add(f"/{address}")
    return address


def kept(path: Path) -> str:
    """The address of a file's bytes, which a page fetches when they are wanted."""
    with path.open("rb") as file:
        address = f"{ADDRESS}/files/{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}{path.suffix}"
    _files[address] = path
    return address.lstrip("/")


def _serve(address: str, file: bytes) -> str:
    """Have a file served; gives its address as the page's own addresses are: without the slash before it."""
    if address not in _served:  # it is made of what the file says
        _served[address] = gzip.compress(file, mtime=0)
    return address.lstrip("/")


async def _answer(request: Request) -> Response:
    address = f"{ADDRESS}/{request.path_params['path']}"
    packed = _served.get(address)
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    kind = TYPES.get(Path(address).suffix, BYTES)
    if address in _files:
        return FileResponse(_files[address], media_type=kind, headers=headers)
    if packed is None:
        return Response(status_code=404)
    headers["service-worker-allowed"] = "/"  # worker.js stands below the page that it is for
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=kind, headers=headers)
    return Response(packed, media_type=kind, headers={**headers, "content-encoding": "gzip"})


ROUTE = APIRoute(f"{ADDRESS}/{{path:path}}", _answer)  # what `launch` is to serve beside Gradio's own


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _texts() -> str:
    """The module of all texts."""
    words = {language: text.table(language) for language in text.languages()}
    return f'import {{ learn }} from "./web/say.js";\n\nlearn({json.dumps(words, ensure_ascii=False)});\n'


def _manifest() -> str:
    """The page as an app of its own (https://www.w3.org/TR/appmanifest); its addresses are seen from `MODULES`."""
    home, colour = "../" * len(ADDRESS.strip("/").split("/")) + "../", NAMED["page"][0]
    icons = [
        {"src": "web/icon.svg", "sizes": "any", "type": TYPES[".svg"], "purpose": "any"},
        {"src": "web/icon.png", "sizes": "512x512", "type": TYPES[".png"], "purpose": "any"},
        {"src": "web/icon.png", "sizes": "512x512", "type": TYPES[".png"], "purpose": "maskable"},
    ]
    names = {"name": text.say("page.title"), "description": text.say("page.tagline")}
    colours = {"background_color": colour, "theme_color": colour}
    return json.dumps({**names, "start_url": home, "scope": home, "display": "standalone", **colours, "icons": icons})


def _serve_files() -> str:
    """Have all modules served, and what stands beside them; gives the address of their folder."""
    shared_first = sorted(HERE.rglob("*.js"), key=lambda path: (path.parent.name != "web", path))
    paths = [*shared_first, *HERE.rglob("icon.*")]
    made = {"texts.js": _texts().encode(), "manifest.json": _manifest().encode()}
    files = {**made, **{path.relative_to(HERE).as_posix(): path.read_bytes() for path in paths}}
    all_of_it = b"".join(name.encode() + file for name, file in files.items())
    folder = f"{ADDRESS}/{hashlib.sha256(all_of_it).hexdigest()[:16]}"
    for name, file in files.items():
        _serve(f"{folder}/{name}", file)
    _later.update(f"{folder}/{name}" for name in files if not name.endswith(".js") or name == "web/worker.js")
    return folder.lstrip("/")


def _template(path: Path) -> str:
    def task(found: re.Match[str]) -> str:
        return TASK.replace("WING", found[1]).replace("VIEW", found[2])

    return re.sub(r"<!-- task (\w+)/(\w+) -->\n", task, _read(path).replace("\t<!-- says -->\n", SAYS))


SAYS, TASK = (_read(HERE / "web" / f"{name}.html") for name in ("says", "task"))
MODULES = _serve_files()
TEXTS = f"{MODULES}/texts.js"


def head() -> str:
    """For the page's head, once its components are made: browsers fetch all modules in one go.

    What is asked of the server waits until what waits for the server is there: Gradio's own script runs first.
    """
    first = [address.lstrip("/") for address in _served if address not in _later]
    preloads = "\n".join(f'<link rel="modulepreload" href="{address}">' for address in first)
    return f"""{preloads}
<link rel="icon" type="image/svg+xml" href="{MODULES}/web/icon.svg">
<link rel="apple-touch-icon" href="{MODULES}/web/icon.png">
<script type="module" src="{MODULES}/web/printing.js"></script>
<script type="module" src="{MODULES}/web/keep.js"></script>
<script>document.querySelector("link[rel=manifest]").href = "{MODULES}/manifest.json"; // in place of Gradio's</script>
<style>{_read(HERE / "web" / "connection.css")}</style>
<script>{{
	const send = window.fetch.bind(window);
	const module = (address) => import(new URL(address, document.baseURI));
	const modules = Promise.all([module("{MODULES}/web/connection.js"), module("{TEXTS}")]);
	const waiting = modules.then(([{{ waiting }}]) => waiting(send), () => send);
	window.fetch = async (...request) => (await waiting)(...request);
}}</script>"""
