"""Making an anchor for each day that is over, and handing anchors out."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, insert, select, update

from steckel.audit.anchor_document import Anchor, Head, write_anchor
from steckel.audit.chain import digest_of
from steckel.audit.schema import audit_anchors, audit_chains, audit_events
from steckel.errors import NotFound
from steckel.index.engine import writing

#: Milliseconds after midnight until a day counts as over: no transaction takes longer.
_GRACE: Final = 3_600_000
_DAY: Final = timedelta(days=1)
_E: Final = audit_events.c

Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnchor:
    """An anchor, and what became of it. Moments are milliseconds since 1970, or zero."""

    day: str
    hash: str
    document: str
    made: int
    exported: int
    pruned: int


class Anchors:
    """Thread-safe; blocking. Made by one process at a time (the worker, or a command)."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def all(self) -> list[KeptAnchor]:
        """Return all anchors, the newest first."""
        statement = select(audit_anchors).order_by(audit_anchors.c.day.desc())
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(statement)]

    def make(self) -> list[str]:
        """Make the anchors of all days that are over; return those days."""
        now = int(self._clock() * 1000)
        made: list[str] = []
        while True:
            with writing(self._engine, durable=True) as connection:
                day = self._next_day(connection, now - _GRACE)
                if day is None:
                    return made
                _make(connection, day, now)
            made.append(day.isoformat())

    def export(self, day: str) -> str:
        """Return the document of a day, and note that somebody has it; or raise `NotFound`."""
        now = int(self._clock() * 1000)
        here = audit_anchors.c.day == day
        with writing(self._engine, durable=True) as connection:
            body = connection.execute(select(audit_anchors.c.body).where(here)).scalar()
            if body is None:
                raise NotFound("there is no anchor of this day")
            connection.execute(update(audit_anchors).where(here).values(exported=now))
        return str(body)

    def _next_day(self, connection: Connection, before: int) -> date | None:
        """Return the first day without an anchor that has events and is over."""
        last = connection.execute(select(func.max(audit_anchors.c.day))).scalar()
        statement = select(func.min(_E.written))
        if last is not None:
            statement = statement.where(_E.written >= _start(date.fromisoformat(last) + _DAY))
        first = connection.execute(statement).scalar()
        if first is None:
            return None
        day = datetime.fromtimestamp(first / 1000, UTC).date()
        return day if _start(day + _DAY) <= before else None


def _make(connection: Connection, day: date, now: int) -> None:
    first, end = _start(day), _start(day + _DAY)
    last = (
        select(_E.chain_pk, func.max(_E.number).label("number"))
        .where(_E.written >= first, _E.written < end)
        .group_by(_E.chain_pk)
        .subquery()
    )
    rows = connection.execute(
        select(audit_chains.c.name, _E.number, _E.hash)
        .join(last, (last.c.chain_pk == _E.chain_pk) & (last.c.number == _E.number))
        .join(audit_chains, audit_chains.c.pk == _E.chain_pk)
        .order_by(audit_chains.c.name)
    ).all()
    before = connection.execute(
        select(audit_anchors.c.hash).order_by(audit_anchors.c.day.desc()).limit(1)
    ).scalar()
    heads = tuple(Head(chain=row.name, number=row.number, hash=row.hash) for row in rows)
    document = write_anchor(Anchor(day=day.isoformat(), previous=before or "", heads=heads))
    values = {"day": day.isoformat(), "body": document, "hash": digest_of(document), "made": now}
    connection.execute(insert(audit_anchors).values(**values))


def _start(day: date) -> int:
    """Return the beginning of a day (UTC) in milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _kept(row: Any) -> KeptAnchor:
    return KeptAnchor(
        day=row.day,
        hash=row.hash,
        document=row.body,
        made=row.made,
        exported=row.exported,
        pruned=row.pruned,
    )
