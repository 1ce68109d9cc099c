"""Command sets out of fragments (PS3.7 6.3.1, PS3.8 E.2).

A message is a command set and, where it says so, a data set in the same
presentation context. The command set is gathered, it is small; the data set
is the reader's to take piece by piece, and never kept in here.
"""

from typing import NamedTuple

from steckel.dimse.wire.command import Command, MalformedCommand, decode_command
from steckel.upperlayer.pdu import Fragment

#: Far beyond any command set: the longest has about a thousand bytes.
MAX_COMMAND_LENGTH = 1 << 16


class Message(NamedTuple):
    """A command set that has come in; its data set may still be on the way."""

    context_id: int
    command: Command


class CommandAssembler:
    """Gathers the fragments of one command set after the other."""

    def __init__(self) -> None:
        self._parts = bytearray()
        self._context_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no command set has begun."""
        return self._context_id is None

    def add(self, fragment: Fragment) -> Message | None:
        """Take a fragment; return the message when its command set is complete.

        Raises
        ------
        MalformedCommand
            The fragments make no command set.
        """
        if not fragment.is_command:
            raise MalformedCommand("a data set without a command set before it")
        if self._context_id not in (None, fragment.context_id):
            raise MalformedCommand("a command set goes on in another presentation context")
        if len(self._parts) + len(fragment.data) > MAX_COMMAND_LENGTH:
            raise MalformedCommand("a command set is too long")
        self._context_id = fragment.context_id
        self._parts += fragment.data
        if not fragment.is_last:
            return None
        command = decode_command(self._parts)
        self._parts.clear()
        self._context_id = None
        return Message(context_id=fragment.context_id, command=command)
