"""What passes between the server and a worker: a small document, then bytes.

::

    u32  length of the document
    u32  number of values
    u64  length of each value
    document (JSON), then the values

All big endian. The rule: both ends are this project's, so a message that is
not whole means that the other end died.
"""

import json
from dataclasses import dataclass, field
from struct import Struct
from typing import Any, Protocol

_HEAD = Struct(">II")
_LENGTH = Struct(">Q")


class Stream(Protocol):
    """One end of a pipe."""

    def read(self, size: int, /) -> bytes | None:
        """Read at most so many bytes; none at the end."""

    def write(self, data: bytes, /) -> int | None:
        """Write all of it, or some."""


class PeerGone(Exception):
    """The other end of the pipe ended before the message did."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One request, or the answer to it."""

    document: dict[str, Any]
    values: tuple[bytes, ...] = field(default=())


def send(stream: Stream, message: Message) -> None:
    """Write a message to an unbuffered pipe."""
    document = json.dumps(message.document).encode()
    lengths = b"".join(_LENGTH.pack(len(value)) for value in message.values)
    head = _HEAD.pack(len(document), len(message.values)) + lengths + document
    for part in (head, *message.values):
        view = memoryview(part)
        while view:
            # The stream is a raw pipe: it may take less than it was given.
            written = stream.write(view)  # type: ignore[arg-type]  # any buffer will do
            view = view[written or 0 :]


def receive(stream: Stream) -> Message:
    """Read a message.

    Raises
    ------
    PeerGone
        The other end is gone.
    """
    length, count = _HEAD.unpack(_exactly(stream, _HEAD.size))
    sizes = [_LENGTH.unpack(_exactly(stream, _LENGTH.size))[0] for _ in range(count)]
    document = json.loads(_exactly(stream, length))
    return Message(document=document, values=tuple(_exactly(stream, size) for size in sizes))


def _exactly(stream: Stream, size: int) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing:
        part = stream.read(min(missing, 1 << 20))
        if not part:
            raise PeerGone
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
