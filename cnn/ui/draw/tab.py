"""The first station: a digit or a number is drawn or photographed, and read while the pen moves."""

import asyncio
import dataclasses
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any

import gradio as gr
import PIL.Image

from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist
from cnn.models.registry import Models
from cnn.service import draw as service
from cnn.service import inside
from cnn.task import DIGITS
from cnn.types import Framed
from cnn.ui.draw import number, pictures
from cnn.ui.draw.pad import Pad, examples
from cnn.ui.draw.reading import Kind, Reading, answer, nothing
from cnn.ui.text import T
from cnn.ui.turns import LIVE
from cnn.ui.uploads import SourcedImage

# A mirrored digit is another one, or none; on a phone it is the camera at the back that sees the paper.
CAMERA = gr.WebcamOptions(
    mirror=False,
    constraints={
        "video": {"facingMode": {"ideal": "environment"}, "width": {"ideal": 1920}, "height": {"ideal": 1440}}
    },
)
# How what is drawn is read live: while one answer is on its way, only the latest drawing waits. The queue would add a
# round trip. A class draws at once, so nothing is done for nothing: what is drawn and what is answered is plain JSON,
# which `cnn.ui.live` passes on without Gradio's preparations; an output that is skipped is one that Gradio makes anew.
LIVE_EVENT: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "always_last",
    "queue": False,
    "preprocess": False,
    "postprocess": False,
    "concurrency_id": LIVE,
}
# One thread for the digits of all pads, and one for the numbers, which take ten times as long: more would only take the
# interpreter's lock from each other, and none waits behind what else the server does.
_DIGITS, _NUMBERS = ThreadPoolExecutor(1, "digits"), ThreadPoolExecutor(1, "numbers")


def draw_tab(models: Models, mnist: Mnist, trainings: Trainings, tab: gr.Tab, digit: gr.State, own: gr.State) -> None:
    """Fill the open tab with the pad, the photo and the answer, to a digit or to a number.

    `digit` gets the framed digit that was read last, None for a blank pad. Where there is no pen, there is the photo
    alone, and test pictures to try. What is read live is told to `trainings`, which give way. `own` holds the visitor's
    own networks, the tickets of `trainings` by name: one of them reads, in place of the model that answers, where what
    the pad sends names it as its `reader`.
    """
    recognised = models["default"].task
    if not recognised.drawn:
        _pictures_tab(models, mnist, tab, digit)
        return
    with gr.Row(elem_classes="reader"):
        with gr.Column(elem_classes="card"):
            task = gr.Radio(
                [(T("draw.digit"), "digit"), (T("draw.number"), "number")],
                value="digit",
                label=T("draw.task"),
                show_label=False,
                container=False,
                min_width=1,
                visible=recognised.is_like(DIGITS),  # numbers are made of digits
                elem_id="task",
                elem_classes="pick",
            )
            with gr.Tabs(elem_classes="switch"):
                with gr.Tab(T("draw.pen"), id="pen") as drawing:
                    # The page shows the one that the task asks for.
                    pad = Pad(examples(recognised, folder=models.folder), elem_id="pad")
                    line = Pad(examples(recognised, "numbers"), number=True, elem_id="pad-number")
                with gr.Tab(T("draw.photo"), id="photo") as photographing:
                    photo = _photo()
        with gr.Column(elem_classes="card"):  # here too
            filter = inside.live_filter(models, pictures.looked_at(models, mnist).first.image)
            reading = Reading(models, filter, elem_id="reading", elem_classes="fill")
            numbers = number.NumberReading(elem_id="numbers", elem_classes="fill")

    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    pad.input(reading_live(models, trainings), pad, [reading, digit], **LIVE_EVENT)
    line.input(partial(_live, trainings.rush.note, _NUMBERS, _read_line, models), line, [numbers, digit], **LIVE_EVENT)
    # A network of the visitor's own takes seconds to open: no other pad waits for it.
    known = partial(_known, models, trainings)
    beside: dict[str, Any] = {**hidden, "trigger_mode": "always_last", "queue": False, "concurrency_id": "view"}
    pad.select(partial(_read_own, trainings.rush.note, known), [pad, own], [reading, digit], **beside)
    quiet = {**hidden, "outputs": [reading, numbers, digit]}
    drawn = [pad, line, task, own]
    drawing.select(partial(_read_drawn, known), drawn, **quiet, queue=False)
    for event in (tab.select, task.change, reading.select):  # an answer to what is not on show is not shown
        event(partial(_again, _read_drawn, known), drawn, **quiet, queue=False)
    read, again = partial(_read_photo, known), partial(_again, _read_photo, known)
    sent = {photo.change: read, photographing.select: read, task.change: again, reading.select: again}
    for event, handler in sent.items():
        # A file that is refused is taken back: the reason is in the message, and the place is free for another.
        event(handler, [photo, task, pad, own], **quiet).failure(
            lambda: None, outputs=photo, show_progress="hidden", api_visibility="private"
        )


