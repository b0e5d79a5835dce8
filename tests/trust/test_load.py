"""Sixty-four scripts at once, with a mix of calls, for ten minutes: none fails, and the server stays small."""

import itertools
import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from cnn.ui.draw.pad import Pad
from tests.trust import corpus
from tests.trust.server import Server

pytestmark = [
    pytest.mark.trust,
    pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="how much memory a process has is read in /proc"),
]

CLIENTS, SECONDS = 64, float(os.environ.get("LOAD_SECONDS", "600"))
GROWN = 1.2  # times as much memory as when it was warm: more is a leak


def test_a_crowd_of_scripts(server: Server, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    path = tmp_path / "seven.png"
    path.write_bytes(corpus.saved(corpus.page(), "PNG"))
    file = handle_file(path)
    calls = {
        "/predict": [file, "default"],
        "/predict_strokes": [Pad.example_payload(None), "default"],
        "/predict_batch": [[file] * 4, "default"],
        "/read_number": [file, "default"],
        "/preprocess": [file],
        "/feature_maps": [file, "conv2", "course"],
        "/explain": [file, "saliency", 7, "default"],
        "/perturb": [file, "rotation", 20, 0],
        "/breaking_point": [file, "rotation", "default", 0],
        "/models": [],
    }
    answered: Counter[str] = Counter()
    failed: list[str] = []
    for name, values in calls.items():  # warm
        Client(server.url, verbose=False).predict(*values, api_name=name)
    warm = server.memory()
    until = time.monotonic() + SECONDS

    def script(number: int) -> None:
        client = Client(server.url, verbose=False, download_files=False)
        for name in itertools.islice(itertools.cycle(calls), number, None):
            if time.monotonic() > until:
                return
            try:
                client.predict(*calls[name], api_name=name)
                answered[name] += 1
            except Exception as error:
                failed.append(f"{name}: {error!r:.300}")

    with ThreadPoolExecutor(CLIENTS) as scripts:
        list(scripts.map(script, range(CLIENTS)))
    record_property("trust", {"kind": "load", "tried": answered.total() + len(failed), "faults": len(failed)})
    assert not failed, f"{len(failed)} of {answered.total()}:\n" + "\n".join(failed[:20])
    assert set(answered) == set(calls)
    assert server.memory() < GROWN * warm
