"""What the DIMSE services need of the rest of the house, beside ingest, query and retrieve."""

from dataclasses import dataclass
from typing import Protocol

from steckel.dicom.uids import TransferSyntaxUid


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteEntity:
    """An application entity that we know how to reach."""

    aet: str
    host: str
    port: int
    tls: bool = False


class PeerDirectory(Protocol):
    """Who may call, and who can be called. Thread-safe; asked anew each time."""

    def is_allowed(self, aet: str, address: str) -> bool:
        """Whether an AE with this title may open an association from this address."""

    def lookup(self, aet: str) -> RemoteEntity | None:
        """Return a registered application entity."""


class Transcoder(Protocol):
    """Changes the transfer syntax of an instance. Thread-safe; blocking."""

    def transcode(self, part10: bytes, to: TransferSyntaxUid) -> bytes:
        """Return a Part 10 file with the same instance in another transfer syntax.

        Raises
        ------
        CannotRender
            The pixels cannot be decoded or encoded.
        """


class Slots(Protocol):
    """Places for associations: a semaphore of threads, or one that processes share."""

    def acquire(self, *, timeout: float) -> bool:
        """Take a place, if one is free or becomes free within so many seconds."""

    def release(self) -> None:
        """Give a place back."""
