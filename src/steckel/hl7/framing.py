"""MLLP: messages in a stream of bytes (HL7 v2.5.1 appendix C; release 1 of the protocol).

::

    <VT> message <FS><CR>      0B ... 1C 0D

Bytes in, frames out. The rule: whatever comes, the stream is found again at the next frame,
in linear time and with no more memory than the longest message allowed. Tolerated: a missing
final CR, LF in its place, noise between frames, a frame that is begun anew before it ended.
An FS inside a message is part of it, unless it is the last that has come: then the sender
waits for an answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

START: Final = b"\x0b"
END: Final = b"\x1c\r"
#: What may stand after FS for it to end a frame; VT begins the next one.
_AFTER_END: Final = b"\r\n\x0b"
_MAX_MESSAGE: Final = 64 << 20
_HEAD: Final = 4096
_RESTARTS: Final = (b"\x0bMSH", b"\x0bFHS", b"\x0bBHS")


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame holds: a message, or what its sender takes for one."""

    payload: bytes


class NoiseReason(StrEnum):
    """Why bytes are no frame."""

    OUTSIDE = "outside of a frame"
    TOO_LONG = "longer than the limit"
    UNFINISHED = "a frame without an end"


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that are no frame; of a frame that is too long or unfinished, the beginning."""

    data: bytes
    reason: NoiseReason = NoiseReason.OUTSIDE


class Mllp:
    """Finds the frames in what one peer sends; `max_message` in bytes."""

    def __init__(self, max_message: int = _MAX_MESSAGE) -> None:
        self._max = max_message
        self._kept = bytearray()  # of the frame that has begun, without its VT
        self._in_frame = False
        self._skipping = False  # in a frame that is too long

    @property
    def between_frames(self) -> bool:
        """Whether no frame has begun."""
        return not self._in_frame

    def feed(self, data: bytes) -> list[Frame | Noise]:
        """Take the next bytes, and return what is complete with them, in order."""
        found: list[Frame | Noise] = []
        position = 0
        while position < len(data):
            step = self._inside if self._in_frame else self._outside
            position = step(data, position, found)
        return found

    def end(self) -> list[Frame | Noise]:
        """Return what is left when the peer has closed: a frame without an end."""
        left: list[Frame | Noise] = []
        if self._in_frame and not self._skipping:
            left.append(Noise(bytes(self._kept[:_HEAD]), NoiseReason.UNFINISHED))
        self._reset()
        return left

    def _outside(self, data: bytes, position: int, found: list[Frame | Noise]) -> int:
        start = data.find(START, position)
        stop = len(data) if start < 0 else start
        noise = data[position:stop].strip(b"\r\n")
        if noise:
            found.append(Noise(noise))
        self._in_frame = start >= 0
        return stop + 1

    def _inside(self, data: bytes, position: int, found: list[Frame | Noise]) -> int:
        end = _find_end(data, position)
        stop = len(data) if end < 0 else end
        if not self._skipping:
            self._keep(data[position:stop], found)
        if end < 0:
            return stop
        if not self._skipping:
            found.extend(_frames(bytes(self._kept)))
        self._reset()
        return end + 1

    def _keep(self, piece: bytes, found: list[Frame | Noise]) -> None:
        room = self._max - len(self._kept)
        if len(piece) <= room:
            self._kept += piece
            return
        head = bytes(self._kept[:_HEAD]) + piece[: max(0, _HEAD - len(self._kept))]
        found.append(Noise(head, NoiseReason.TOO_LONG))
        self._kept = bytearray()
        self._skipping = True

    def _reset(self) -> None:
        self._kept = bytearray()
        self._in_frame = self._skipping = False


def _find_end(data: bytes, position: int) -> int:
    """Return where FS ends a frame, or -1."""
    at = data.find(END[:1], position)
    while at >= 0 and at + 1 < len(data) and data[at + 1] not in _AFTER_END:
        at = data.find(END[:1], at + 1)
    return at


def _frames(payload: bytes) -> list[Frame | Noise]:
    """Return a frame, apart from one that was begun before it and not ended."""
    begun = max(payload.rfind(mark) for mark in _RESTARTS)
    if begun < 0:
        return [Frame(payload)]
    lost = Noise(payload[:begun][:_HEAD], NoiseReason.UNFINISHED)
    return [lost, Frame(payload[begun + 1 :])]


def encode(message: bytes) -> bytes:
    """Return a message in its frame.

    Raises
    ------
    ValueError
        The message has a byte that would end its frame.
    """
    if START in message or END[:1] in message:
        raise ValueError("a message with VT or FS cannot be framed")
    return b"".join((START, message, END))
