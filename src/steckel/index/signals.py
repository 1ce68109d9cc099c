"""Numbers that commits leave, so that others see what changed (`query.changes`)."""

from typing import Final

from sqlalchemy import Connection, delete, insert, update

from steckel.index.schema import clock

CHANGE_CLOCK: Final = 1
QUARANTINE_CLOCK: Final = 2
REPORT_CLOCK: Final = 3  #: up to which change reports were put into new studies


def tick(connection: Connection) -> int:
    """Take the number of the next change; holds the clock until the commit."""
    statement = (
        update(clock)
        .where(clock.c.pk == CHANGE_CLOCK)
        .values(value=clock.c.value + 1)
        .returning(clock.c.value)
    )
    return int(connection.execute(statement).scalar_one())


def signal_quarantine(connection: Connection) -> None:
    """Say that the quarantine changed; part of the caller's transaction."""
    now = tick(connection)
    connection.execute(delete(clock).where(clock.c.pk == QUARANTINE_CLOCK))
    connection.execute(insert(clock).values(pk=QUARANTINE_CLOCK, value=now))
