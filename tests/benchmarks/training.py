"""How fast the course network trains here, beside PyTorch and TensorFlow: `python tests/benchmarks/training.py`.

Contenders are processes of their own, so that no one's threads or heap disturb another's, and take turns in one run:
each round's ratio compares neighbours in time, so that it holds where the machine's speed drifts. All train the same
network on the same batches with the same loss and Adam; the peers' batches lie ready in their own layout, ours are
gathered from bytes within the step. Writes training.json beside this file, the table of docs/figures.md and its chart.

Needs tests/benchmarks/requirements.txt and MNIST_DIR.
"""

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT))
os.environ["KERAS_BACKEND"] = "jax"  # with TensorFlow installed, an `import keras` before ours would choose that

RESULTS = HERE.with_suffix(".json")
CHART = ROOT / "assets" / "pictures" / "throughput.png"
BATCH, STEPS, BATCHES = 128, 20, 60
PEER = "torch"
CONTENDERS = {
    PEER: "PyTorch, oneDNN, channels_last",
    "tensorflow": "Keras on TensorFlow, `model.fit`",
    "fast": "`python -m train fit`",
    "augmented": "the same, every batch augmented",
}
BATCH_SIZES = (16, 32, 64, 128, 256, 512, 1024)
DEPTHS = (1, 2, 3, 4, 5)
Turn = Callable[[], float]  # runs STEPS steps, gives seconds a step


def digits(batch: int = BATCH) -> tuple[Any, Any]:
    """Training images (n, 28, 28) uint8 and labels (n,), BATCHES whole batches of them, or all."""
    from train.data.mnist import load

    images, labels = load("train")
    count = min(batch * BATCHES, len(labels) // batch * batch)
    return images[:count], labels[:count]


# --------------------------------------------------------------------------------------------------- the contenders


def torch_turn() -> Turn:
    """The course network as PyTorch's users write it."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    layout = torch.channels_last
    layers = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
    dense = [nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10)]
    network = nn.Sequential(*layers, *dense).to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    cross_entropy = nn.CrossEntropyLoss()
    images, labels = digits()
    xs = (torch.tensor(images) / 255).reshape(-1, BATCH, 1, 28, 28)
    batches = list(
        zip([x.contiguous(memory_format=layout) for x in xs], torch.tensor(labels).long().split(BATCH), strict=True)
    )

    def turn() -> float:
        started = time.perf_counter()
        for x, y in batches[:STEPS]:
            optimizer.zero_grad(set_to_none=True)
            cross_entropy(network(x), y).backward()
            optimizer.step()
        return (time.perf_counter() - started) / STEPS

    return turn


def tensorflow_turn() -> Turn:
    """The same Keras layers on TensorFlow, by Keras's own loop."""
    os.environ["KERAS_BACKEND"] = "tensorflow"  # `cnn`, which would choose JAX, is not imported here
    import keras
    import numpy as np

    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *(layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2)),
            *(layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()),
            *(layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(10)),
        ]
    )
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    rng = np.random.default_rng(0)  # how long a step takes does not depend on what the digits show
    x, y = rng.random((BATCH * BATCHES, 28, 28, 1), np.float32), rng.integers(0, 10, BATCH * BATCHES)

    def turn() -> float:
        started = time.perf_counter()
        network.fit(x, y, batch_size=BATCH, verbose=0, shuffle=False)
        return (time.perf_counter() - started) / BATCHES

    return turn


