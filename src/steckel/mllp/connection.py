"""One connection of a sender: frames in, acknowledgements out, in the order of the frames.

The rule: memory is bounded whatever the peer does. What was read and is not answered yet
keeps the connection from being read; so does a peer that does not read our answers. To read
a long message takes a while: it is done in another thread, and what comes behind it follows there,
so that messages of one connection are kept in their order.
"""

import asyncio
from collections import deque
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Protocol, cast

import structlog

from steckel.errors import places_of
from steckel.exchange.model import Door, Origin
from steckel.hl7.framing import Frame, Mllp, Noise, NoiseReason, encode
from steckel.mllp.limits import Limits
from steckel.mllp.mailbox import Mailbox
from steckel.mllp.ports import Meter, Receiver

_log = structlog.get_logger(__name__)

#: Bytes that are decoded at once.
_PIECE = 1 << 14


class Registry(Protocol):
    """All connections of a listener."""

    def enter(self, connection: "Connection") -> bool:
        """Add one; whether there is room for it."""

    def leave(self, connection: "Connection") -> None:
        """Forget one."""

    def unfinished_grew(self) -> None:
        """Look whether unfinished frames take too much memory."""


@dataclass(slots=True)
class _Slot:
    """A frame that was read: what is answered to it goes out in its turn."""

    size: int
    read: float
    answer: bytes | None = None
    is_answered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What all connections of a listener share."""

    receiver: Receiver
    meter: Meter
    limits: Limits
    mailbox: Mailbox
    registry: Registry
    beside: Executor  #: reads what is long


class Connection(asyncio.Protocol):
    """Reads and answers; lives in the event loop."""

    def __init__(self, around: Surroundings, *, tls: bool) -> None:
        self._around = around
        self._tls = tls
        self._decoder = Mllp(around.limits.message)
        self._transport: asyncio.Transport | None = None
        self._origin = Origin(door=Door.MLLP)
        self._slots: deque[_Slot] = deque()
        #: what is read in another thread, while there is any
        self._beside: deque[tuple[_Slot, bytes]] = deque()
        self._noise = 0
        self._is_noisy = False
        self._undecoded = b""
        self._is_reading = True
        self._can_write = True
        self._is_ending = False
        self.mark = monotonic()  #: since when it is as it is: idle, or in a frame
        self.unfinished = 0  #: bytes of a frame that has begun; an upper bound

    @property
    def waits(self) -> bool:
        """Whether something that was read is not answered yet."""
        return bool(self._slots)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many."""
        self._transport = transport = cast("asyncio.Transport", transport)
        if not self._around.registry.enter(self):
            transport.abort()
            return
        address = transport.get_extra_info("peername")
        self._origin = Origin(
            door=Door.MLLP_TLS if self._tls else Door.MLLP,
            address=str(address[0]) if address else "",
            certificate=_subject(transport.get_extra_info("peercert")),
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; what was read of it is kept all the same."""
        del exc
        self._transport = None
        self.unfinished = 0
        if self._decoder.end():
            self._log_noise(NoiseReason.UNFINISHED)
        self._around.registry.leave(self)

    def eof_received(self) -> bool:
        """Answer what was read before the connection is closed."""
        self.end()
        return self._transport is not None and not self._tls

    def data_received(self, data: bytes) -> None:
        """Take bytes."""
        self._undecoded += data
        self._decode()
        self._flush()

    def pause_writing(self) -> None:
        """Read no more while the peer does not take our answers."""
        self._can_write = False
        self._read_or_not()

    def resume_writing(self) -> None:
        """Go on."""
        self._can_write = True
        self._read_or_not()

    def end(self) -> None:
        """Read no more, and close when all that was read is answered."""
        self._is_ending = True
        self._read_or_not()
        self._close_if_done()

    def drop(self, reason: str) -> None:
        """Close at once."""
        _log.warning("mllp_connection_dropped", address=self._origin.address, reason=reason)
        self._is_ending = True
        if self._transport is not None:
            self._transport.abort()

    def _decode(self) -> None:
        """Decode what came, in pieces: a thousand small frames may have come at once."""
        while self._undecoded and self._has_room() and not self._is_ending:
            piece, self._undecoded = self._undecoded[:_PIECE], self._undecoded[_PIECE:]
            was_between = self._decoder.between_frames
            parts = self._decoder.feed(piece)
            for part in parts:
                if isinstance(part, Frame):
                    self._take(part.payload)
                else:
                    self._note(part)
            self._count_unfinished(len(piece), was_between=was_between, parts=parts)

    def _take(self, payload: bytes) -> None:
        slot = _Slot(len(payload), monotonic())
        self._slots.append(slot)
        if len(payload) <= self._around.limits.beside and not self._beside:
            self._hand_in(slot, payload)
        else:
            self._beside.append((slot, payload))
            if len(self._beside) == 1:
                self._read_beside()
        self._read_or_not()

    def _hand_in(self, slot: _Slot, payload: bytes) -> None:
        post = self._around.mailbox.post
        self._around.receiver.receive(
            payload,
            self._origin,
            lambda answer: post(partial(self._answered, slot, answer)),
            lambda answer: post(partial(self._say, answer)),
        )

    def _read_beside(self) -> None:
        """Have the first that waits be read in another thread."""
        reading = self._around.beside.submit(self._hand_in, *self._beside[0])
        reading.add_done_callback(
            lambda done: self._around.mailbox.post(partial(self._was_read, done))
        )

    def _was_read(self, done: "Future[None]") -> None:
        """Go on with the next one, in the loop again."""
        if done.cancelled():
            return  # the listener has stopped
        self._beside.popleft()
        if self._beside:
            self._read_beside()
        problem = done.exception()
        if problem is not None:
            _log.error("mllp_read_failed", error=type(problem).__name__, where=places_of(problem))
            self.drop("a message could not be read")

    def _note(self, noise: Noise) -> None:
        """Deal with what is no frame: one that is too long is answered."""
        _log.info(
            "mllp_noise",
            address=self._origin.address,
            reason=str(noise.reason),
            first=len(noise.data),
        )
        if noise.reason is NoiseReason.TOO_LONG:
            self._say(self._around.receiver.too_long(noise.data))
        elif noise.reason is NoiseReason.OUTSIDE:
            self._noise += len(noise.data)
            if self._noise > self._around.limits.noise:
                self.drop("what it sends is not MLLP")

    def _log_noise(self, reason: NoiseReason) -> None:
        """Say it once for a connection."""
        if not self._is_noisy:
            self._is_noisy = True
            _log.warning("mllp_noise", address=self._origin.address, reason=reason.value)

    def _count_unfinished(
        self, size: int, *, was_between: bool, parts: list[Frame | Noise]
    ) -> None:
        if self._decoder.between_frames or was_between or parts:
            self.mark = monotonic()
            self.unfinished = 0
        if any(isinstance(part, Frame) for part in parts):
            self._noise = 0
        if not self._decoder.between_frames:
            self.unfinished += size
            self._around.registry.unfinished_grew()

    def _answered(self, slot: _Slot, answer: bytes | None) -> None:
        slot.answer, slot.is_answered = answer, True
        self._around.meter.observe(monotonic() - slot.read)
        self._flush()

    def _say(self, answer: bytes) -> None:
        """Say something of our own accord, after what is to be answered before."""
        self._slots.append(_Slot(0, monotonic(), answer, is_answered=True))
        self._flush()

    def _flush(self) -> None:
        """Write the answers whose turn it is."""
        answers = []
        while self._slots and self._slots[0].is_answered:
            answer = self._slots.popleft().answer
            if answer is not None:
                answers.append(encode(answer))
        if self._transport is None:
            return
        if answers:
            self.mark = monotonic() if self._decoder.between_frames else self.mark
            self._transport.write(b"".join(answers))
        if self._undecoded and self._has_room():
            self._decode()
        self._read_or_not()
        self._close_if_done()

    def _read_or_not(self) -> None:
        """Read only what there is room for."""
        wanted = self._has_room() and not self._is_ending and not self._undecoded
        if self._transport is None or wanted == self._is_reading:
            return
        self._is_reading = wanted
        if self._transport.is_closing():
            return
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _has_room(self) -> bool:
        limits = self._around.limits
        return (
            self._can_write
            and len(self._slots) < limits.unanswered
            and sum(slot.size for slot in self._slots) < limits.unanswered_bytes
        )

    def _close_if_done(self) -> None:
        if self._is_ending and not self._slots and self._transport is not None:
            self._transport.close()  # after what was written has gone


def _subject(certificate: dict[str, Any] | None) -> str:
    """Return the subject of a certificate as ``CN=…, O=…``."""
    if not certificate:
        return ""
    names = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU"}
    parts = [pair for relative in certificate.get("subject", ()) for pair in relative]
    return ", ".join(f"{names.get(name, name)}={value}" for name, value in parts)[:200]
