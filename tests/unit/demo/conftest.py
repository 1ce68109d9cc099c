"""One small department, made once for all tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from steckel.demo.department import DemoSummary, generate

TODAY = date(2026, 11, 24)
SCALE = 0.1


@dataclass(frozen=True, kw_only=True)
class Department:
    """The files and what was said about them."""

    root: Path
    summary: DemoSummary
    calls: tuple[tuple[str, int, int], ...]

    def objects(self) -> Iterator[Dataset]:
        """Read every file."""
        for path in sorted(self.root.rglob("*.dcm")):
            yield dcmread(path)

    def of(self, **wanted: object) -> list[Dataset]:
        """Return the objects whose attributes have these values."""
        return [
            ds
            for ds in self.objects()
            if all(str(ds.get(key, "")) == str(value) for key, value in wanted.items())
        ]


@pytest.fixture(scope="session")
def department(tmp_path_factory: pytest.TempPathFactory) -> Department:
    """Return the whole department at a tenth of its size."""
    root = tmp_path_factory.mktemp("department")
    calls: list[tuple[str, int, int]] = []
    summary = generate(
        root,
        progress=lambda what, done, total: calls.append((what, done, total)),
        today=TODAY,
        scale=SCALE,
    )
    return Department(root=root, summary=summary, calls=tuple(calls))
