"""How a network is trained, as data: one recipe a line. Knows no data and no training loop."""

import dataclasses
from typing import Literal

from cnn.network.design import Block
from train.fit.augment import Augmentation


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run's result, together with the data."""

    architecture: str
    epochs: int
    batch_size: int = 128
    learning_rate: float = 4e-3  # its peak; it rises to it in a line and falls to zero along a half cosine
    warm_up: float = 0.15  # share of the steps in which it rises
    label_smoothing: float = 0.05  # share of the target spread over all digits
    augmentation: Augmentation | None = None
    mnist: int = 1  # how often each of MNIST's images is seen an epoch
    strokes: int = 0  # digits by the project's own pen, beside MNIST's
    outliers: int = 0  # pictures that are no digit, of our own making
    pens: int = 0  # how often each digit of real people's pens is drawn, where UNIPEN_DIR or PEN_FILE name them
    signs: int = 0  # real people's letters and symbols that are no digit, likewise
    validation: float = 1 / 12  # share of the training images held out: 5,000 of MNIST's 60,000
    average: float = 0.0  # of the weights over the steps, the share that the past keeps; what is saved is the average
    entropic: bool = False  # what is no digit is to make the ten outputs even, and has no output of its own
    seed: int = 0
    fast: bool = True  # the CPU's own gradients (train/fit/fast.py); the same but for rounding
    precision: Literal["full", "mixed"] = "full"  # mixed: products in bfloat16, quicker on a GPU or TPU (precision.py)
    design: list[Block] | None = None  # the network block by block, in place of an architecture of that name
    optimiser: Literal["adam", "sgd"] = "adam"  # the latter with a momentum of 0.9
    images: int | None = None  # how many of MNIST's, the first that are not held out; None for all


# Written as MNIST writes, a little bent: what keeps a network honest without asking it to read anything new.
LIGHT = Augmentation(
    rotation=10, shear=0.15, scale=0.1, shift=1.2, elastic=0.8, thickness=0.3, blur=0, contrast=0, noise=0
)

# As the app frames them: what a network that has seen worse is polished on.
FINE = Augmentation(
    rotation=8, shear=0.12, scale=0.1, shift=1.0, elastic=0.7, thickness=0.4, blur=0.12, contrast=0.2, noise=0.05,
    specks=0.12, grain=0.45, scatter=0.6, gap=2.5,
)  # fmt: skip

RECIPES: dict[str, Recipe] = {
    "course": Recipe("course", epochs=5),
    "mlp": Recipe("mlp", epochs=12, learning_rate=2e-3),
    "deep": Recipe("deep", epochs=14, learning_rate=3e-3, augmentation=LIGHT),
    # The shipped network in two runs: `fit broad`, minutes on a GPU, then `fit robust --start runs/broad`.
    "broad": Recipe(
        "robust",
        epochs=25,
        batch_size=256,
        augmentation=FINE,
        mnist=5,
        strokes=120_000,
        outliers=40_000,
        pens=4,
        signs=40_000,
    ),
    "robust": Recipe(
        "robust",
        epochs=4,
        learning_rate=5e-4,
        augmentation=FINE,
        mnist=3,
        strokes=30_000,
        outliers=20_000,
        pens=3,
        signs=30_000,
        average=0.999,
    ),
}
