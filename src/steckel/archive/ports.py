"""What the rest of Steckel needs of the store.

Cut so that object storage fits behind it: appending always happens on the
node, in an open container; `SealedContainers` is what moves to a bucket.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class SealedContainers(Protocol):
    """Containers that are complete and never written again."""

    def put(self, name: str, file: Path) -> None:
        """Take a finished file; it is durable here when this returns, and gone from `file`.

        Raises
        ------
        OutOfSpace, StorageFailure
            The file is still where it was.
        """

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Read a range; fewer bytes at the end.

        Raises
        ------
        NotFound
            There is no such container.
        """

    def delete(self, name: str) -> None:
        """Remove a container, for good when this returns; nothing happens if it is not there."""

    def names(self) -> Iterator[str]:
        """Yield the names of all containers."""

    def size(self, name: str) -> int:
        """Return the bytes of a container, or raise `NotFound`."""
