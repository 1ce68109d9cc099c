"""From blocking iterators to answers that are sent as they are read."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TypeVar

from anyio import CancelScope
from starlette.concurrency import run_in_threadpool

T = TypeVar("T")

#: Bytes gathered per visit to a thread: enough that the visit costs nothing,
#: little enough that many answers at once stay small.
PIECE = 512 << 10
#: To send a piece by itself costs as much as to copy this many bytes.
_SMALL = 64 << 10


async def in_threads(pieces: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    """Run a blocking generator in worker threads, some pieces at a time."""
    try:
        while gathered := await run_in_threadpool(_gather, pieces):
            for piece in gathered:
                yield piece
    finally:
        with CancelScope(shield=True):
            await run_in_threadpool(pieces.close)


def _gather(pieces: Iterator[bytes]) -> list[bytes]:
    """Take some pieces: large ones as they are, small ones joined to one."""
    gathered: list[bytes] = []
    small: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if len(piece) < _SMALL:
            small.append(piece)
        else:
            gathered += (b"".join(small), piece) if small else (piece,)
            small.clear()
        if size >= PIECE:
            break
    return [*gathered, b"".join(small)] if small else gathered


async def each_in_thread(items: Iterator[T]) -> AsyncIterator[T]:
    """Take the items of a blocking iterator one by one in worker threads."""
    while (item := await run_in_threadpool(_next, items)) is not None:
        yield item


def _next(items: Iterator[T]) -> T | None:
    return next(items, None)


def pieces_of(read: Callable[[int, int], bytes], start: int, stop: int) -> Iterator[bytes]:
    """Read a range in pieces of bounded size; `read` takes offset and length."""
    while start < stop:
        piece = read(start, min(stop - start, PIECE))
        if not piece:
            return
        yield piece
        start += len(piece)
