"""One short function a network; its name is the public name. Knows no weights and no Hub.

Every network takes (N, 28, 28, 1) float32 in [0, 1], ink = 1, and gives (N, classes) logits, or one more, the
last, for what is none of the classes of the task. Adding one is one decorated function: it can then be trained, and is
tested, with no other edit.
"""

from collections.abc import Callable

import keras
from keras import layers

from cnn.task import DIGITS, SIDE, Task

ARCHITECTURES: dict[str, Callable[..., keras.Model]] = {}


def architecture(build: Callable[..., keras.Model]) -> Callable[..., keras.Model]:
    """Register a network under its function's name."""
    ARCHITECTURES[build.__name__] = build
    return build


@architecture
def course(task: Task = DIGITS) -> keras.Model:
    """The course's network: two convolutions, two poolings, one hidden dense layer."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), name="image"),
            layers.Conv2D(32, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(64, 3, activation="relu", name="conv2"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dense(128, activation="relu", name="dense1"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(task.count, name="logits"),
        ],
        name="course",
    )


@architecture
def deep(task: Task = DIGITS) -> keras.Model:
    """Three convolutions, the last as wide as the first two together and more: fewer dense weights, more depth."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), name="image"),
            layers.Conv2D(32, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(64, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Conv2D(128, 3, activation="relu", name="conv3"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="dropout1"),
            layers.Dense(64, activation="relu", name="dense1"),
            layers.Dropout(0.3, name="dropout2"),
            layers.Dense(task.count, name="logits"),
        ],
        name="deep",
    )


@architecture
def robust(task: Task = DIGITS) -> keras.Model:
    """Six normalised convolutions, few channels where the maps are large, and one more output, for none of the classes.

    `fit` saves it with the normalisation folded into the layers before it (train/fit/fold.py): 273,339 parameters are
    then six convolutions and two dense layers.
    """
    parts: list[keras.Layer] = []
    for number, filters in enumerate((32, 48, 64, 64, 96, 96), 1):
        parts += _normalised(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}"))
        if number % 2 == 0:
            parts.append(layers.MaxPooling2D(2, name=f"pool{number // 2}"))
    parts += [layers.Flatten(name="flatten"), layers.Dropout(0.3, name="dropout")]
    parts += _normalised(layers.Dense(64, use_bias=False, name="dense1"))
    return keras.Sequential(
        [keras.Input((SIDE, SIDE, 1), name="image"), *parts, layers.Dense(task.count + 1, name="logits")],
        name="robust",
    )


def _normalised(layer: keras.Layer) -> list[keras.Layer]:
    """A layer whose outputs are normalised over each batch (Ioffe and Szegedy 2015) before its ReLU."""
    name = layer.name
    return [
        layer,
        layers.BatchNormalization(momentum=0.97, name=f"{name}_normalised"),
        layers.Activation("relu", name=f"{name}_relu"),
    ]


@architecture
def mlp(task: Task = DIGITS) -> keras.Model:
    """No convolution: two hidden dense layers, with about as many parameters as `course`, to show what one buys."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), name="image"),
            layers.Flatten(name="flatten"),
            layers.Dense(240, activation="relu", name="dense1"),
            layers.Dropout(0.3, name="dropout1"),
            layers.Dense(140, activation="relu", name="dense2"),
            layers.Dropout(0.3, name="dropout2"),
            layers.Dense(task.count, name="logits"),
        ],
        name="mlp",
    )
