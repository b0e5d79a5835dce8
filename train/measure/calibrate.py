"""What a network's stated confidence is worth, and the score from which a picture is refused. Knows no network.

One temperature for all logits (Guo, Pleiss, Sun and Weinberger 2017, arXiv 1706.04599) makes the probabilities of the
classes honest without changing which is largest. What is no digit is told by an output of its own, trained on
pictures of other things (outlier exposure: Hendrycks, Mazeika and Dietterich 2019, arXiv 1812.04606); the threshold is
set where only few validation digits are refused: MNIST's and, where there are any, those by people who were held out.
"""

from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from cnn.files import write_json
from cnn.metadata import Calibrated, read_run
from cnn.models import registry
from cnn.network.classifier import strangeness
from cnn.task import DIGITS, Task
from train.data.handwriting import Handwriting
from train.data.mixture import NO_DIGITS, NOBODY, validation
from train.data.mnist import Digits
from train.fit.recipes import Recipe
from train.measure.figures import cross_entropy

REFUSED = 0.003  # share of validation digits that may be refused


def calibrate(logits: dict[str, np.ndarray], validation: dict[str, Digits], task: Task = DIGITS) -> Calibrated:
    """`{"temperature", "refusal"}` by the (N, K) logits of each validation set; refusal 1 refuses nothing."""
    digits = [name for name in validation if name not in NO_DIGITS]
    if "pens" in validation:
        digits = [name for name in digits if name != "strokes"]  # real writers' digits say more than ours
    joined = np.concatenate([logits[name] for name in digits])
    labels = np.concatenate([validation[name].labels for name in digits])
    known = joined[:, : task.count]
    found = minimize_scalar(lambda t: cross_entropy(known / np.exp(t), labels), bounds=(-2, 2), method="bounded")
    refuses = any(name in validation for name in NO_DIGITS)
    refusal = float(np.quantile(strangeness(joined, task.count), 1 - REFUSED)) if refuses else 1.0
    return {"temperature": round(float(np.exp(found.x)), 4), "refusal": refusal}


def recalibrate(folder: Path, digits: Digits, people: Handwriting = NOBODY, processes: int = 1) -> Calibrated:
    """Calibrate a finished run anew, on what it held out of `digits`, and write it into its `config.json`.

    Gives what was found. For a run whose `calibrate` had another rule. Its validation pictures are drawn again, by so
    many `processes`, which takes a minute.
    """
    config = read_run(folder / registry.CONFIG)
    fields: dict[str, Any] = {name: value for name, value in config["recipe"].items() if name != "augmentation"}
    network = registry.load(str(folder))
    held = validation(Recipe(**fields), digits, people, processes, network.task)
    logits = {name: network.logits(digits.images.astype(np.float32) / 255) for name, digits in held.items()}
    config["calibration"] = calibrate(logits, held, network.task)
    config["weights_sha256"] = registry.weights_sha256(folder / registry.WEIGHTS)
    write_json(folder / registry.CONFIG, config)
    return config["calibration"]
