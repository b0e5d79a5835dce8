"""A component of the page's own: template, style and script in the files beside its class. Knows no digit."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import Request, Response
from fastapi.routing import APIRoute
from gradio.route_utils import API_PREFIX

from cnn import text

SHARED = Path(__file__).parent / "web"
ADDRESS = f"{API_PREFIX}/script/"
ARGUMENTS = "element, trigger, props, server, upload, watch"  # what Gradio hands to a component's script
_scripts: dict[str, bytes] = {}  # compressed, by the name they are served under, which is made of what they say


def networks(models: Mapping[str, Any]) -> dict[str, int]:
    """What scripts that tell of networks know of them, as `NETWORKS`: how many parameters each has, by name."""
    return {name: model.parameters for name, model in models.items()}


class Component(gr.HTML):
    """A gr.HTML made of `template.html`, `style.css` and the `*.js` files of a folder.

    Before them come `words.js` and `words.css` beside this file, and what else `shared` names there: a script, and a
    style where it needs one. `prefixes` choose the texts of `assets/text` that the script gets, in every language, as
    `WORDS`, beside what the networks are called; `constants` are more of its constants, by name.
    The script is no part of the page, which the server writes anew for every visit: Gradio has the browser fetch it,
    once for all components that share it, before it runs it; the browser keeps it.
    The template takes no props, so Gradio never touches the elements the script has made.
    """

    def __init__(
        self,
        folder: Path,
        prefixes: tuple[str, ...],
        constants: dict[str, Any] | None = None,
        shared: tuple[str, ...] = (),
        **options: Any,
    ):
        words = {language: _chosen(language, (*prefixes, "network.")) for language in text.LANGUAGES}
        constants = {"WORDS": words, **(constants or {})}
        names = ("words", *shared)
        styles = [*filter(Path.is_file, (SHARED / f"{name}.css" for name in names)), folder / "style.css"]
        scripts = [*(SHARED / f"{name}.js" for name in names), *sorted(folder.glob("*.js"))]
        script = "\n".join([*(_constant(*item) for item in constants.items()), *map(_read, scripts)])
        name = _served(script)
        super().__init__(
            html_template=_read(folder / "template.html"),
            css_template="\n".join(map(_read, styles)),
            head=f'<script src="{ADDRESS.lstrip("/")}{name}"></script>',
            js_on_load=f'digitScripts["{name}"]({ARGUMENTS});',
            apply_default_css=False,
            **options,
        )

    def __getattr__(self, name: str) -> Any:
        """Nothing. gr.HTML makes a listener of whatever name its script has in quotes, and a prop of the listener."""
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _served(script: str) -> str:
    """The name under which a script is served, as a function of what Gradio hands to it."""
    name = f"{hashlib.sha256(script.encode()).hexdigest()[:16]}.js"
    script = f'(window.digitScripts ??= {{}})["{name}"] = function ({ARGUMENTS}) {{\n{script}\n}};\n'
    _scripts[name] = gzip.compress(script.encode(), mtime=0)
    return name


async def _serve(request: Request) -> Response:
    packed = _scripts.get(request.path_params["name"])
    if packed is None:
        return Response(status_code=404)
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type="text/javascript", headers=headers)
    return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})


ROUTE = APIRoute(f"{ADDRESS}{{name}}", _serve)  # what `launch` is to serve beside Gradio's own


def _constant(name: str, value: Any) -> str:
    return f"const {name} = {json.dumps(value, ensure_ascii=False)};"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _chosen(language: str, prefixes: tuple[str, ...]) -> dict[str, str]:
    return {key: words for key, words in text.table(language).items() if key.startswith(prefixes)}
