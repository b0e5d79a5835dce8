"""The second station: the digit that was drawn, seen through a network from the pixels to the ten numbers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from cnn import text
from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist
from cnn.models.registry import OWN, Models
from cnn.models.remote import named, parse
from cnn.service.draw import drawn
from cnn.types import Framed
from cnn.ui.compat import I18nData
from cnn.ui.draw.pad import Pad
from cnn.ui.draw.pictures import looked_at
from cnn.ui.inside import Inside, answer
from cnn.ui.text import T

NAMED = 20  # of a visitor's own networks that have a name in their language; what comes after is called as it is
OWN_NAMES = {f"mine-{number}": name for number, name in enumerate(T.numbered("network.own", NAMED), 1)}


def look_tab(
    models: Models,
    mnist: Mnist,
    trainings: Trainings,
    page: gr.Blocks,
    tab: gr.Tab,
    digit: gr.State,
    own: gr.State,
) -> list[gr.Component]:
    """Fill the open tab; `digit` holds the framed digit of all tabs, None before one was drawn.

    `own` holds the visitor's own networks, the tickets of `trainings` by name: they may be chosen too. Gives what holds
    the choice, as `networks_offered` takes and makes it.
    """
    offered, example, instead = looked_at(models, mnist)
    with gr.Row(elem_classes="looking"):
        with gr.Column(elem_classes="card subject"):
            pad = Pad(offered, follows="inside", instead=instead, elem_id="pad-inside")
            model = gr.Radio(
                _choices(models),
                value=models.default,
                label=T("inside.model"),
                show_label=False,
                container=False,
                min_width=1,
                elem_id="model",
                elem_classes="pick",
            )
            from_hub = gr.Textbox(
                placeholder=T("hub.request"),
                label=T("hub.request"),
                show_label=False,
                container=False,
                max_lines=1,
                submit_btn=True,
                visible=models.open_to_hub,
                elem_id="hub-request",
            )
            offered_models = gr.State(_choices(models))
        with gr.Column(elem_classes="card"):
            inside = Inside(models, elem_id="inside", elem_classes="wide")

    known = partial(trainings.beside, models)
    shown = partial(_shown, known, example)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    view = {**quiet, "concurrency_id": "view"}
    pad.input(
        partial(_drawn, known, example), [pad, inside, model, own], [digit, inside], trigger_mode="always_last", **view
    )
    for event in (inside.input, model.change, tab.select):
        event(shown, [inside, digit, model, own], inside, trigger_mode="always_last", **view)
    # What takes seconds: several may be on their way at once, and none is dropped.
    inside.submit(shown, [inside, digit, model, own], inside, trigger_mode="multiple", concurrency_id="heavy", **quiet)
    if models.open_to_hub:
        # Through the queue: a refusal that comes past it is shown to nobody.
        shown_on: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": from_hub}
        chosen = [model, offered_models, from_hub]
        from_hub.submit(
            partial(_request, models), [from_hub, offered_models], chosen, api_visibility="private", **shown_on
        )
    if models.expected:
        page.load(partial(_arrived, models), None, [model, offered_models], **quiet)
    return [model, offered_models]


Own = dict[str, str]
Known = Callable[[Own], Models]  # the networks that a visitor may look into


def _shown(
    known: Known, example: Framed, asked: dict[str, Any], digit: Framed | None, model: str, own: Own
) -> dict[str, Any]:
    return answer(asked, example if digit is None else digit, known(own), model, example=digit is None)


def _drawn(
    known: Known, example: Framed, strokes: object, asked: dict[str, Any], model: str, own: Own
) -> tuple[Framed | None, dict[str, Any]]:
    digit = drawn(strokes)
    return digit, _shown(known, example, asked, digit, model, own)


def networks_offered(models: Models, own: Own, chosen: str, choices: list[tuple[Any, str]]) -> tuple[Any, Any]:
    """The networks to choose from, as they are to be: with those that the visitor trained, and none that is gone."""
    choices = [
        *(choice for choice in choices if not OWN.fullmatch(choice[1])),
        *((OWN_NAMES.get(name, name), name) for name in own),
    ]
    there = any(name == chosen for _, name in choices)
    return gr.Radio(choices, value=chosen if there else models.default), choices


def _request(models: Models, asked: str, choices: list[tuple[Any, str]]) -> tuple[Any, list[tuple[Any, str]], str]:
    """Ask for a model on the Hub; it joins the networks that this visitor may choose from, and is chosen."""
    name = asked.strip().removeprefix("https://huggingface.co/").strip("/")
    named(name)
    invited = models[name].name
    choices = list(dict.fromkeys([*choices, (_called(invited), invited)]))
    return gr.Radio(choices, value=invited), choices, ""


def _arrived(models: Models) -> tuple[Any, list[tuple[Any, str]]]:
    """The networks as they are when a page opens: the one that was to answer may have come from the Hub by now."""
    return gr.Radio(_choices(models), value=models.default), _choices(models)


def _choices(models: Models) -> list[tuple[str | I18nData, str]]:
    return [(_called(name), name) for name in models]


def _called(name: str) -> str | I18nData:
    """What people call a network; a model of the Hub without its owner, for the place is narrow."""
    if (key := f"network.{name}") in text.table(text.FIRST):
        return T(key)
    return name.rsplit("/", 1)[-1] if parse(name) else name
