"""A look inside a network: its endpoints, and the views of the tab. What takes seconds is remembered by the network."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import PIL.Image

from cnn import pictures
from cnn.framing.frame import frame
from cnn.inside import arithmetic, views
from cnn.inside.arithmetic import Convolved, Pooled, Weighed
from cnn.inside.changes import Changes, changed_weights
from cnn.inside.explain import METHODS, explain
from cnn.models.registry import Models
from cnn.network.classifier import Classifier, Output, Weights
from cnn.network.layers import Layer, LayerFacts
from cnn.reading import read
from cnn.service.draw import Captioned, sent
from cnn.service.views import Asked, Views
from cnn.task import SIDE
from cnn.text import say
from cnn.types import Framed, InputError, Prediction, Tiles


@dataclasses.dataclass(frozen=True)
class Explained:
    """The evidence for `label` in words: the `method`, how probable the label is, and what the picture shows."""

    method: str
    label: int
    probability: float
    note: str


def layers(models: Models, model: str) -> list[LayerFacts]:
    """A network's layers, in order; the receptive field is in pixels of the 28x28."""
    return [layer.facts for layer in models[model].layers]


def filters(models: Models, layer: str, model: str) -> Captioned:
    """A layer's filters, each by its strongest kernels on its own scale: white zero, blue above, orange below."""
    weights = views.kernels(models[model], layer).weights
    drawn = [pictures.row([pictures.diverging(part, np.abs(one).max()) for part in one]) for one in weights]
    return [(pictures.enlarged(picture), str(i)) for i, picture in enumerate(drawn)]


def live_filter(models: Models, example: np.ndarray) -> views.LiveFilter | None:
    """A filter of the network that answers, for the page to apply itself; None where there is no such filter.

    `example` (28, 28) is what it is chosen on.
    """
    try:
        return views.live_filter(models["default"], example)
    except InputError:  # it cannot be looked into
        return None


def feature_maps(models: Models, image: PIL.Image.Image | None, layer: str, model: str) -> Captioned:
    """What a layer makes of an image: its feature maps, each on its own scale; captions say how strong it is."""
    classifier = models[model]
    maps = views.feature_maps(classifier, frame(sent(image), classifier.task).image, layer)
    draw = pictures.sequential if maps.min() >= 0 else pictures.diverging
    return [(pictures.enlarged(draw(one)), f"{i}: {one.max():.2f}") for i, one in enumerate(maps)]


def explained(
    models: Models, image: PIL.Image.Image | None, method: str, label: int | None = None, model: str = "default"
) -> tuple[PIL.Image.Image, Explained]:
    """The evidence for a digit's lead over the others, blue for it, orange against; label null is the predicted."""
    classifier = models[model]
    framed = frame(sent(image), classifier.task)
    prediction = read.predict(classifier, framed)
    label = label if label is not None else prediction.best_guess or 0
    found = explain(classifier, framed.image, method, label)
    notes = [found.note or f"explain.{method}", "explain.lead"]
    note = " ".join(map(say, [*notes, "explain.incomplete"] if found.complete is False else notes))
    answer = Explained(method, label, prediction.probabilities[label], note)
    return pictures.enlarged(pictures.overlay(found.evidence, framed.image)), answer


# ------------------------------------------------------------------------------------------------------------ the page


@dataclasses.dataclass(frozen=True)
class LayerShown(LayerFacts):
    """A layer with what it makes of the digit, and the shares that ReLU and pooling take away, as `views.Taken`.

    `sources` are the layers that it is made from; none where it is the picture.
    """

    sources: list[str]
    maps: Tiles
    by_relu: float | None
    by_pooling: float | None


@dataclasses.dataclass(frozen=True)
class Unit:
    """One channel: its map or number before and after its `activation`, and what it is added up from.

    `label`: it is the score of this class. `kernel` is its weights where they are a picture as large as the digit.
    """

    layer: str
    channel: int
    after: np.ndarray
    before: np.ndarray | None = None
    activation: str | None = None
    convolved: Convolved | None = None
    pooled: Pooled | None = None
    weighed: Weighed | None = None
    kernel: np.ndarray | None = None
    label: int | None = None


