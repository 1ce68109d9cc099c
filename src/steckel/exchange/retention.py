"""Letting go of old messages.

The rule: what waits, and what failed, is never among them.
"""

from sqlalchemy import Engine, delete, select

from steckel.exchange.model import State
from steckel.exchange.schema import messages
from steckel.index.engine import writing

_DAY = 86_400_000
_FINISHED = (State.PROCESSED.value, State.WARNING.value, State.IGNORED.value)
#: Messages in one transaction: nobody waits for long.
_PIECE = 200


class Retention:
    """Deletes messages by their age."""

    def __init__(self, engine: Engine, days: int) -> None:
        self._engine = engine
        self._days = days

    def run(self, now: int) -> int:
        """Delete a piece of what is too old, `now` in milliseconds since 1970; return how many.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        if not self._days:
            return 0
        oldest = (
            select(messages.c.pk)
            .where(messages.c.received < now - self._days * _DAY, messages.c.state.in_(_FINISHED))
            .order_by(messages.c.received)
            .limit(_PIECE)
        )
        with self._engine.connect() as connection:
            those = list(connection.scalars(oldest))
        if not those:
            return 0
        gone = delete(messages).where(messages.c.pk.in_(those), messages.c.state.in_(_FINISHED))
        with writing(self._engine) as connection:
            return connection.execute(gone).rowcount
