"""The service's answers as the page takes them: dataclasses as objects, arrays as bytes in base64."""

import base64
import dataclasses
import functools
import typing
from typing import Any

import numpy as np


def sendable(value: Any) -> Any:
    """JSON-ready: a dataclass or named tuple by its fields, or as its `as_dict` says.

    A dataclass's field that is None, and is None where it is not given, is left out. Arrays travel whole, as `packed`;
    those whose fields are `cnn.types.Shades` or `Tiles`, as `shades`. Bytes are base64.
    """
    return _sent(value, "")


def sendable_view(answer: Any) -> dict[str, Any]:
    """A view's answer, JSON-ready: its `part` by the name of the view that was asked for."""
    shown = sendable(answer)
    part = shown.pop("part")
    return {**shown, answer.asked["view"]: part}


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


def _sent(value: Any, look: str) -> Any:
    if isinstance(value, np.ndarray):
        return shades(value, len(value) if look == "tiles" else 1) if look else packed(value)
    if isinstance(value, dict):
        return {key: _sent(one, look) for key, one in value.items()}
    if hasattr(value, "as_dict"):
        return value.as_dict()
    if dataclasses.is_dataclass(value) or hasattr(value, "_fields"):
        looks, optional = fields(type(value)), _optional(type(value))
        sent = {name: (getattr(value, name), look) for name, (_, look) in looks.items()}
        return {name: _sent(*one) for name, one in sent.items() if one[0] is not None or name not in optional}
    if isinstance(value, list | tuple):
        return [_sent(one, look) for one in value]
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


@functools.cache
def fields(kind: type) -> dict[str, tuple[Any, str]]:
    """By field of a dataclass or named tuple its type, and how its arrays look: "shades", "tiles", or "" for whole."""
    return {name: (hint, _look(hint)) for name, hint in typing.get_type_hints(kind, include_extras=True).items()}


@functools.cache
def _optional(kind: type) -> frozenset[str]:
    if not dataclasses.is_dataclass(kind):
        return frozenset()
    return frozenset(field.name for field in dataclasses.fields(kind) if field.default is None)


def _look(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Annotated:
        return hint.__metadata__[0]
    return next(filter(None, map(_look, typing.get_args(hint))), "")
