"""A store folder for each test."""

from pathlib import Path

import pytest

from steckel.archive.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "store")
    made.create()
    return made
