"""Letting go of what was sent, and of events that everybody has heard.

The rule: what waits or is parked is never among them.
"""

from typing import Final

from sqlalchemy import Engine, delete, func, select

from steckel.exchange.outbound.model import DeliveryState
from steckel.exchange.schema import deliveries, destinations
from steckel.index.engine import writing
from steckel.ris.schema import events, matching_progress

_DAY: Final = 86_400_000
_OVER: Final = (DeliveryState.SENT.value, DeliveryState.DROPPED.value)
#: Rows in one transaction: nobody waits for long.
_PIECE: Final = 500


class OutboundRetention:
    """Deletes by age."""

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
        before = now - self._days * _DAY
        sent = (
            select(deliveries.c.pk)
            .where(deliveries.c.created < before, deliveries.c.state.in_(_OVER))
            .order_by(deliveries.c.created)
            .limit(_PIECE)
        )
        with self._engine.connect() as connection:
            old = list(connection.scalars(sent))
            oldest = select(events.c.pk, events.c.at).order_by(events.c.pk).limit(_PIECE)
            for heard in (
                connection.execute(select(func.min(destinations.c.seen))).scalar(),
                connection.execute(select(func.min(matching_progress.c.event))).scalar(),
            ):
                if heard is not None:
                    oldest = oldest.where(events.c.pk <= heard)
            past = [row.pk for row in connection.execute(oldest) if row.at < before]
        if not old and not past:
            return 0
        with writing(self._engine) as connection:
            gone = connection.execute(delete(deliveries).where(deliveries.c.pk.in_(old))).rowcount
            return gone + connection.execute(delete(events).where(events.c.pk.in_(past))).rowcount
