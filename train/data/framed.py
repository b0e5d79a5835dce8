"""Pictures of a data set as the app frames what it is sent, so that networks learn from what they will get.

Knows no network, and no data set by name.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from cnn.framing.decode import open_image
from cnn.framing.frame import frame
from cnn.framing.pen import BOX, EDGE, centred, extent
from cnn.task import SIDE, Task
from cnn.types import InputError
from train.data.mnist import DataError
from train.workers import workers

CHUNK = 250  # pictures framed by one task
WORTH_SHARING = 4  # tasks, as a process takes a second to start


def arrays(images: np.ndarray, task: Task, processes: int = 1) -> np.ndarray:
    """(N, height, width) or (N, height, width, channels), of any dtype, -> (N, 28, 28) uint8.

    Numbers are whole up to 255, or shares of 1. What has 28x28 pixels is framed already, light on dark, and is only put
    into MNIST's box where a pen made it: EMNIST and KMNIST leave less room around it. Anything else is framed as what
    is uploaded. `processes` share the work, and change nothing.
    """
    bytes_ = _bytes(images)
    if bytes_.shape[1:] != (SIDE, SIDE):
        return _shared(_framed, list(bytes_), task, processes)
    return _shared(_boxed, list(bytes_), task, processes) if task.drawn else bytes_


def files(paths: Sequence[Path], task: Task, processes: int = 1) -> np.ndarray:
    """Picture files -> (N, 28, 28) uint8. DataError names the one that cannot be read."""
    return _shared(_opened, list(paths), task, processes)


def _bytes(images: np.ndarray) -> np.ndarray:
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.dtype == np.uint8:
        return images
    numbers = images.astype(np.float32)
    scale = 255 if numbers.max(initial=0) <= 1 else 1
    return np.clip(np.rint(numbers * scale), 0, 255).astype(np.uint8)


def _shared(what: Callable, pictures: list, task: Task, processes: int) -> np.ndarray:
    chunks = [(what, pictures[at : at + CHUNK], task) for at in range(0, len(pictures), CHUNK)]
    with workers(min(processes, len(chunks)) if len(chunks) >= WORTH_SHARING else 1) as work:
        return np.concatenate(list(work(_all, chunks)))


def _all(what: Callable, pictures: list, task: Task) -> np.ndarray:
    return np.stack([np.rint(255 * what(one, task)).astype(np.uint8) for one in pictures])


def _framed(image: np.ndarray, task: Task) -> np.ndarray:
    return frame(Image.fromarray(image), task).image


def _boxed(image: np.ndarray, task: Task) -> np.ndarray:
    ink = image.astype(np.float32) / 255
    if not ink.any():
        return ink
    side = extent(ink > EDGE * ink.max())
    return centred(ink, side / BOX if abs(side - BOX) > 1 else 1)  # a pixel more or less would only blur


def _opened(path: Path, task: Task) -> np.ndarray:
    try:
        return frame(open_image(path), task).image
    except InputError as error:
        raise DataError(f"{path}: {error}") from error
