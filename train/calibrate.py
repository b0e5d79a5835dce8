"""What a network's stated confidence is worth, and how strange a picture must be to be refused. Knows no network.

One temperature for all logits (Guo, Pleiss, Sun and Weinberger 2017, arXiv 1706.04599) makes the probabilities of the
ten digits honest without changing which is largest. What is no digit is told by an output of its own, trained on
pictures of other things (outlier exposure: Hendrycks, Mazeika and Dietterich 2019, arXiv 1812.04606); the threshold is
set where only few validation digits are refused.
"""

import numpy as np
from scipy.optimize import minimize_scalar

from cnn.classifier import strangeness
from cnn.types import LABELS
from train.data import Digits
from train.figures import cross_entropy

REFUSED = 0.001  # share of validation digits that may be refused, of every kind of digit


def calibrate(logits: dict[str, np.ndarray], validation: dict[str, Digits]) -> dict[str, float]:
    """`{"temperature", "refusal"}` by the (N, 10 or 11) logits of each validation set; refusal 1 refuses nothing."""
    digits = [name for name in validation if name != "outliers"]
    joined = np.concatenate([logits[name][:, :LABELS] for name in digits])
    labels = np.concatenate([validation[name].labels for name in digits])
    found = minimize_scalar(lambda t: cross_entropy(joined / np.exp(t), labels), bounds=(-2, 2), method="bounded")
    strange = [strangeness(logits[name]) for name in digits]
    refusal = max(float(np.quantile(values, 1 - REFUSED)) for values in strange)
    return {"temperature": round(float(np.exp(found.x)), 4), "refusal": refusal if "outliers" in validation else 1.0}
