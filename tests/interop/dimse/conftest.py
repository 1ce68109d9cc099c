"""Real peers: DCMTK's tools by full path, pynetdicom in the process."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.dimse.running import House, running

#: By full path: pynetdicom installs scripts of the same names.
DCMTK = Path("/usr/bin")


@pytest.fixture
def house() -> Iterator[House]:
    with running() as made:
        yield made


@pytest.fixture
def dcmtk() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a tool of DCMTK and returns what it did."""
    if shutil.which(str(DCMTK / "storescu")) is None:
        pytest.skip("DCMTK is not installed in /usr/bin")

    def run(tool: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: PLW1510  (the caller looks at the code)
            [str(DCMTK / tool), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    return run
