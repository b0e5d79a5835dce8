"""docs/security.md's table of known advisories against what is installed."""

import importlib.metadata
import re
from pathlib import Path

import PIL.Image
import pytest
from packaging.version import Version

ROOT = Path(__file__).parent.parent
SECTION = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").split("## Known advisories")[1]
TABLE = SECTION.split("\nOpen:")[0]
ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in TABLE.splitlines()
    if "-20" in line or "GHSA" in line
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_what_is_installed_has_the_fix_or_a_test_holds_the_door(row: list[str]) -> None:
    package, _, _, fixed, here = row
    if Version(importlib.metadata.version(package)) >= Version(fixed):
        return
    path, name = re.search(r"`(\S+\.py)::(\w+)`", here).groups()
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_flashpix_is_not_read() -> None:
    """Pillow's readers of FlashPix and of what is built alike need a package that we do not install."""
    PIL.Image.init()
    assert not {"FPX", "MIC"} & set(PIL.Image.OPEN)
