"""The page: its five stations, and how it is served. With app.py, the only room that imports gradio."""

import warnings
from collections.abc import Collection
from typing import Any

import gradio as gr
import PIL.Image
from starlette.middleware import Middleware

from cnn.framing import decode
from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist, Some, kept, nowhere
from cnn.models.registry import PICTURES, Models
from cnn.task import DIGITS
from cnn.text import say
from cnn.trials.collecting import Collector
from cnn.ui import component
from cnn.ui.api import scripted_api
from cnn.ui.compat import light_sessions
from cnn.ui.course.tab import course_tab
from cnn.ui.draw.tab import draw_tab
from cnn.ui.errors.tab import errors_tab
from cnn.ui.gateway import Gateway
from cnn.ui.head import Head, missing
from cnn.ui.inside.tab import look_tab
from cnn.ui.lab.tab import lab_tab
from cnn.ui.live import Live
from cnn.ui.refusals import HANDLERS, CheckedBlocks
from cnn.ui.stress.tab import stress_tab
from cnn.ui.text import T
from cnn.ui.theme import HEAD, THEME
from cnn.ui.trials.tab import trials_tab
from cnn.ui.turns import MAX_WAITING
from cnn.ui.uploads import KEEP_SECONDS, LOOK_SECONDS, MAX_FILE_SIZE

SESSIONS = 2000  # visitors whose digit the server remembers, the latest; each script's call without a name is one too


def build_demo(
    models: Models,
    mnist: Mnist | None = None,
    trainings: Trainings | None = None,
    collector: Collector | None = None,
) -> gr.Blocks:
    """The whole app over `models` and, where they can be had, MNIST and trainings; launch it by `launch_options()`.

    By the `collector`, where there is one, school classes hand in their test series.
    """
    trainings = trainings or Trainings()
    task = models["default"].task
    mnist = (mnist or Mnist(nowhere)) if task.is_like(DIGITS) else Mnist(None, _pictures(models))
    # Pillow's own guard, for images inside images that `decode.open_image` cannot measure beforehand.
    # It refuses what has twice as many, and only warns before.
    PIL.Image.MAX_IMAGE_PIXELS = decode.MAX_PIXELS // 2
    warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
    with CheckedBlocks(
        title=say("page.title"), analytics_enabled=False, delete_cache=(LOOK_SECONDS, KEEP_SECONDS)
    ) as demo:
        head = Head(task, (models["default"].metrics or {}).get("accuracy"), elem_id="head")
        if models.expected:  # told as long as it has not come from the Hub
            quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
            demo.load(lambda: missing(models.missing, models.default), None, head, **quiet)
        digit = gr.State()  # the framed digit that travels from tab to tab; None before there is one
        own = gr.State({})  # the networks that the visitor has trained: their tickets, by name
        with gr.Tabs(elem_classes="pages"):  # the stations, in the order in which they are gone through
            with gr.Tab(T("draw.tab"), id="draw") as drawing:
                draw_tab(models, mnist, trainings, drawing, digit, own)
            with gr.Tab(T("inside.tab"), id="inside") as looking:
                choice = look_tab(models, mnist, trainings, demo, looking, digit, own)
            with gr.Tab(T("lab.tab"), id="lab", visible=task.is_like(DIGITS)) as learning:
                lab_tab(models, trainings, learning, digit, own, choice)
            with gr.Tab(T("test.tab"), id="test") as testing, gr.Tabs(elem_classes="wings switch"):
                with gr.Tab(T("stress.tab"), id="stress") as stressing:
                    stress_tab(models, mnist, trainings, [testing, stressing], digit, own)
                with gr.Tab(T("errors.tab"), id="errors"):
                    errors_tab(models, mnist, trainings, own)
                with gr.Tab(T("trials.tab"), id="trials"):
                    trials_tab(models, collector)
            with gr.Tab(T("course.tab"), id="course", visible=task.is_like(DIGITS)):
                course_tab(models, trainings, digit)
        scripted_api(models)
    # What is queued takes its turns in `FairBlocks`; past the queue goes only what is made for that.
    demo.queue(api_open=False, max_size=MAX_WAITING, default_concurrency_limit=None, status_update_rate=5)
    return demo


def _pictures(models: Models) -> dict[str, Some]:
    """The test pictures that came with the model that answers; none where none did."""
    return kept(models.folder / PICTURES) if models.folder else {}


def launch_options(origins: Collection[str] = (), proxied: bool = False) -> dict[str, Any]:
    """What `launch` needs to serve the page, once it is built, as designed; nothing about visitors is kept or sent.

    `origins`: other sites whose pages' scripts may ask the app, as "https://school.example". `proxied`: believe
    X-Forwarded-Host, for a proxy that visitors cannot pass by sets it.
    """
    return {
        "theme": THEME,
        "head": HEAD + component.head(),
        "i18n": T,
        "max_file_size": MAX_FILE_SIZE,
        "enable_monitoring": False,
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,  # its Node process would render what only a browser can fill in
        "footer_links": ["api"],
        "state_session_capacity": SESSIONS,
        "max_threads": 3 * MAX_WAITING,  # calls that Gradio hands to `FairBlocks`, most of which wait there
        "app_kwargs": {
            "routes": [component.ROUTE],
            "exception_handlers": HANDLERS,
            "lifespan": light_sessions,
            "middleware": [Middleware(Gateway, origins=origins, proxied=proxied), Middleware(Live)],
        },
    }
