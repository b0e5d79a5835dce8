"""What the long tests found, as a file that they write, and the table made of it."""

import json
from pathlib import Path
from typing import Any

KINDS = {  # what a file of tests sends, in the table's order
    "pictures": "picture files: truncated, damaged, lying, unusual, bombs, none at all",
    "events": "values of the wrong type in every place of every endpoint and event of the page",
    "http": "requests that no page sends: bodies, routes, addresses",
    "properties": "properties that hold of any input, by Hypothesis, up to 1,000 examples each",
    "kill": "commands killed at random moments, and on a full disk: files stay whole, and the command goes on",
    "load": "calls of all kinds by 64 scripts at once, for ten minutes",
    "same": "the same answer alone, among others, on 8 threads, after a restart",
}
TARGETS = {"decode": "the decoders of pictures", "gate": "the gate that models come through"}
RESULTS = Path(__file__).with_name("results.json")


def note(part: str, found: dict[str, Any]) -> None:
    """Put what was found into a part of results.json; what it holds of other names stays."""
    known = read()
    known[part] = {**known.get(part, {}), **found}
    RESULTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """What was found so far."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}


def table() -> str:
    """The README's table of all this."""
    found = read()
    rows = ["| what was tried | cases | not borne |", "| --- | --- | --- |"]
    tests = found.get("tests", {})
    for kind in sorted(tests, key=lambda kind: (list(KINDS).index(kind) if kind in KINDS else len(KINDS), kind)):
        rows.append(f"| {KINDS.get(kind, kind)} | {tests[kind]['tried']:,} | {tests[kind]['faults']} |")
    for version, run in found.get("python", {}).items():
        what = f"the same probabilities by Python {version}, at most {run['apart']:g} apart"
        rows.append(f"| {what} | {run['tried']:,} | {run['faults']} |")
    for target, run in found.get("fuzz", {}).items():
        what = f"{TARGETS[target]}, fuzzed by coverage for {run['seconds'] / 60:.0f} minutes"
        rows.append(f"| {what} | {run['executions']:,} | {len(run['findings'])} |")
    memory = {what: n for what, n in found.get("memory", {}).items() if what not in ("predictions", "visits")}
    if memory:
        rows += [
            "",
            "Memory of the served app, in megabytes: " + ", ".join(f"{n} {what}" for what, n in memory.items()) + ".",
        ]
    return "\n".join(rows)
