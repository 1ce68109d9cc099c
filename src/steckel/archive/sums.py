"""Digest and checksum of what is archived: BLAKE3 of a data set, CRC-32 of a file.

A sender waits for its response while they are taken, so both are the fastest
there are (ADR 0016).
"""

from blake3 import blake3
from isal.isal_zlib import crc32

from steckel.archive.draft import Buffer

__all__ = ["Tally", "crc32", "digest_of", "new_digest"]


def new_digest() -> blake3:
    """Return a digest that takes bytes with `update`."""
    return blake3()


def digest_of(data: Buffer) -> bytes:
    """Return the digest of a data set, 32 bytes."""
    return blake3(data).digest()


class Tally:
    """Digest and checksum of a large object, taken while it arrives.

    Afterwards all of it would have to be read once more.
    """

    __slots__ = ("_digest", "crc", "dataset_offset")

    def __init__(self, before: Buffer) -> None:
        self.dataset_offset = len(before)
        self.crc = crc32(before)
        self._digest = new_digest()

    def add(self, data: Buffer) -> None:
        """Count more of the data set in."""
        self._digest.update(data)
        self.crc = crc32(data, self.crc)

    def digest(self) -> bytes:
        """Return the digest of the data set so far."""
        return self._digest.digest()
