"""One short function a network; its name is the public name. Knows no weights and no Hub.

Every network takes (N, 28, 28, 1) float32 in [0, 1], ink = 1, and gives (N, 10) logits, or eleven, the last for
what is no digit.
Adding one is one decorated function: it can then be trained, and is tested, with no other edit.
"""

from collections.abc import Callable

import keras
from keras import layers

from cnn.types import LABELS, NOT_A_DIGIT, SIDE

ARCHITECTURES: dict[str, Callable[[], keras.Model]] = {}


def architecture(build: Callable[[], keras.Model]) -> Callable[[], keras.Model]:
    """Register a network under its function's name."""
    ARCHITECTURES[build.__name__] = build
    return build


@architecture
def course() -> keras.Model:
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
            layers.Dense(LABELS, name="logits"),
        ],
        name="course",
    )


@architecture
def deep() -> keras.Model:
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
            layers.Dense(LABELS, name="logits"),
        ],
        name="deep",
    )


@architecture
def robust() -> keras.Model:
    """Four convolutions, and an eleventh output for what is no digit."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), name="image"),
            layers.Conv2D(32, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(64, 3, activation="relu", name="conv2"),
            layers.Conv2D(64, 3, activation="relu", name="conv3"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Conv2D(128, 3, padding="same", activation="relu", name="conv4"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.25, name="dropout"),  # little: augmentation never shows a picture twice
            layers.Dense(64, activation="relu", name="dense1"),
            layers.Dense(NOT_A_DIGIT + 1, name="logits"),
        ],
        name="robust",
    )


@architecture
def mlp() -> keras.Model:
    """No convolution: two hidden dense layers, with about as many parameters as `course`, to show what one buys."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), name="image"),
            layers.Flatten(name="flatten"),
            layers.Dense(240, activation="relu", name="dense1"),
            layers.Dropout(0.3, name="dropout1"),
            layers.Dense(140, activation="relu", name="dense2"),
            layers.Dropout(0.3, name="dropout2"),
            layers.Dense(LABELS, name="logits"),
        ],
        name="mlp",
    )
