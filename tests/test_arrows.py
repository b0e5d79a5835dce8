"""The house's arrows: who imports whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("cnn/**/*.py"), *ROOT.glob("train/**/*.py"), ROOT / "app.py"])
LIGHT = [
    f"cnn/{room}.py"
    for room in ("decode", "paper", "page", "pen", "ink", "line", "types", "text", "pictures", "mnist", "perturbations")
]


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    if place.startswith("cnn/"):
        assert not reaches(path, "train")
    if not place.startswith("cnn/ui/") and place != "app.py":
        assert not reaches(path, "gradio")
        assert not reaches(path, "cnn.ui")
    if place in LIGHT:
        assert not any(reaches(path, heavy) for heavy in ("keras", "jax"))
    if place in (*LIGHT, "cnn/network/architectures.py"):
        assert not any(reaches(path, room) for room in ("cnn.network.classifier", "cnn.models.registry"))
    assert not reaches(path, "tests")
