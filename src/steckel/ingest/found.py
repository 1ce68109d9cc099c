"""What `ingest.sources` finds: an object that may be DICOM, or a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from steckel.errors import InputError


class Unreadable(InputError):
    """A file or a member of an archive that cannot be read to its end."""


class Stream(Protocol):
    """Bytes to be read once."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end. Raises `Unreadable` or `TooLarge`."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceItem:
    """An object that may be DICOM. Open it before the next one is asked for."""

    name: str  #: path, or name of the archive and path inside it
    size: int
    open: Callable[[], Stream]


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """What is not taken, and why."""

    name: str
    reason: str
    lost: bool = False  #: there may have been an object: a person has to look


Found = SourceItem | Skipped
