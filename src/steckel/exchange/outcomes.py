"""Telling those who wait what was made of a message: application acknowledgements."""

import threading
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Engine, select

from steckel.exchange.model import Outcome, State
from steckel.exchange.schema import messages

Told = Callable[[Outcome], None]

#: Numbers in one question.
_AT_ONCE = 500


class Outcomes:
    """Who waits for which message; thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: dict[int, list[Told]] = {}

    def expect(self, pk: int, told: Told) -> None:
        """Call `told`, in another thread, when something was made of a message.

        It may have been already: `ask` finds that out.
        """
        with self._lock:
            self._waiting.setdefault(pk, []).append(told)

    def tell(self, outcomes: Mapping[int, Outcome]) -> None:
        """Tell what was made of messages; called after it was committed."""
        for pk, outcome in outcomes.items():
            with self._lock:
                those = self._waiting.pop(pk, ())
            for told in those:
                told(outcome)

    def ask(self) -> None:
        """Find out what others made of messages that are waited for.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        with self._lock:
            numbers = list(self._waiting)
        for start in range(0, len(numbers), _AT_ONCE):
            self.tell(self._read(numbers[start : start + _AT_ONCE]))

    def _read(self, numbers: Sequence[int]) -> dict[int, Outcome]:
        columns = messages.c
        question = select(columns.pk, columns.state, columns.reason, columns.location).where(
            columns.pk.in_(numbers), columns.state != State.RECEIVED.value
        )
        with self._engine.connect() as connection:
            return {
                row.pk: Outcome(state=State(row.state), reason=row.reason, location=row.location)
                for row in connection.execute(question)
            }
