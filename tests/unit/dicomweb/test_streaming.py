"""Blocking generators become streams, and are closed when nobody reads on."""

import asyncio
from collections.abc import Generator

from steckel.dicomweb.streaming import PIECE, in_threads, pieces_of


def test_small_pieces_are_joined_and_none_is_lost() -> None:
    def numbers() -> Generator[bytes, None, None]:
        for number in range(10_000):
            yield b"%06d" % number * 50

    async def collect() -> list[bytes]:
        return [piece async for piece in in_threads(numbers())]

    pieces = asyncio.run(collect())
    assert b"".join(pieces) == b"".join(numbers())
    assert len(pieces) < 10
    assert all(len(piece) < PIECE + 400 for piece in pieces)


def test_a_reader_that_leaves_closes_the_source() -> None:
    closed = []

    def endless() -> Generator[bytes, None, None]:
        try:
            while True:
                yield bytes(PIECE)
        finally:
            closed.append(True)

    async def leave() -> None:
        stream = in_threads(endless())
        await anext(stream)
        await stream.aclose()

    asyncio.run(leave())
    assert closed == [True]


def test_a_range_is_read_in_bounded_pieces() -> None:
    data = bytes(range(256)) * 8192
    asked = []

    def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return data[offset : offset + length]

    assert b"".join(pieces_of(read, 3, len(data) - 5)) == data[3:-5]
    assert max(asked) <= PIECE
    assert b"".join(pieces_of(read, len(data) - 1, len(data) + 100)) == data[-1:]
