"""A picture moved, turned and stretched about its middle."""

import numpy as np
from scipy import ndimage


def warped(image: np.ndarray, matrix: np.ndarray, shift: tuple[float, float] = (0, 0)) -> np.ndarray:
    """(h, w) under a map of (row, column) about its middle, then moved by `shift`: bilinear, no ink outside."""
    back = np.linalg.inv(matrix)
    middle = (np.array(image.shape) - 1) / 2
    return ndimage.affine_transform(image, back, middle - back @ (middle + shift), order=1)
