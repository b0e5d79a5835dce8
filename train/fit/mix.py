"""A run and what it started from, averaged weight by weight: the new without losing the old. Knows no training loop.

A network polished on new kinds of pictures forgets a little of the old ones; on the straight line between its weights
and those it started from both are kept (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models",
arXiv 2109.01903).
"""

from pathlib import Path

import keras

from cnn.files import whole, write_json
from cnn.metadata import Run, read_run
from cnn.models import registry
from cnn.models.registry import CONFIG, WEIGHTS, weights_sha256
from cnn.types import UserError
from train.data.handwriting import Handwriting
from train.data.mnist import Digits
from train.fit.fold import folded
from train.measure.calibrate import recalibrate


def mix(
    start: Path, run: Path, share: float, folder: Path, mnist: Digits, people: Handwriting, processes: int = 1
) -> Run:
    """Write `share` of a finished `run`'s weights and the rest of its `start`'s into `folder`; gives its config.

    Calibrated on what the run held out. UserError where `run` did not start from `start`.
    """
    config = read_run(run / CONFIG)
    registry.check_digest(run / WEIGHTS, config, run)
    if config["start"] is None or weights_sha256(start / WEIGHTS) != config["start"]["weights_sha256"]:
        raise UserError(f"{run} did not start from the weights in {start}.")
    old, new = (folded(keras.saving.load_model(place / WEIGHTS, compile=False)) for place in (start, run))
    for variable, before in zip(new.trainable_variables, old.trainable_variables, strict=True):
        variable.assign((1 - share) * before.value + share * variable.value)
    with whole(folder / WEIGHTS) as aside:
        new.save(aside)
    config["weights_sha256"] = weights_sha256(folder / WEIGHTS)
    config["mixed"] = {"run": share, "start": round(1 - share, 6)}
    write_json(folder / CONFIG, config)
    (folder / registry.METRICS).unlink(missing_ok=True)  # they spoke of other weights
    config["calibration"] = recalibrate(folder, mnist, people, processes)
    return config
