"""The page's types, made from Python's: `python -m cnn.ui.types` writes web/types.d.ts.

They say what the page may ask and what comes back: the keyword-only arguments of each view of `cnn.service`, and the
dataclasses it gives, as `cnn.ui.arrays` sends them.
"""

import collections.abc
import dataclasses
import inspect
import json
import types
import typing
from pathlib import Path
from typing import Any, Literal, NotRequired

import numpy as np
from typing_extensions import is_typeddict

from cnn.files import write_whole
from cnn.inside.views import LiveFilter
from cnn.service import errors, inside, lab, stress, training, trials
from cnn.types import Prediction
from cnn.ui.draw.number import NumberAnswer
from cnn.ui.draw.reading import ReadingShown

FILE = Path(__file__).parent / "web" / "types.d.ts"
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", bytes: "string", type(None): "null"}
HEAD = """\
// What the page asks and what it is answered. Made from Python's types by `python -m cnn.ui.types`; not to be edited.

/** Numbers, float32 in base64, and their shape. */
export interface Packed {
	data: string;
	shape: number[];
}

/** Numbers to look at, a byte each: shares of each tile's largest size, in 255ths, or, signed, in 127ths. */
export interface Shades extends Packed {
	limits: number[];
	signed: boolean;
}
"""


class Writer:
    """Python's types as TypeScript's; every class that is met becomes an interface, once."""

    def __init__(self):
        self.interfaces: dict[str, str] = {}
        self._met: dict[str, type] = {}

    def of(self, hint: Any) -> str:
        """A type's name. TypeError for one that JSON has no form for."""
        if hint in (Any, object):
            return "unknown"
        if hint in PLAIN:
            return PLAIN[hint]
        if hint is np.ndarray:
            return "Packed"
        origin, given = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return "Shades" if hint.__metadata__[0] in ("shades", "tiles") else self.of(given[0])
        if origin is Literal:
            return " | ".join(map(json.dumps, given))
        if origin in (typing.Union, types.UnionType):
            return " | ".join(dict.fromkeys(map(self.of, given)))
        if origin is tuple and given[-1] is not Ellipsis:
            return f"[{', '.join(map(self.of, given))}]"
        if origin in (list, tuple, collections.abc.Sequence):
            inner = self.of(given[0])
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if origin in (dict, collections.abc.Mapping):
            return f"Record<{self.of(given[0])}, {self.of(given[1])}>"
        return self._interface(hint)

    def write(self, name: str, members: dict[str, str], about: str | None = None) -> None:
        """Add an interface; a member's name ends with "?" where it may be missing."""
        lines = [f"\t{member}: {kind};" for member, kind in members.items()]
        words = f"/** {about} */\n" if about else ""
        self.interfaces[name] = "\n".join([f"{words}export interface {name} {{", *lines, "}"])

    def members(self, kind: type) -> dict[str, str]:
        """The members of a class, as they are sent."""
        found = {}
        for name, hint in typing.get_type_hints(kind, include_extras=True).items():
            optional = typing.get_origin(hint) is NotRequired
            hint = typing.get_args(hint)[0] if optional else hint
            if name in _left_out(kind):
                optional, hint = True, typing.Union[*(one for one in typing.get_args(hint) if one is not type(None))]
            found[f"{name}?" if optional else name] = self.of(hint)
        return found

    def _interface(self, kind: type) -> str:
        known = dataclasses.is_dataclass(kind) or is_typeddict(kind) or hasattr(kind, "_fields")
        name = kind.__name__
        if not known or self._met.setdefault(name, kind) is not kind:
            raise TypeError(f"{kind!r} has no form in JSON, or its name is another's.")
        if name not in self.interfaces:
            self.interfaces[name] = ""  # for those that hold one of their own
            self.write(name, self.members(kind), (kind.__doc__ or "").split("\n")[0])
        return name


def page_types() -> str:
    """The text of `web/types.d.ts`."""
    writer = Writer()
    for wing, views, answer in (
        ("Inside", inside.VIEWS, inside.InsideAnswer),
        ("Stress", stress.VIEWS, stress.StressAnswer),
        ("Lab", lab.VIEWS, lab.LabAnswer),
        ("Training", training.VIEWS, training.TrainingAnswer),
        ("Trials", trials.VIEWS, trials.TrialsAnswer),
        ("Errors", errors.VIEWS, errors.ErrorsAnswer),
    ):
        requests = " | ".join(_request(writer, wing, name, view) for name, view in views.items())
        writer.interfaces[f"{wing}Request"] = f"export type {wing}Request = {requests};"
        parts = {name: writer.of(typing.get_type_hints(view)["return"]) for name, view in views.items()}
        about = writer.members(answer)
        asked = {**about, "asked": f"{wing}Request"}
        del asked["part"]
        if wing == "Errors":  # its parts stand beside what was asked
            union = about["part"]
            writer.interfaces[f"{wing}Answer"] = f"export type {wing}Answer = {{ asked: {wing}Request }} & ({union});"
        else:
            writer.write(f"{wing}Answer", {**asked, **{f"{name}?": part for name, part in parts.items()}})
    writer.of(NumberAnswer)
    writer.of(LiveFilter)
    shown, prediction = writer.of(ReadingShown), writer.of(Prediction)
    writer.interfaces["ReadingAnswer"] = f"export type ReadingAnswer = {shown} & Partial<{prediction}>;"
    return "\n\n".join([HEAD.rstrip(), *writer.interfaces.values()]) + "\n"


def _request(writer: Writer, wing: str, name: str, view: Any) -> str:
    """The interface of what can be asked of a view."""
    hints = typing.get_type_hints(view, include_extras=True)
    asked = [one for one in inspect.signature(view).parameters.values() if one.kind is one.KEYWORD_ONLY]
    members = {one.name if one.default is one.empty else f"{one.name}?": writer.of(hints[one.name]) for one in asked}
    title = f"{wing}{name.title()}Request"
    writer.write(title, {"view": json.dumps(name), **members}, (view.__doc__ or "").split("\n")[0])
    return title


def _left_out(kind: type) -> set[str]:
    """The fields that are not sent where they are None."""
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return {field.name for field in fields if field.default is None}


if __name__ == "__main__":
    write_whole(FILE, page_types())
