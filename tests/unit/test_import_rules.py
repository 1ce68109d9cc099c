"""The import rules of pyproject.toml hold, and would notice a breach."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources that a test may spoil."""
    shutil.copy(_ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        _ROOT / "src" / "steckel",
        tmp_path / "src" / "steckel",
        ignore=shutil.ignore_patterns("static", "__pycache__"),
    )
    return tmp_path


def test_the_sources_keep_the_rules(copy: Path) -> None:
    answer = _lint(copy)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("module", "line", "rule"),
    [
        ("archive/spoiled.py", "import steckel.dimse.server\n", "Layers"),
        ("dimse/spoiled.py", "import steckel.dicomweb.routes\n", "Layers"),
        ("upperlayer/spoiled.py", "import socket\n", "sans-IO"),
        ("dicomweb/spoiled.py", "import sqlalchemy\n", "no SQL"),
        ("retrieve/spoiled.py", "import imagecodecs\n", "decoders"),
        ("unlisted/__init__.py", "import steckel.errors\n", "Layers"),
    ],
)
def test_a_breach_is_noticed(copy: Path, module: str, line: str, rule: str) -> None:
    spoiled = copy / "src" / "steckel" / module
    spoiled.parent.mkdir(exist_ok=True)
    spoiled.write_text(f'"""Spoiled."""\n\n{line}')
    answer = _lint(copy)
    assert answer.returncode != 0
    assert rule in answer.stdout
