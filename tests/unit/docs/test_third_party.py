"""Every package that Steckel ships or installs is listed with its licence."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[3]


def rows(text: str) -> list[list[str]]:
    lines = re.findall(r"^ *\| (.+) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines if "---" not in line]


def locked(path: Path) -> set[str]:
    return set(
        re.findall(r"^([a-z0-9][a-z0-9.\-]*)==", path.read_text(encoding="utf-8"), re.MULTILINE)
    )


def bundled() -> Iterable[str]:
    lock = json.loads((ROOT / "workstation" / "package-lock.json").read_text(encoding="utf-8"))
    for place, package in lock["packages"].items():
        if place and not package.get("dev") and not package.get("devOptional"):
            yield place.rpartition("node_modules/")[2]


def test_every_package_is_listed_with_a_licence() -> None:
    text = (ROOT / "docs" / "third-party.md").read_text(encoding="utf-8")
    listed = {row[0] for row in rows(text) if row[1]}
    requirements = ROOT / "requirements"
    needed = locked(requirements / "runtime.lock") | locked(requirements / "demo.lock")
    needed |= locked(requirements / "demo-data.lock") | set(bundled())
    assert needed - listed == set()
    assert listed - needed - {"package"} == set()
