"""The view into a network: what each view asks for, answered as arrays that the page paints. Knows no picture format.

The page asks with a small JSON object, `{"view": ..., ...}`; the answer repeats it and adds what the view shows. Arrays
travel as bytes and are painted by the browser, so that a change of scale or of place asks nobody.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnn.inside import views
from cnn.inside.explain import METHODS, explain
from cnn.models.registry import Models
from cnn.network.classifier import Classifier
from cnn.network.layers import Layer
from cnn.task import SIDE
from cnn.types import Framed, InputError
from cnn.ui.arrays import packed, shades
from cnn.ui.component import Component, networks


class Inside(Component):
    """Asks with `input`, and with `submit` for what takes seconds; shows what `answer` makes."""

    def __init__(self, models: Models, **options: Any):
        super().__init__(
            Path(__file__).parent,
            {"methods": list(METHODS), "networks": networks(models)},
            value={"view": "network"},
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        """The value as JSON schema."""
        return {"type": "object", "title": "view", "additionalProperties": True}


def answer(asked: dict[str, Any], framed: Framed, models: Models, name: str) -> dict[str, Any]:
    """What a view shows of the model `name` at work on a framed digit, JSON-ready.

    Beside the view's own part: `asked`, `pixels`, the API's prediction, and `shut`: whether the view has no part, since
    the network cannot be looked into. InputError for an unknown view.
    """
    classifier, digit = models[name], framed.image
    view = asked.get("view")
    if view not in VIEWS:
        raise InputError("unknown_view", name=str(view)[:80], valid=", ".join(VIEWS))
    shown = {"asked": asked, "pixels": packed(digit), "prediction": classifier.predict(framed).as_dict()}
    try:
        return {**shown, "shut": False, view: VIEWS[view](asked, digit, classifier, models)}
    except InputError as error:
        if error.key != "no_look":
            raise
        return {**shown, "shut": True}


# ----------------------------------------------------------------------------------------------------------- the views


def _network(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any]:
    """Every layer with what it makes of the digit, and the channel that is open, if one is."""
    outputs = classifier.outputs(digit[None])
    layers = [_layer(classifier, outputs, layer) for layer in classifier.layers]
    shown = {"layers": layers, "parameters": classifier.parameters, "temperature": classifier.temperature}
    # A channel that was open in another network is not open in this one.
    opened = any(layer.name == asked.get("layer") for layer in classifier.layers)
    return {**shown, "unit": _unit(asked, outputs, classifier)} if opened else shown


def _layer(classifier: Classifier, outputs: dict[str, Any], layer: Layer) -> dict[str, Any]:
    taken = views.taken(classifier, outputs, layer)
    maps = outputs[layer.name].after[0]
    maps = maps.transpose(2, 0, 1) if layer.is_map else maps.reshape(-1)
    return {**layer.as_dict(), "maps": shades(maps, len(maps)), **taken._asdict()}


def _unit(asked: dict[str, Any], outputs: dict[str, Any], classifier: Classifier) -> dict[str, Any]:
    """One channel: its map before and after its activation, and its kernel where that is a picture."""
    layer = classifier.layer(asked["layer"])
    channel = int(asked.get("channel") or 0) % layer.shape[-1]
    output = outputs[layer.name]
    unit = {"layer": layer.name, "channel": channel, "after": packed(output.after[0, ..., channel])}
    if output.before is not None:
        unit["before"] = packed(output.before[0, ..., channel])
    try:
        kernels = views.kernels(classifier, layer.name)
    except InputError:
        return unit
    return {**unit, "kernel": packed(kernels.weights[channel]), "inputs": kernels.inputs[channel].tolist()}


def _filters(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any]:
    """Every filter of a layer by its strongest kernel."""
    strongest = views.kernels(classifier, asked["layer"]).weights[:, 0]
    return {"layer": asked["layer"], "weights": shades(strongest, len(strongest))}


def _likes(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any]:
    """What a channel likes to see. Takes seconds."""
    found = views.likes(classifier, asked["layer"], int(asked["channel"]))
    return {
        "layer": asked["layer"],
        "channel": int(asked["channel"]),
        "preferred": packed(found.preferred),
        "excerpts": [{"picture": packed(picture), "activation": value} for picture, value in found.excerpts],
    }


def _hand(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any] | None:
    """One channel of the first convolution and one digit's output, in numbers."""
    label = _label(asked, digit, classifier)
    found = views.by_hand(classifier, digit, asked.get("channel"), label)
    if found is None:
        return None
    return {
        **_sendable(found),
        "pooling": found.pooling and _sendable(found.pooling),
        "label": label,
        "filters": classifier.layer(found.layer).shape[-1],
        "temperature": classifier.temperature,
    }


def _sendable(found: Any) -> dict[str, Any]:
    """A named tuple as JSON takes it, its arrays packed."""
    return {key: packed(value) if isinstance(value, np.ndarray) else value for key, value in found._asdict().items()}


def _why(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any]:
    """The evidence for one digit by one method."""
    label = _label(asked, digit, classifier)
    found = explain(classifier, digit, asked.get("method") or next(iter(METHODS)), label)
    return {**_sendable(found), "complete": found.complete}


def _shift(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any]:
    """Every model's probabilities for the digit moved by whole pixels, not framed again; what leaves is lost."""
    across, down = (int(np.clip(asked.get(way) or 0, -SIDE, SIDE)) for way in ("across", "down"))
    shown = {**models, classifier.name: classifier}  # a guest is listed to nobody else
    maps = [layer for layer in _layers(classifier) if layer.has_filters]
    page = np.pad(digit, SIDE)[SIDE - down : 2 * SIDE - down, SIDE - across : 2 * SIDE - across]
    return {
        "probabilities": {name: model.probabilities(page[None])[0].tolist() for name, model in shown.items()},
        "parameters": {name: model.parameters for name, model in shown.items()},
        "first": maps[0].as_dict() if maps else None,
        "maps": [layer.name for layer in maps],
    }


def _layers(classifier: Classifier) -> Sequence[Layer]:
    """A network's layers; none where it cannot be looked into."""
    try:
        return classifier.layers
    except InputError:
        return ()


def _depth(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier, models: Models) -> dict[str, Any]:
    """What a few channels of a layer like to see, those that the digit excites most. Takes seconds."""
    channels, pictures = views.favourites(classifier, digit, asked["layer"])
    return {"layer": asked["layer"], "channels": channels.tolist(), "pictures": packed(pictures)}


VIEWS = {
    "network": _network,
    "filters": _filters,
    "likes": _likes,
    "hand": _hand,
    "why": _why,
    "shift": _shift,
    "depth": _depth,
}


def _label(asked: dict[str, Any], digit: np.ndarray, classifier: Classifier) -> int:
    """The digit that is asked about, or the one that the network says."""
    label = asked.get("label")
    return int(classifier.probabilities(digit[None])[0].argmax()) if label is None else label