@dataclasses.dataclass(frozen=True)
class NetworkView:
    """Every layer at work on the digit, and the channel that is open, if one is.

    Where the network was changed by hand, all of that is the changed one's, and so is the `prediction`.
    """

    layers: list[LayerShown]
    parameters: int
    temperature: float
    prediction: Prediction | None = None
    unit: Unit | None = None


@dataclasses.dataclass(frozen=True)
class Joins:
    """How strongly a layer's channels are joined to those they are made from, each on its own scale."""

    layer: str
    sizes: Tiles


@dataclasses.dataclass(frozen=True)
class JoinsView:
    """The joins of each layer that has weights of its own; a channel of any other is made from the same of one."""

    joins: list[Joins]


@dataclasses.dataclass(frozen=True)
class FiltersView:
    """Every filter of a layer by its strongest kernel."""

    layer: str
    weights: Tiles


@dataclasses.dataclass(frozen=True)
class Excerpt:
    """A part of a digit, and how strongly it excites a channel."""

    picture: np.ndarray
    activation: float


@dataclasses.dataclass(frozen=True)
class LikesView:
    """What a channel likes to see, of all pictures and among the project's own digits."""

    layer: str
    channel: int
    preferred: np.ndarray
    excerpts: list[Excerpt]


@dataclasses.dataclass(frozen=True)
class WhyView:
    """The evidence for one digit by one method, as `cnn.inside.explain.Explanation`."""

    method: str
    label: int
    evidence: np.ndarray
    note: str | None
    total: float | None
    expected: float | None
    complete: bool | None


@dataclasses.dataclass(frozen=True)
class ShiftView:
    """By network its probabilities for the moved digit and its parameters; and the layers with feature maps of one."""

    probabilities: dict[str, list[float]]
    parameters: dict[str, int]
    first: LayerFacts | None
    maps: list[str]


@dataclasses.dataclass(frozen=True)
class DepthView:
    """What a few channels of a layer like to see, those that the digit excites most."""

    layer: str
    channels: list[int]
    pictures: np.ndarray


Part = NetworkView | JoinsView | FiltersView | LikesView | WhyView | ShiftView | DepthView | None


@dataclasses.dataclass(frozen=True)
class InsideAnswer:
    """What a view shows of a network at work on a digit: its `part`, sent under the view's name.

    `shut`: there is none, since the network cannot be looked into. `example`: nobody drew this digit yet.
    """

    asked: Asked
    pixels: np.ndarray
    prediction: Prediction
    shut: bool
    example: bool
    part: Part


def look(models: Models, asked: Asked, framed: Framed, model: str, example: bool = False) -> InsideAnswer:
    """What the view shows that is asked for, of `model` at work on a framed digit. InputError for an unknown view."""
    classifier = models[model]
    try:
        part, shut = VIEWS.show(asked, framed.image, classifier, models), False
    except InputError as error:
        if error.key != "no_look":
            raise
        part, shut = None, True
    return InsideAnswer(asked, framed.image, classifier.predict(framed), shut, example, part)


def network(
    digit: np.ndarray,
    classifier: Classifier,
    models: Models,
    *,
    layer: str | None = None,
    channel: int | None = None,
    changes: Changes | None = None,
) -> NetworkView:
    """Every layer with what it makes of the digit, and the channel that is open, if one is; a changed network's."""
    # What was open in another network is not open in this one, nor changed.
    opened = next((one for one in classifier.layers if one.name == layer), None)
    changed = changed_weights(classifier, changes) if changes and changes.model == classifier.name else {}
    outputs = classifier.outputs(digit[None], changed)
    shown = [_layer(classifier, outputs, one) for one in classifier.layers]
    unit = _unit(classifier, outputs, digit, opened, channel, changed) if opened and channel is not None else None
    answer = classifier.predict(Framed(digit), outputs[classifier.layers[-1].name].after) if changed else None
    return NetworkView(shown, classifier.parameters, classifier.temperature, answer, unit)


