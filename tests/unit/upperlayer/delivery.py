"""One way to feed bytes to something sans-IO: whole, byte by byte, in uneven pieces."""

import random
from collections.abc import Callable, Iterator

Cut = Callable[[bytes], Iterator[bytes]]


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def byte_by_byte(data: bytes) -> Iterator[bytes]:
    for index in range(len(data)):
        yield data[index : index + 1]


def uneven(data: bytes) -> Iterator[bytes]:
    sizes, position = random.Random(7), 0
    while position < len(data):
        size = sizes.randint(1, 17)
        yield data[position : position + size]
        position += size


CUTS: list[Cut] = [whole, byte_by_byte, uneven]
