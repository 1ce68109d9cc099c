"""An association over a socket: blocking, one thread, the same for SCP and SCU.

Brings to the sans-IO association what it has not: the socket, the clock, the
receive buffer. The rule: whatever ends the association, by whichever side, is
raised as `AssociationEnded`, after what had to be sent has been sent. Views
that `read_dataset` hands out are valid during the call only: one buffer is
used over and over.
"""

import contextlib
import mmap
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

from steckel.dimse.asides import Asides
from steckel.dimse.timeouts import Timeouts
from steckel.dimse.transport import Transport
from steckel.dimse.wire.command import Command, MalformedCommand, Operation, encode_command
from steckel.dimse.wire.message import CommandAssembler, Message
from steckel.errors import SteckelError
from steckel.upperlayer.association import Association
from steckel.upperlayer.events import Aborted, AssociationEvent, ReleaseRequested
from steckel.upperlayer.pdu import Fragment
from steckel.upperlayer.state import State

Buffer = bytes | bytearray | memoryview

#: One read takes what the kernel has, up to this.
_BUFFER_LENGTH = 1 << 20
#: Bytes that a peer must move in a network time-out while it is in a message.
_SLOWEST = 1024
#: Seconds that a server which stops leaves a peer to read what was sent last.
_FAREWELL = 1.0
#: Seconds without a word of the peer after which we may speak unasked.
_SILENCE = 0.3


class AssociationEnded(Exception):
    """The association is over; `how` says in what way, for the log."""

    def __init__(self, how: str, detail: str = "") -> None:
        super().__init__(f"{how}: {detail}" if detail else how)
        self.how = how
        self.detail = detail


