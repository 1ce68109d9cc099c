"""What we say to a peer unasked, on an association that it opened (PS3.7 10.1.1).

A notification waits until the peer is silent, so that it comes between the peer's own
operations. Its answer comes when it comes: between or within other messages.
"""

from collections.abc import Callable

from steckel.dimse.wire.command import Command

#: Says something; may send on the channel.
Say = Callable[[], None]
#: Is told the status of the answer; ``None`` when the association ended without one.
Heard = Callable[[int | None], None]

#: Message IDs of sub-operations (C-GET) count from 1; ours are beyond what they reach soonest.
_FIRST, _LAST = 0x8000, 0xFFFF


class Asides:
    """What is still to be said on one association, and to be answered. Not thread-safe."""

    def __init__(self) -> None:
        self._waiting: list[Say] = []
        self._awaited: dict[int, Heard] = {}
        self._message_id = _FIRST

    @property
    def waiting(self) -> bool:
        """Whether there is something to say."""
        return bool(self._waiting)

    def add(self, say: Say) -> None:
        """Have something said when the peer is silent."""
        self._waiting.append(say)

    def speak(self) -> None:
        """Say all that waits."""
        waiting, self._waiting = self._waiting, []
        for say in waiting:
            say()

    def expect(self, heard: Heard) -> int:
        """Return the Message ID for a request of ours, and who is to be told of the answer."""
        message_id = self._message_id
        self._message_id = _FIRST if message_id == _LAST else message_id + 1
        self._awaited[message_id] = heard
        return message_id

    def hear(self, response: Command) -> bool:
        """Take a response; whether it is one to a request of ours."""
        heard = self._awaited.pop(response.responded_to or 0, None)
        if heard is None:
            return False
        # A response without a status would be no answer; take it for a failure.
        heard(0x0110 if response.status is None else response.status)
        return True

    def end(self) -> None:
        """The association is over: nobody will answer any more."""
        awaited, self._awaited = self._awaited, {}
        for heard in awaited.values():
            heard(None)
