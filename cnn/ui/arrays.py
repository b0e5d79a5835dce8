"""Arrays as the page's modules unpack them (`unpack` in paint.js): bytes in base64, and their shape."""

import base64
from typing import Any

import numpy as np


def packed(values: np.ndarray) -> dict[str, Any]:
    """Numbers as the browser unpacks them: little-endian float32 in base64, and their shape."""
    return {"data": base64.b64encode(np.asarray(values, "<f4").tobytes()).decode("ascii"), "shape": values.shape}


def shades(values: np.ndarray, tiles: int = 1) -> dict[str, Any]:
    """Numbers to look at, a byte each: shares of `limits`, each tile's largest size, in 255ths, or, signed, in 127ths.

    So many `tiles` of one size lie one after the other along the first axis.
    """
    rows, signed = values.reshape(tiles, -1), bool(values.min() < 0)
    limits = np.abs(rows).max(1)
    steps = np.rint(rows * ((127 if signed else 255) / np.maximum(limits, 1e-12))[:, None])
    data = base64.b64encode(steps.astype(np.int8 if signed else np.uint8).tobytes()).decode("ascii")
    return {"data": data, "shape": values.shape, "limits": limits.tolist(), "signed": signed}
