"""Digest and checksum of an object, taken while it arrives.

A sender waits for its response, so what can be summed while its bytes are
still on their way costs nothing; afterwards it would be waited for.
"""

import hashlib
import zlib

Buffer = bytes | bytearray | memoryview


class Tally:
    """The SHA-256 of a data set, and the CRC-32 of the file that it ends."""

    __slots__ = ("_digest", "crc", "dataset_offset")

    def __init__(self, before: Buffer) -> None:
        self.dataset_offset = len(before)
        self.crc = zlib.crc32(before)
        self._digest = hashlib.sha256()

    def add(self, data: Buffer) -> None:
        """Count more of the data set in."""
        self._digest.update(data)
        self.crc = zlib.crc32(data, self.crc)

    def digest(self) -> bytes:
        """Return the SHA-256 of the data set so far."""
        return self._digest.digest()
