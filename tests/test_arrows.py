"""The house's arrows: who imports whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("cnn/**/*.py"), *ROOT.glob("train/**/*.py"), ROOT / "app.py"])
# Arrows go down only: a wing imports those before it, and no wing of its own row but itself.
ROWS = [
    {"process"},
    {"options", "task", "text"},
    {"types"},
    {"files"},
    {"metadata"},
    {"framing", "mnist", "pictures"},
    {"network"},
    {"models", "reading"},
    {"errors", "inside", "lab", "stress", "trials"},
    {"service"},
    {"ui"},
]
LEVEL = {wing: row for row, wings in enumerate(ROWS) for wing in wings}
LIGHT = (
    "files",
    "framing",
    "mnist",
    "options",
    "pictures",
    "task",
    "text",
    "types",
)  # know no Keras


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def reaches(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports(path))


def wing_of(place: str) -> str | None:
    """The wing of a file: what stands below cnn, None for files elsewhere and for what makes a package."""
    parts = place.removesuffix(".py").split("/")
    return parts[1] if parts[0] == "cnn" and parts[1] != "__init__" else None


def wing_of_module(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "cnn" and len(parts) > 1 else None


def below(wing: str) -> set[str]:
    return {other for other, row in LEVEL.items() if row < LEVEL[wing]} | {wing}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    wing = wing_of(place)
    if wing:
        assert not reaches(path, "train")
        assert {other for other in map(wing_of_module, imports(path)) if other} <= below(wing)
    if wing != "ui" and place != "app.py":
        assert not reaches(path, "gradio")
    if wing in LIGHT:
        assert not any(reaches(path, heavy) for heavy in ("keras", "jax"))
    assert not reaches(path, "tests")


def test_every_wing_has_its_row() -> None:
    assert {wing_of(path.relative_to(ROOT).as_posix()) for path in FILES} - {None} == set(LEVEL)
