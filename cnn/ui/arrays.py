"""Arrays as the page's scripts unpack them (`unpack` in panes.js): bytes in base64, and their shape."""

import base64
from typing import Any

import numpy as np


def packed(values: np.ndarray) -> dict[str, Any]:
    """Numbers as the browser unpacks them: little-endian float32 in base64, and their shape."""
    return {"data": base64.b64encode(np.asarray(values, "<f4").tobytes()).decode("ascii"), "shape": values.shape}


def shades(values: np.ndarray) -> dict[str, Any]:
    """Numbers to look at, a byte each: shares of `limit`, the largest size, in 255ths, or, signed, in 127ths."""
    limit, signed = float(np.abs(values).max()), bool(values.min() < 0)
    steps = np.rint(values * ((127 if signed else 255) / max(limit, 1e-12)))
    data = steps.astype(np.int8 if signed else np.uint8).tobytes()
    shape = list(values.shape)
    return {"data": base64.b64encode(data).decode("ascii"), "shape": shape, "limit": limit, "signed": signed}
