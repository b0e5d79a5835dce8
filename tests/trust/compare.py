"""The same pictures, read by this Python and by another: `python -m tests.trust.compare OTHER_PYTHON`.

The other one has tests/requirements.txt installed. Both frame digits of our own pen, as strokes and as photos of them,
and say their probabilities by every bundled network; what differs by more than TOLERANCE is told.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.trust import results

TOLERANCE = 1e-4  # of a probability: other releases of XLA and NumPy add up in another order
ROOT = Path(__file__).parents[2]


def main() -> int:
    """Compare, and tell; 1 where they differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust.compare", description=__doc__)
    parser.add_argument("python", nargs="?", help="the other Python's executable")
    parser.add_argument("--pictures", type=int, default=300, help="how many (default: %(default)s)")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        np.savez(options.write, **answers(options.pictures))
        return 0
    ours, theirs = answers(options.pictures), elsewhere(options.python, options.pictures)
    version = subprocess.run([options.python, "-V"], check=True, capture_output=True, text=True).stdout.split()[-1]
    worst = max(float(np.abs(ours[name] - theirs[name]).max()) for name in ours)
    labels = sum(int((ours[name].argmax(1) != theirs[name].argmax(1)).sum()) for name in ours if name != "framed")
    print(
        f"{options.pictures} pictures, {len(ours) - 1} networks: at most {worst:.1e} apart, {labels} other best guesses"
    )
    networks = [name for name in ours if name != "framed"]
    unlike = sum(int((np.abs(ours[name] - theirs[name]).max(1) > TOLERANCE).sum()) for name in networks)
    results.note("python", {version: {"tried": options.pictures * len(networks), "faults": unlike, "apart": worst}})
    return int(worst > TOLERANCE or labels > 0)


def answers(count: int, models: tuple[str, ...] | None = None) -> dict[str, np.ndarray]:
    """By network its (count, classes) probabilities; and the (count, 784) pictures that they were given, "framed"."""
    from PIL import Image

    from cnn.framing.ink import from_image, from_strokes
    from cnn.models import registry
    from train.pens.hand import write
    from train.pens.styles import STYLES

    framed = []
    for number in range(count):
        drawn = write(STYLES[number % len(STYLES)], np.random.default_rng(number))
        digit = from_strokes(drawn)
        if number % 2:
            shown = np.kron(1 - 0.8 * digit.image, np.ones((6, 6)))
            digit = from_image(Image.fromarray((255 * np.pad(shown, 40, constant_values=1)).astype(np.uint8)))
        framed.append(digit.image)
    images = np.stack(framed)
    found = {name: registry.load(name).probabilities(images) for name in models or registry.bundled()}
    return {**found, "framed": images.reshape(count, -1)}


def elsewhere(python: str, count: int) -> dict[str, np.ndarray]:
    """The same in a process of another Python, or of this one anew."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.npz"
        command = [python, "-m", "tests.trust.compare", "--pictures", str(count), "--write", path]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        with np.load(path) as found:
            return dict(found)


if __name__ == "__main__":
    sys.exit(main())