def _layer(classifier: Classifier, outputs: dict[str, Output], layer: Layer) -> LayerShown:
    maps = outputs[layer.name].after[0]
    maps = maps.transpose(2, 0, 1) if layer.is_map else maps.reshape(-1)
    taken = views.taken(classifier, outputs, layer)
    sources = arithmetic.sources(classifier, layer)
    return LayerShown(
        **vars(layer.facts), sources=sources, maps=maps, by_relu=taken.by_relu, by_pooling=taken.by_pooling
    )


def _unit(
    classifier: Classifier,
    outputs: dict[str, Output],
    digit: np.ndarray,
    layer: Layer,
    channel: int,
    changed: Mapping[str, Weights],
) -> Unit:
    channel = channel % layer.shape[-1]
    output = outputs[layer.name]
    before = arithmetic.entered(classifier, outputs, layer, channel)
    if output.before is not None:
        before = output.before[0, ..., channel]
    is_class = layer is classifier.layers[-1] and channel < classifier.task.count
    return Unit(
        layer.name,
        channel,
        output.after[0, ..., channel],
        before,
        classifier.activation(layer.name),
        arithmetic.convolved(classifier, outputs, digit, layer, channel, changed),
        arithmetic.pooled(classifier, outputs, layer, channel),
        arithmetic.weighed(classifier, outputs, layer, channel, changed),
        views.over_the_picture(classifier, layer, channel, changed),
        channel if is_class else None,
    )


def joins(digit: np.ndarray, classifier: Classifier, models: Models) -> JoinsView:
    """How strongly channels are joined to those they are made from. No drawing changes it."""
    return JoinsView([Joins(*one) for one in arithmetic.joined(classifier)])


def filters_view(digit: np.ndarray, classifier: Classifier, models: Models, *, layer: str) -> FiltersView:
    """Every filter of a layer by its strongest kernel."""
    return FiltersView(layer, views.kernels(classifier, layer).weights[:, 0])


def likes(digit: np.ndarray, classifier: Classifier, models: Models, *, layer: str, channel: int) -> LikesView:
    """What a channel likes to see. Takes seconds."""
    found = views.likes(classifier, layer, channel)
    return LikesView(layer, channel, found.preferred, [Excerpt(*one) for one in found.excerpts])


def why(
    digit: np.ndarray, classifier: Classifier, models: Models, *, method: str | None = None, label: int | None = None
) -> WhyView:
    """The evidence for one digit by one method."""
    found = explain(classifier, digit, method or next(iter(METHODS)), _label(classifier, digit, label))
    return WhyView(*found, complete=found.complete)


def shift(digit: np.ndarray, classifier: Classifier, models: Models, *, across: int = 0, down: int = 0) -> ShiftView:
    """Every model's probabilities for the digit moved by whole pixels, not framed again; what leaves is lost."""
    across, down = (int(np.clip(way, -SIDE, SIDE)) for way in (across, down))
    shown = {**models, classifier.name: classifier}  # one from the Hub is listed to nobody else
    maps = [layer for layer in _layers(classifier) if layer.has_filters]
    page = np.pad(digit, SIDE)[SIDE - down : 2 * SIDE - down, SIDE - across : 2 * SIDE - across]
    return ShiftView(
        {name: model.probabilities(page[None])[0].tolist() for name, model in shown.items()},
        {name: model.parameters for name, model in shown.items()},
        maps[0].facts if maps else None,
        [layer.name for layer in maps],
    )


def _layers(classifier: Classifier) -> Sequence[Layer]:
    """A network's layers; none where it cannot be looked into."""
    try:
        return classifier.layers
    except InputError:
        return ()


def depth(digit: np.ndarray, classifier: Classifier, models: Models, *, layer: str) -> DepthView:
    """What a few channels of a layer like to see, those that the digit excites most. Takes seconds."""
    channels, shown = views.favourites(classifier, digit, layer)
    return DepthView(layer, channels.tolist(), shown)


def _label(classifier: Classifier, digit: np.ndarray, label: int | None) -> int:
    """The class that is asked about, or the one that the network says. InputError where it has no such class."""
    if label is None:
        return int(classifier.probabilities(digit[None])[0].argmax())
    if not 0 <= label < classifier.task.count:
        raise InputError("unknown_label", label=str(label)[:20], last=classifier.task.count - 1)
    return label


VIEWS = Views(network, joins, likes, why, shift, depth, filters=filters_view)
