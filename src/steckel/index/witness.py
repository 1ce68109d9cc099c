"""What a change says of itself, written in the change's own transaction.

Whoever begins a change (a door, a command) says in `witnessed` what is to be written with it;
`engine.writing` lets it be written before the commit, so that there is never a change without
its record, nor a record of what was rolled back. It follows the change into the threads that
work for it, and needs no parameter of the rooms between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from sqlalchemy import Connection


class Witness(Protocol):
    """Writes what happened."""

    def testify(self, connection: Connection) -> None:
        """Write it as the last thing of a transaction; do nothing if it is written already.

        Raises
        ------
        SteckelError
            It cannot be written: the change is rolled back.
        """

    def committed(self) -> None:
        """Take note that the transaction was committed."""


_present: ContextVar[Witness | None] = ContextVar("steckel_witness", default=None)


@contextmanager
def witnessed(witness: Witness) -> Iterator[None]:
    """Have the changes of a block witnessed."""
    token = _present.set(witness)
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def unwitnessed() -> Iterator[None]:
    """Have a block's changes go by: what is written for its own sake, not for who asked."""
    token = _present.set(None)
    try:
        yield
    finally:
        _present.reset(token)


def present_witness() -> Witness | None:
    """Return who witnesses what is done here."""
    return _present.get()
