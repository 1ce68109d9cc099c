"""Letting go of old days, where a site says after how many years. By default nothing ever goes.

The rule: only whole days go, and only those whose anchor was exported: the anchor stays, here
and wherever it was taken to, so that the rest of a chain still proves what it follows on.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy import Connection, Engine, delete, select, update

from steckel.audit.anchor_document import Head, read_anchor
from steckel.audit.schema import audit_anchors, audit_chains, audit_events, audit_positions
from steckel.index.engine import writing

_log = structlog.get_logger(__name__)

#: Rows of one transaction: others want to write meanwhile.
_AT_ONCE: Final = 5000


class AuditRetention:
    """Blocking; run by one process at a time."""

    def __init__(
        self,
        engine: Engine,
        years: int,
        destinations: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._years = years
        self._destinations = destinations
        self._clock = clock

    def run(self) -> int:
        """Remove what is older than the years that are set; return how many days went."""
        if not self._years:
            return 0
        days = 0
        for day, body in self._due():
            anchor = read_anchor(body)
            went = [self._prune(head) for head in anchor.heads]
            if not all(went):
                break
            with writing(self._engine) as connection:
                values = {"pruned": int(self._clock() * 1000)}
                here = audit_anchors.c.day == day
                connection.execute(update(audit_anchors).where(here).values(**values))
            _log.info("audit_day_pruned", day=day)
            days += 1
        return days

    def _due(self) -> list[tuple[str, str]]:
        """Return the oldest days as far as each is due and was exported; none beyond a gap."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        last = f"{now.year - self._years:04}{now:-%m-%d}"
        statement = (
            select(audit_anchors)
            .where(audit_anchors.c.day < last, audit_anchors.c.pruned == 0)
            .order_by(audit_anchors.c.day)
        )
        due = []
        with self._engine.connect() as connection:
            for row in connection.execute(statement):
                if not row.exported:
                    break
                due.append((row.day, row.body))
        return due

    def _prune(self, head: Head) -> bool:
        """Remove the beginning of a chain; return whether it could go."""
        with writing(self._engine, durable=True) as connection:
            here = audit_chains.c.name == head.chain
            chain = connection.execute(select(audit_chains).where(here)).first()
            if chain is None:
                return True
            if self._is_wanted(connection, chain.pk, head):
                return False
            if chain.pruned < head.number:
                values = {"pruned": head.number, "base": head.hash}
                connection.execute(update(audit_chains).where(here).values(**values))
        while True:
            old = select(audit_events.c.pk).where(
                audit_events.c.chain_pk == chain.pk, audit_events.c.number <= head.number
            )
            with writing(self._engine) as connection:
                some = delete(audit_events).where(audit_events.c.pk.in_(old.limit(_AT_ONCE)))
                if connection.execute(some).rowcount < _AT_ONCE:
                    return True

    def _is_wanted(self, connection: Connection, chain_pk: int, head: Head) -> bool:
        """Whether a destination has not yet got what would go."""
        there = select(audit_positions.c.destination).where(
            audit_positions.c.chain_pk == chain_pk, audit_positions.c.number >= head.number
        )
        return bool(set(self._destinations) - set(connection.execute(there).scalars()))