class Channel:
    """One association of ours with one peer."""

    def __init__(self, transport: Transport, association: Association, timeouts: Timeouts) -> None:
        self.association = association
        self.asides = Asides()
        self.dataset_open = False  #: whether a data set has been announced and not been read
        self._transport = transport
        self._timeouts = timeouts
        self._buffer = memoryview(mmap.mmap(-1, _BUFFER_LENGTH))  # no memory until used
        self._events: deque[AssociationEvent] = deque()
        self._assembler = CommandAssembler()
        self._inbox: Message | None = None
        self._dataset_context = 0
        self._cancel_of: int | None = None
        self._held = 0
        self._window_start, self._window_bytes = 0.0, 0
        self._idle = False
        self._stopping = False

    # ---- events

    def next_event(self, patience: float, *, in_message: bool = False) -> AssociationEvent:
        """Return the next event, which is no `Aborted`; wait `patience` seconds for bytes."""
        network = self._timeouts.network
        while not self._events:
            # Who has begun a PDU has to go on with it, however long the wait for it was to be.
            begun = in_message or not self.association.between_pdus
            self._fill(min(patience, network) if begun else patience, in_message=begun)
        event = self._events.popleft()
        if isinstance(event, Aborted):
            self._end(event)
        return event

    def _end(self, aborted: Aborted) -> NoReturn:
        self.flush()
        how = "aborted_by_peer" if aborted.by_peer else "connection_lost"
        if not aborted.by_peer and not self.association.closing:
            how = "protocol_error"
        raise AssociationEnded(how, aborted.detail)

    def _check_open(self) -> None:
        """Raise if what was read ahead has ended the association already."""
        if self.association.state not in (State.STA6, State.STA8):
            for event in self._events:
                if isinstance(event, Aborted):
                    self._end(event)
            raise AssociationEnded("closed")

    def _fill(self, patience: float, *, in_message: bool = False) -> None:
        """Read once and turn the bytes into events."""
        association, now = self.association, time.monotonic()
        deadline = association.deadline
        wait = patience if deadline is None else min(patience, deadline - now)
        try:
            count = self._transport.receive_into(self._buffer, max(wait, 0.001))
        except TimeoutError:
            self._expire(deadline)
        except OSError:
            count = 0
        if not count:
            self._lose()
            return
        now = time.monotonic()
        if not in_message:
            self._window_start, self._window_bytes = now, 0
        else:
            self._check_pace(count, now)
        self._events += association.receive(self._buffer[:count], now)
        self.flush()
        if association.closing and not self._events:
            raise AssociationEnded("closed")

    def _check_pace(self, count: int, now: float) -> None:
        self._window_bytes += count
        if now - self._window_start > self._timeouts.network:
            if self._window_bytes < _SLOWEST:
                self._expire(None)
            self._window_start, self._window_bytes = now, 0

    def _expire(self, deadline: float | None) -> NoReturn:
        if deadline is not None and time.monotonic() >= deadline:
            self._events += self.association.tick(time.monotonic())
            raise AssociationEnded("artim_expired")
        self.abort()
        raise AssociationEnded("timed_out")

    def _lose(self) -> None:
        if self._stopping:
            self.abort()
            raise AssociationEnded("stopped")
        self._events += self.association.transport_closed()
        if not self._events:
            raise AssociationEnded("closed")

    # ---- messages in

    def next_message(self) -> Message | None:
        """Wait for a request; ``None`` when the peer released the association."""
        message, self._inbox = self._inbox, None
        while message is None:
            between = self._assembler.is_empty and self.association.between_pdus
            self._idle = between
            if self._stopping and between:
                self.abort()
                raise AssociationEnded("stopped")
            if between and self.asides.waiting and self._is_silent():
                self.asides.speak()
            patience = self._timeouts.idle if between else self._timeouts.network
            event = self.next_event(patience, in_message=not between)
            if isinstance(event, ReleaseRequested):
                self.association.respond_release(time.monotonic())
                self.flush()
                return None
            message = self._assemble(event)
            if message is not None and message.command.field == Operation.C_CANCEL:
                message = None  # of an operation that is over already (PS3.7 9.3.2.3)
            if message is not None and message.command.is_response:
                self._hear(message)
                message = None
        self._idle = False
        self.dataset_open = message.command.has_dataset
        self._dataset_context = message.context_id
        return message

    def _is_silent(self) -> bool:
        """Whether the peer says nothing for a moment."""
        return not self._events and not self._transport.readable(_SILENCE)

    def _hear(self, response: Message) -> None:
        """Take a response outside of `read_response`; one that nobody awaits is ignored."""
        self.dataset_open = response.command.has_dataset
        self._dataset_context = response.context_id
        self.skip_dataset()
        self.asides.hear(response.command)

    def _assemble(self, event: AssociationEvent) -> Message | None:
        if not isinstance(event, Fragment):
            self._break(f"{type(event).__name__} in the middle of a message")
        try:
            return self._assembler.add(event)
        except MalformedCommand as error:
            self._break(str(error))

    def _break(self, detail: str) -> NoReturn:
        """Abort because the peer broke the rules of PS3.7."""
        self.abort()
        raise AssociationEnded("protocol_error", detail)

    def read_dataset(self, write: Callable[[Buffer], object]) -> None:
        """Give the data set of the last message to `write`, piece by piece."""
        while self.dataset_open:
            fragment = self.next_event(self._timeouts.network, in_message=True)
            if not isinstance(fragment, Fragment):
                self._break("no data set where one was announced")
            if fragment.is_command or fragment.context_id != self._dataset_context:
                self._break("a command set where a data set was announced")
            self.dataset_open = not fragment.is_last
            write(fragment.data)

    def skip_dataset(self) -> None:
        """Read over what is left of the data set of the last message."""
        self.read_dataset(len)

    def cancelled(self, message_id: int) -> bool:
        """Whether a C-CANCEL for this operation has come; never waits."""
        while self._inbox is None and (self._events or self._transport.readable()):
            event = self.next_event(self._timeouts.network)
            self._note(self._assemble(event))
        return self._cancel_of == message_id

    def _note(self, message: Message | None) -> None:
        if message is None:
            return
        if message.command.field == Operation.C_CANCEL:
            self._cancel_of = message.command.responded_to
        elif message.command.is_response:
            self._hear(message)
        else:
            self._inbox = message  # sent ahead; its turn comes

    def read_response(self, message_id: int, *, patience: float) -> Command:
        """Wait for the response to a request of ours."""
        while True:
            event = self.next_event(patience)
            message = self._assemble(event)
            if message is None:
                continue
            command = message.command
            if command.is_response and command.responded_to == message_id:
                self.dataset_open = command.has_dataset
                self._dataset_context = message.context_id
                return command
            if command.is_response:
                self._hear(message)
                continue
            if command.field != Operation.C_CANCEL:
                self._break("another message in place of a response")
            self._cancel_of = command.responded_to

    # ---- messages out

    def send_message(
        self, context_id: int, command: Command, dataset: Iterable[Buffer] | None = None
    ) -> None:
        """Send a command set, and a data set that comes in pieces.

        An error in making the first piece leaves the association as it is; one
        in making a later piece ends it, for what was begun cannot be taken back.
        """
        self._check_open()
        pieces = iter(() if dataset is None else dataset)
        held: Buffer = next(pieces, b"")
        if command.has_dataset != (dataset is not None):
            command = command._replace(has_dataset=dataset is not None)
        send = self.association.send
        send(context_id, encode_command(command), is_command=True, is_last=True)
        if dataset is not None:
            # One behind: which piece is the last shows when none follows.
            for piece in self._or_abort(pieces):
                send(context_id, held, is_command=False, is_last=False)
                self.flush()
                held = piece
            send(context_id, held, is_command=False, is_last=True)
        if self._held:
            self._held -= 1
        else:
            self.flush()

    def hold(self, count: int) -> None:
        """Have so many messages wait for the one after them, to be sent together."""
        self._held = count

    def _or_abort(self, pieces: Iterator[Buffer]) -> Iterator[Buffer]:
        try:
            yield from pieces
        except SteckelError as error:
            self.abort()
            raise AssociationEnded("cannot_send_on", str(error)) from error

    def flush(self) -> None:
        """Send what is to be sent."""
        output = self.association.output()
        if not output:
            return
        try:
            self._transport.send(output, self._timeouts.network)
        except OSError as error:
            self.association.transport_closed()
            raise AssociationEnded("connection_lost", type(error).__name__) from error

    def abort(self) -> None:
        """Send A-ABORT, if that is possible."""
        self.association.abort(time.monotonic())
        with contextlib.suppress(AssociationEnded):
            self.flush()

    # ---- the end

    def finish(self) -> None:
        """Wait for the peer to close, as long as ARTIM allows, and close.

        Closing at once, with bytes of the peer unread, would destroy what we
        sent last on its way.
        """
        with contextlib.suppress(AssociationEnded, ssl.SSLError):
            while self.association.state is State.STA13 and not self.association.closing:
                self._events.clear()
                self._fill(_FAREWELL if self._stopping else self._timeouts.network)
        self._transport.close()
        self.asides.end()

    def stop(self) -> None:
        """Have the association end after the message it is in (from another thread)."""
        self._stopping = True
        if self._idle:
            self._transport.interrupt()

    def kill(self) -> None:
        """Have the association end now (from another thread)."""
        self._stopping = True
        self._transport.cut()