def _pictures_tab(models: Models, mnist: Mnist, tab: gr.Tab, digit: gr.State) -> None:
    task = models["default"].task
    offered = pictures.examples(task, mnist)
    with gr.Row(elem_classes="reader"):
        with gr.Column(elem_classes="card penless"):
            photo = _photo()
            shown = pictures.Pictures(task, offered, visible=bool(offered), elem_id="pictures")
        with gr.Column(elem_classes="card"):
            reading = Reading(models, source="photo", elem_id="reading", elem_classes="fill")

    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    read = partial(_read_picture, models)
    photo.change(read, photo, [reading, digit], **hidden).failure(lambda: None, outputs=photo, **hidden)
    tab.select(partial(_again, _read_picture, models), photo, [reading, digit], **hidden, queue=False)
    shown.input(partial(pictures.clicked, offered), shown, photo, **hidden)


def _photo() -> SourcedImage:
    return SourcedImage(
        label=T("draw.photo_label"),
        sources=["upload", "clipboard", "webcam"],
        webcam_options=CAMERA,
        image_mode=None,
        format="png",  # what is put there by a click stays as it is
        show_label=False,
        buttons=[],
        elem_id="photo",
    )


Read = tuple[Any, Any]  # an answer, and the digit of all tabs: framed, None, or left as it is
Own = dict[str, str]
Known = Callable[[Any, Own], Models]  # of a pad's drawing and a visitor's own networks: the models of which one answers
Shown = tuple[Any, Any, Any]  # for the answer to a digit, the answer to a number, and the digit of all tabs


def _framed(framed: Framed | None) -> Framed | None:
    """The digit of all tabs: None for a blank, and without the steps that led to it."""
    return None if framed is None or framed.blank else dataclasses.replace(framed, steps=())


def _known(models: Models, trainings: Trainings, drawing: Any, own: Own) -> Models:
    """The models, of which the visitor's own answers that the drawing names; as they are where it names none."""
    reader = drawing.get("reader") if isinstance(drawing, dict) else None
    return trainings.answering(models, own[reader]) if isinstance(reader, str) and reader in own else models


def reading_live(models: Models, trainings: Trainings) -> Callable[..., Any]:
    """What reads a pad's drawing, a JSON object, while the pen moves: it gives the answer, and the framed digit."""
    return partial(_live, trainings.rush.note, _DIGITS, _read_moving, models)


async def _live(
    note: Callable[[], None], threads: Executor, read: Callable[..., Read], models: Models, strokes: dict[str, Any]
) -> Read:
    note()
    return await asyncio.get_running_loop().run_in_executor(threads, read, models, strokes)


def _read_pad(models: Models, strokes: dict[str, Any], moving: bool = False) -> Read:
    framed, prediction = service.read_drawing(models, strokes, moving)
    drawing = {name: strokes[name] for name in ("strokes", "width", "height")}
    return answer(framed, prediction, "pad", "drawn", drawing), _framed(framed)


def _read_moving(models: Models, strokes: dict[str, Any]) -> Read:
    moving = not (isinstance(strokes, dict) and strokes.get("lifted") is True)
    shown, framed = _read_pad(models, strokes, moving)
    return {**shown, "moving": moving}, framed


def _read_own(note: Callable[[], None], known: Known, strokes: dict[str, Any], own: Own) -> Read:
    note()
    return _read_moving(known(strokes, own), strokes)


def _read_line(models: Models, strokes: dict[str, Any]) -> Read:
    found, first = service.read_number_drawing(models, strokes)
    return number.pad_answer(found, strokes, first), _framed(first)


def _read_drawn(known: Known, strokes: dict[str, Any], number_strokes: dict[str, Any], task: str, own: Own) -> Shown:
    if task == "number":
        shown, framed = _read_line(known(None, own), number_strokes)
        return gr.skip(), shown, framed
    shown, framed = _read_pad(known(strokes, own), strokes)
    return shown, gr.skip(), framed


def _read_photo(
    known: Known, sent: tuple[PIL.Image.Image, Kind] | None, task: str, strokes: dict[str, Any], own: Own
) -> Shown:
    if sent is None:
        return nothing("photo"), number.nothing("photo"), gr.skip()
    if task == "number":
        found, first = service.read_number_photo(known(None, own), sent[0])
        return gr.skip(), number.photo_answer(found, sent[0], first), _framed(first)
    shown, framed = _read_picture(known(strokes, own), sent)
    return shown, gr.skip(), framed


def _read_picture(models: Models, sent: tuple[PIL.Image.Image, Kind] | None) -> Read:
    if sent is None:
        return nothing("photo"), gr.skip()
    image, kind = sent
    framed, prediction = service.read_photo(models, image)
    return answer(framed, prediction, "photo", kind), _framed(framed)


def _again(read: Callable[..., Any], known: Models | Known, *sent: Any) -> tuple[Any, ...]:
    """`read`, for what was read before: the digit of all tabs stays what it is, and `again` tells."""
    *answers, _ = read(known, *sent)
    return *({**value, "again": True} if value != gr.skip() else value for value in answers), gr.skip()
