"""The way in of a message: read, kept, answered. All doors use it.

The rule: an answer is given to `answer` exactly once for each call, in another thread, and
only when what it acknowledges is on stable storage.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from steckel.errors import NotHl7, SteckelError
from steckel.exchange.answers import Answers
from steckel.exchange.intake import Intake, Kept
from steckel.exchange.model import Origin, Outcome, State
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.reading import Reader, Reading
from steckel.hl7.batch import split
from steckel.hl7.message import Message
from steckel.hl7.write import write_segment

Answer = Callable[[bytes | None], None]
Later = Callable[[bytes], None]

_ENVELOPES = (b"FHS", b"BHS")
_BLANK = b" \t\r\n\x0b\x0c\xef\xbb\xbf"


class Reception:
    """Takes messages; thread-safe."""

    def __init__(
        self, reader: Reader, intake: Intake, answers: Answers, outcomes: Outcomes
    ) -> None:
        self._reader = reader
        self._intake = intake
        self._answers = answers
        self._outcomes = outcomes

    def receive(self, raw: bytes, origin: Origin, answer: Answer, later: Later) -> None:
        """Keep what a frame holds: one message, or a batch, which is answered by a batch.

        `answer` gets the acknowledgement, or ``None`` where the sender wants none; `later`
        those that it wants after processing. Both are called in other threads.
        """
        if _may_hold_several(raw):
            self._receive_all(split(raw) or [raw], origin, answer, later)
        else:
            self._receive_one(raw, origin, answer, later)

    def receive_and_wait(self, raw: bytes, origin: Origin) -> bytes:
        """Keep one message or a batch, and return what acknowledges it.

        Nothing follows them, so a message whose sender wants an acknowledgement after
        processing alone is answered by nothing.

        Raises
        ------
        NotHl7
            There is no message in it; nothing is kept.
        """
        parts = split(raw)
        if not any(_is_message(part) for part in parts):
            raise NotHl7("there is no HL7 version 2 message in this: none begins with MSH")
        answered: Future[bytes | None] = Future()
        self._receive_all(parts, origin, answered.set_result, lambda _: None)
        return answered.result() or b""

    def too_long(self, head: bytes) -> bytes:
        """Return what answers a message that is longer than a door reads."""
        return self._answers.too_long(head)

    def _receive_one(self, raw: bytes, origin: Origin, answer: Answer, later: Later) -> None:
        try:
            reading = self._reader.read(raw, origin)
        except SteckelError:
            answer(self._answers.not_kept(raw))
            return
        self._intake.keep(reading, partial(self._kept, reading, answer, later))

    def _receive_all(
        self, messages: list[bytes], origin: Origin, answer: Answer, later: Later
    ) -> None:
        if len(messages) == 1:
            self._receive_one(messages[0], origin, answer, later)
            return
        gathered = _Gathered(len(messages), answer)
        for number, raw in enumerate(messages):
            self._receive_one(raw, origin, partial(gathered.add, number), later)

    def _kept(self, reading: Reading, answer: Answer, later: Later, kept: Kept) -> None:
        acknowledgement = self._answers.at_once(reading, kept)
        answer(acknowledgement)
        if kept.error is None and reading.fault is None and self._answers.wants_later(reading):
            self._outcomes.expect(kept.pk, partial(self._processed, reading, later))
            if kept.state is not State.RECEIVED:
                self._outcomes.ask()

    def _processed(self, reading: Reading, later: Later, outcome: Outcome) -> None:
        acknowledgement = self._answers.later(reading, outcome)
        if acknowledgement is not None:
            later(acknowledgement)


def _may_hold_several(raw: bytes) -> bool:
    """Whether it is worth looking for the messages; quick for documents of many megabytes."""
    if raw[:64].lstrip(_BLANK).startswith(_ENVELOPES):
        return True
    return b"\rMSH" in raw or b"\nMSH" in raw


def _is_message(raw: bytes) -> bool:
    try:
        Message.parse(raw)
    except NotHl7:
        return False
    return True


class _Gathered:
    """The acknowledgements of a batch; together they are a batch (HL7 v2.5.1 2.10.3)."""

    def __init__(self, count: int, answer: Answer) -> None:
        self._lock = threading.Lock()
        self._left = count
        self._found: list[bytes | None] = [None] * count
        self._answer = answer

    def add(self, number: int, acknowledgement: bytes | None) -> None:
        with self._lock:
            self._found[number] = acknowledgement
            self._left -= 1
            if self._left:
                return
        those = [found for found in self._found if found is not None]
        head = f"{write_segment('BHS', {})}\r".encode()
        tail = f"{write_segment('BTS', {1: str(len(those))})}\r".encode()
        self._answer(b"".join((head, *those, tail)) if those else None)
