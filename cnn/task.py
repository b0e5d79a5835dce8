"""What is recognised: the classes by name, and the picture that networks get of one. A value; knows no network.

It stands in a model's `config.json` as `{"task": {"classes": [...], "side": 28, "framing": "mnist"}}`, travels with the
network that was trained for it, and reaches whatever shows, measures or describes that network. Where a model does not
say, its classes are the ten digits.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, get_args

SIDE = 28  # pixels a side of the picture that framing makes and every network reads
MOST = 62  # classes: the digits and both cases of the alphabet
LONGEST = 40  # characters of a class's name

# How a picture becomes the network's: `mnist`, what is written or drawn, in LeCun's box of 20 pixels with its centre of
# mass in the middle (cnn.framing.ink); `picture`, whatever it shows, whole (cnn.framing.picture).
Framing = Literal["mnist", "picture"]
FRAMINGS: tuple[Framing, ...] = get_args(Framing)


@dataclasses.dataclass(frozen=True)
class Task:
    """Names of the classes in the order of a network's outputs; outputs after them stand for what is none of them."""

    classes: tuple[str, ...]
    side: int = SIDE
    framing: Framing = "mnist"
    rejects: bool = False  # whether there is an output for what is none of the classes

    @property
    def count(self) -> int:
        """How many classes there are: labels are whole numbers below it."""
        return len(self.classes)

    @property
    def drawn(self) -> bool:
        """Whether a pen can make its pictures; others come as files and from cameras alone."""
        return self.framing == "mnist"

    @property
    def rejected(self) -> int:
        """The label of what is none of the classes, in training sets and as an output's place."""
        return self.count

    def is_like(self, other: "Task") -> bool:
        """Whether both recognise the same classes in the same pictures, so that their networks can be compared."""
        return dataclasses.replace(self, rejects=other.rejects) == other

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as `config.json` has it."""
        return {**dataclasses.asdict(self), "classes": list(self.classes)}


DIGITS = Task(tuple("0123456789"))


def task_of(config: Mapping[str, Any]) -> Task:
    """The task that a model's `config.json` names; the digits where it names none. ValueError where it makes no sense.

    2 to MOST different names of up to LONGEST characters, pictures of SIDE, framed in a way that is known here.
    """
    found = config.get("task")
    if found is None:
        return DIGITS
    classes = found.get("classes") if isinstance(found, dict) else None
    if not isinstance(classes, list) or not all(isinstance(name, str) and 0 < len(name) <= LONGEST for name in classes):
        raise ValueError(f"task.classes is no list of names of up to {LONGEST} characters")
    if not 2 <= len(classes) <= MOST or len(set(classes)) < len(classes):
        raise ValueError(f"task.classes holds {len(classes)} names; there have to be 2 to {MOST} different ones")
    side, framing = found.get("side", SIDE), found.get("framing", "mnist")
    if side != SIDE or framing not in FRAMINGS:
        known = " or ".join(FRAMINGS)
        raise ValueError(f"task.side is {side!r} and task.framing {framing!r}; networks read {SIDE} pixels of {known}")
    return Task(tuple(classes), framing=framing, rejects=found.get("rejects") is True)