def our_turn(architecture: Any = "course", batch: int = BATCH, **choices: Any) -> Turn:
    """The project's own compiled block of steps; `choices` are fields of train.fit.recipes.Recipe."""
    import jax.numpy as jnp
    import keras
    import numpy as np

    from cnn.network.architectures import ARCHITECTURES
    from train.fit.loop import compile_block, initial_state
    from train.fit.recipes import Recipe

    recipe = Recipe("course", epochs=1, batch_size=batch, **choices)
    model = architecture() if callable(architecture) else ARCHITECTURES[architecture]()
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)
    advance, state = compile_block(recipe, model, optimizer), initial_state(model, optimizer)
    images, labels = map(jnp.asarray, digits(batch))
    block = np.random.default_rng(0).integers(0, len(labels), (max(2, STEPS * BATCH // batch), batch))

    def turn() -> float:
        nonlocal state
        started = time.perf_counter()
        state = advance(state, images, labels, block, 0)
        state.sums.block_until_ready()
        return (time.perf_counter() - started) / len(block)

    return turn


def turn_of(name: str) -> Turn:
    """A contender by its name in CONTENDERS."""
    if name == "augmented":
        from train.fit.augment import Augmentation

        return our_turn(augmentation=Augmentation())
    return {PEER: torch_turn, "tensorflow": tensorflow_turn, "fast": our_turn}[name]()


def work(name: str) -> None:
    """A worker: one turn for each line on standard input, its seconds on standard output."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print does not reach the answers
    turn = turn_of(name)
    for _ in range(3):
        turn()  # compiles, and warms the caches
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        print(turn(), file=answers, flush=True)


def steps(rounds: int) -> dict[str, Any]:
    """Milliseconds a step of every contender over some rounds, and its ratio to the peer round by round."""
    command = [sys.executable, str(HERE), "--worker"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    workers = {name: subprocess.Popen([*command, name], **pipes) for name in CONTENDERS}
    for name, worker in workers.items():
        if worker.stdout.readline().strip() != "ready":
            sys.exit(f"{name} did not start; run: {' '.join([*command, name])}")
    seconds: dict[str, list[float]] = {name: [] for name in workers}
    for number in range(rounds):
        for name in list(workers)[:: 1 if number % 2 else -1]:
            workers[name].stdin.write("go\n")
            workers[name].stdin.flush()
            seconds[name].append(float(workers[name].stdout.readline()))
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    return {name: summary(times, seconds[PEER]) for name, times in seconds.items()}


def summary(times: list[float], peer: list[float]) -> dict[str, Any]:
    """Medians and quartiles of milliseconds and of the ratio, round by round."""
    ratios = [time / other for time, other in zip(times, peer, strict=True)]
    return {"rounds": len(times), "ms": quartiles([1000 * time for time in times]), "ratio": quartiles(ratios)}


def quartiles(values: list[float]) -> list[float]:
    """First quartile, median, third quartile."""
    return [round(value, 3) for value in statistics.quantiles(values, n=4, method="inclusive")]


# -------------------------------------------------------------------------------------------- from nothing to saved


def from_nothing(recipe: str, runs: int) -> dict[str, Any]:
    """Seconds of `python -m train fit RECIPE` as a process, imports, data and compilation included; test accuracy."""
    import tempfile

    seconds, accuracies = [], []
    for run in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            fitting = [sys.executable, "-m", "train", "fit", recipe, "--folder", folder, "--seed", str(run)]
            started = time.perf_counter()
            subprocess.run(fitting, cwd=ROOT, check=True, capture_output=True)
            seconds.append(time.perf_counter() - started)
            evaluating = [sys.executable, "-m", "train", "evaluate", folder]
            subprocess.run(evaluating, cwd=ROOT, check=True, capture_output=True)
            accuracies.append(json.loads((Path(folder) / "metrics.json").read_text())["accuracy"])
    return {"seconds": [round(s, 1) for s in seconds], "accuracy": accuracies}


def starvation(epochs: int = 2) -> dict[str, float]:
    """Milliseconds a step in the real training loop, with its reports and checkpoints, and of its steps alone."""
    import tempfile

    from train.data.mnist import load
    from train.fit.loop import fit
    from train.fit.recipes import Recipe

    turn = our_turn()
    turn()
    with tempfile.TemporaryDirectory() as folder:
        moments: dict[int, float] = {}
        for progress in fit(Recipe("course", epochs=epochs), load("train"), Path(folder)):
            moments[progress.step] = time.perf_counter()
    alone = statistics.median(turn() for _ in range(15))
    reports = sorted(moments)[2:]  # the first block compiles
    spent = [(moments[b] - moments[a]) / (b - a) for a, b in itertools.pairwise(reports)]
    return {"ms_alone": 1000 * alone, "ms_in_loop": 1000 * statistics.median(spent), "reports": len(spent)}


# --------------------------------------------------------------------------------------------------------- the roof


def stack(depth: int) -> Any:
    """`depth` convolutions of 32 filters on 28x28, a pooling after the first and the second, one dense layer."""
    import keras

    layers = keras.layers
    body = []
    for level in range(depth):
        body.append(layers.Conv2D(32, 3, padding="same", activation="relu"))
        if level < 2:
            body.append(layers.MaxPooling2D(2))
    return keras.Sequential([keras.Input((28, 28, 1)), *body, layers.Flatten(), layers.Dense(10)])


def multiplications(model: Any) -> int:
    """Floating-point operations of one training step for one image: products and sums of forward, and of backward for
    weights and inputs (the first layer's input needs none)."""
    total = 0
    for number, layer in enumerate(layer for layer in model.layers if layer.weights):
        positions = math.prod(layer.output.shape[1:-1])  # a dense layer has one
        total += (3 if number else 2) * 2 * positions * math.prod(layer.kernel.shape)
    return total


def roof() -> dict[str, float]:
    """The machine's measured peaks: GFLOP/s of a large product, GB/s of a large copy, by JAX as everything here."""
    import jax
    import jax.numpy as jnp

    side = 2048
    a = jnp.ones((side, side))
    product, copy = jax.jit(lambda a: a @ a), jax.jit(lambda a: a + 1)
    long = jnp.ones(64 << 20)

    def best(f: Callable, x: Any) -> float:
        f(x).block_until_ready()
        times = []
        for _ in range(8):
            started = time.perf_counter()
            f(x).block_until_ready()
            times.append(time.perf_counter() - started)
        return min(times)

    return {"gflops": 2 * side**3 / best(product, a) / 1e9, "gbytes": 2 * long.nbytes / best(copy, long) / 1e9}


def throughput() -> dict[str, Any]:
    """Images a second and GFLOP/s by batch size (the course network) and by depth (batch 128), under the roof."""
    from cnn.network.architectures import ARCHITECTURES

    def measured(architecture: Callable, batch: int) -> dict[str, float]:
        turn = our_turn(architecture, batch)
        turn()
        seconds = statistics.median(turn() for _ in range(7)) / batch
        return {"images": 1 / seconds, "gflops": multiplications(architecture()) / seconds / 1e9}

    course = ARCHITECTURES["course"]
    return {
        "roof": roof(),
        "batch": {batch: measured(course, batch) for batch in BATCH_SIZES},
        "depth": {depth: measured(lambda depth=depth: stack(depth), BATCH) for depth in DEPTHS},
    }


def draw_chart(figures: dict[str, Any]) -> None:
    """The throughput as CHART."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    top = figures["roof"]["gflops"]
    chart, sides = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    titles = {"batch": "by batch size (course network)", "depth": "by depth (convolutions of 32 filters, batch 128)"}
    for side, (kind, title) in zip(sides, titles.items(), strict=True):
        points = figures[kind]
        names = [str(name) for name in points]
        side.bar(names, [point["gflops"] for point in points.values()], color="#2a4fc4")
        for at, point in enumerate(points.values()):
            side.text(at, point["gflops"] * 1.06, f"{point['images'] / 1000:.1f}k", ha="center", fontsize=8)
        side.axhline(top, color="#565f6e", linestyle="--")
        side.text(0, top * 1.06, f"a large matrix product: {top:.0f}", ha="left", fontsize=8, color="#565f6e")
        side.set(title=title, yscale="log", ylim=(None, top * 1.6))
        side.spines[["top", "right"]].set_visible(False)
    sides[0].set_ylabel("GFLOP/s; images a second on the bars")
    from cnn.files import whole

    with whole(CHART) as aside:
        chart.savefig(aside, dpi=100)


# ---------------------------------------------------------------------------------------------------- the documents


def table(results: dict[str, Any]) -> str:
    """The documents' figures, as Markdown, from training.json alone."""
    machine = results["machine"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores; batch {BATCH}; median (quartiles) of"
        f" {results['steps'][PEER]['rounds']} rounds of {STEPS} steps by turns.",
        "",
        "| a training step of the course network | ms | time, PyTorch = 1 |",
        "| --- | --- | --- |",
    ]
    for name, what in CONTENDERS.items():
        (low, ms, high), (_, ratio, _) = results["steps"][name]["ms"], results["steps"][name]["ratio"]
        lines.append(f"| {what} | {ms:.1f} ({low:.1f} to {high:.1f}) | {ratio:.2f} |")
    lines += ["", "| from nothing to a saved network, imports and compilation included | seconds | test accuracy |"]
    lines.append("| --- | --- | --- |")
    for recipe, run in results["from_nothing"].items():
        seconds = ", ".join(f"{s:.0f}" for s in run["seconds"])
        accuracies = ", ".join(f"{a:.2%}" for a in run["accuracy"])
        lines.append(
            f"| `python -m train fit {recipe}`, seeds 0 to {len(run['seconds']) - 1} | {seconds} | {accuracies} |"
        )
    loop, top = results["starvation"], results["throughput"]["roof"]
    here = results["throughput"]["batch"][str(BATCH)]
    lines += [
        "",
        f"In the real loop, with its reports and checkpoints, a step takes {loop['ms_in_loop']:.1f} ms (median of"
        f" {loop['reports']} reports), alone {loop['ms_alone']:.1f} ms. At batch {BATCH} that is"
        f" {here['images']:,.0f} images and {here['gflops']:.0f} GFLOP a second, counted as if all was multiplied out;"
        f" a large matrix product reaches {top['gflops']:.0f} GFLOP/s here, a copy into fresh memory"
        f" {top['gbytes']:.1f} GB/s.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure what is asked for, keep the rest of training.json, and write all that shows it."""
    parts = ("steps", "from_nothing", "starvation", "throughput")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=parts, action="append", help="measure this part alone (may be repeated)")
    parser.add_argument("--rounds", type=int, default=30, help="turns of each contender (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="seeds from nothing (default: %(default)s)")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(options.worker)
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for part in options.only or parts:
        print(f"{part} ...", flush=True)
        if part == "steps":
            results[part] = steps(options.rounds)
        elif part == "from_nothing":
            results[part] = {recipe: from_nothing(recipe, options.runs) for recipe in ("course", "deep")}
        else:
            results[part] = {"starvation": starvation, "throughput": throughput}[part]()
    from cnn.files import write_whole
    from train import machine

    results["machine"] = machine.describe()
    write_whole(RESULTS, json.dumps(results, indent=1) + "\n")
    results = json.loads(RESULTS.read_text())
    if set(parts) <= set(results):
        draw_chart(results["throughput"])
        from train.publish import readme

        readme.write({"training": table(results)})
        print(table(results))
    return None


if __name__ == "__main__":
    main()
