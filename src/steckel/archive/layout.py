"""Where things lie in a store folder (docs/formats/store.md).

::

    store/
      open/         containers that are still written to, and spooled objects
      containers/   closed containers, by the first two letters of their name
      quarantine/   what could not be taken, with the reason beside it
      second/       frames encoded a second time, by the first two letters of the batch
"""

import hashlib
import os
import secrets
from pathlib import Path

CONTAINER_SUFFIX = ".zip"
SPOOL_SUFFIX = ".spool"
SECOND_SUFFIX = ".jph"


class Layout:
    """The folders of one store."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.open = root / "open"  #: containers still written to
        self.sealed = root / "containers"  #: closed containers
        self.quarantine = root / "quarantine"  #: what could not be taken
        self.second = root / "second"  #: what can be made again

    def create(self) -> None:
        """Make the folders; readable by their owner only."""
        for folder in (self.root, self.open, self.sealed, self.quarantine, self.second):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def open_path(self, container: str) -> Path:
        """Where an open container lies."""
        return self.open / f"{container}{CONTAINER_SUFFIX}"

    def sealed_path(self, container: str) -> Path:
        """Where a closed container lies."""
        return self.sealed / container[:2] / f"{container}{CONTAINER_SUFFIX}"

    def second_path(self, batch: str) -> Path:
        """Where a batch of encoded frames lies."""
        return self.second / batch[:2] / f"{batch}{SECOND_SUFFIX}"


def new_container_name(series: tuple[str, str]) -> str:
    """Return a fresh name: a digest of the series, and a random part.

    Nothing a peer sends becomes part of a path.
    """
    return _fresh(hashlib.sha256("|".join(series).encode()).hexdigest()[:20])


def successor_name(container: str) -> str:
    """Return a fresh name for a container of the same series."""
    return _fresh(container.partition("-")[0])


def _fresh(series_digest: str) -> str:
    return f"{series_digest}-{secrets.token_hex(6)}"


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
