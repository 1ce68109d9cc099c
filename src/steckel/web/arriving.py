"""The body of an upload while it arrives.

An object goes straight into a draft, a ZIP into a file (its directory stands at its
end), what is certainly neither goes nowhere. Its rule: a body is always read to its
end, so that a browser sees the answer and not a broken connection.
"""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from anyio.to_thread import run_sync

from steckel.archive.disk import require_room, translate_errors
from steckel.archive.draft import Buffer, Draft
from steckel.errors import OutOfSpace, StorageFailure
from steckel.ingest.model import Receiver
from steckel.ingest.recognise import HEAD, is_zip, why_skip

#: Blocks of this size are handed to a thread.
_BLOCK = 1 << 20


class ArchiveFile:
    """A ZIP on disk. It has no name and is gone when it is closed, or the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with translate_errors():
            self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  lives on
        self.size = 0

    def write(self, data: Buffer) -> None:
        """Append bytes, or raise `OutOfSpace`."""
        require_room(self._folder, len(data))
        with translate_errors():
            self.file.write(data)
        self.size += len(data)

    def discard(self) -> None:
        """Drop it."""
        self.file.close()


class Nothing:
    """What is not kept, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def write(self, _data: Buffer) -> None:
        """Forget bytes."""

    def discard(self) -> None:
        """Forget everything."""


Arrived = Draft | ArchiveFile | Nothing


class _Sink(Protocol):
    def write(self, data: Buffer, /) -> None: ...


class Arrivals:
    """Receives bodies."""

    def __init__(self, receiver: Receiver, spool: Path) -> None:
        self._receiver = receiver
        self._spool = spool

    async def receive(self, name: str, chunks: AsyncIterator[bytes]) -> Arrived:
        """Return what arrived.

        Raises
        ------
        OutOfSpace, StorageFailure
            It could not be kept; the body was read to its end all the same.
        """
        first, rest = bytearray(), chunks
        async for chunk in chunks:
            first += chunk
            if len(first) >= HEAD:
                break
        try:
            target = await run_sync(self._choose, name, bytes(first[:HEAD]))
        except (OutOfSpace, StorageFailure):
            await _drain(rest)
            raise
        try:
            await _fill(target, first, rest)
        except BaseException:
            target.discard()
            raise
        return target

    def _choose(self, name: str, head: bytes) -> Arrived:
        if is_zip(head):
            return ArchiveFile(self._spool)
        if reason := why_skip(name, head):
            return Nothing(reason)
        return self._receiver.draft()


async def _fill(target: _Sink, block: bytearray, chunks: AsyncIterator[bytes]) -> None:
    try:
        async for chunk in chunks:
            block += chunk
            if len(block) >= _BLOCK:
                await run_sync(target.write, block)
                block = bytearray()
        if block:
            await run_sync(target.write, block)
    except (OutOfSpace, StorageFailure):
        await _drain(chunks)
        raise


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass
