"""A process that only pretends to train: what it does is told by an order's first seed.

DIES, also where it is to go on, or DIES_ONCE; GOES_ON until it is stopped, or is STUCK and does not even listen; with
any other it is through at once.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

SHARE = {"hits": 9000, "pictures": 10000, "low": 0.894, "high": 0.906}
ROW = dict.fromkeys(("mnist", "made", "perturbed"), SHARE) | {"parameters": 5, "milliseconds": 0.1, "seconds": 1.0}
FILTERS = {"data": base64.b64encode(bytes(4 * 4 * 9)).decode(), "shape": [4, 3, 3]}
EPOCH = dict.fromkeys(("loss", "accuracy", "validation_loss", "validation_accuracy")) | {"filters": FILTERS}
DIES, GOES_ON, STUCK, DIES_ONCE = 103, 104, 105, 106


def command(place: Path, network: Path | None = None) -> list[str]:
    """What starts it; what it says to have trained is the network in a folder, or nothing."""
    files = {}
    if network:
        for name in ("model.keras", "config.json"):
            files[name] = base64.b64encode((network / name).read_bytes()).decode()
        files |= {name: base64.b64encode(b"{}").decode() for name in ("metrics.json", "model.onnx")}
    (place / "files.json").write_text(json.dumps(files))
    return [sys.executable, "-m", "tests.fake_training", str(place / "files.json")]


def main() -> None:
    """Hear and tell as `train.lab.worker` does."""
    files = json.loads(Path(sys.argv[1]).read_text())
    order: dict[str, Any] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "train" in asked:
            order = {"seeds": [0], "epochs": 1, **asked["train"]}
            begin(order)
            if order["seeds"][0] == DIES or (order["seeds"][0] == DIES_ONCE and not order["resumed"]):
                sys.exit(1)
            if order["seeds"][0] not in (GOES_ON, STUCK):
                end(order, files) if "design" in order else teach(order, files)
        if "stop" in asked and order["seeds"][0] == GOES_ON:
            tell(end="training_stopped")


def begin(order: dict[str, Any]) -> None:
    """The first step, and how things stood before it."""
    tell(epoch={**EPOCH, "run": 0, "epoch": 0, "step": 0, "probabilities": [0.1] * 10})
    tell(point={"run": 0, "step": 1, "steps": 2 * order["epochs"], "loss": 2.0, "accuracy": 0.5})


def end(order: dict[str, Any], files: dict[str, str]) -> None:
    """The last epoch, and what came of it with each seed; each reads twenty more pictures than the one before."""
    figures = {"loss": 0.5, "accuracy": 0.9, "validation_loss": 0.4, "validation_accuracy": 0.95}
    answer = [0.01] * 7 + [0.91] + [0.01] * 2
    for run, seed in enumerate(order["seeds"]):
        last = {"epoch": order["epochs"], "step": 2 * order["epochs"], "probabilities": answer, "filters": FILTERS}
        tell(epoch={**figures, **last, "run": run})
        tell(measuring=run)
        mnist = {**SHARE, "hits": SHARE["hits"] + 20 * run + order["images"] // 1000}
        tell(row={**ROW, "mnist": mnist, "seed": seed}, files={} if run else files)
    tell(end=None)


def teach(order: dict[str, Any], files: dict[str, str]) -> None:
    """A lesson that was learnt, and half forgotten what was known before."""
    held = {"pictures": len(order["labels"]) // 2, "low": 0.1, "high": 1.0}
    own = {"before": {**held, "hits": 0}, "after": {**held, "hits": held["pictures"]}}
    forgot = {"before": SHARE, "after": {**SHARE, "hits": 4500}}
    tell(taught={"own": own, "mnist": forgot, "made": forgot, "learnt": len(order["labels"]) // 2}, files=files)
    tell(end=None)


def tell(**message: Any) -> None:
    """A line of JSON."""
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
