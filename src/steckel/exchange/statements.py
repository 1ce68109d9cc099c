"""The statement that keeps a message."""

from typing import Any

from sqlalchemy import Engine, and_, bindparam, case
from sqlalchemy.dialects import postgresql, sqlite

from steckel.exchange.model import State
from steckel.exchange.reading import Reading
from steckel.exchange.schema import messages
from steckel.index.prepared import Prepared

_COLUMNS = (
    *("source", "door", "address", "certificate", "received", "control_id", "type"),
    *("digest", "raw", "state", "reason", "location", "said"),
)
_KEY = ("control_id", "source", "digest")


def keep_statement(engine: Engine) -> Prepared:
    """Return the statement that inserts a message, or counts that it came again.

    One that was kept as an error before, and would be taken now, is to be processed: its
    sender is told that it was accepted. It returns the row's number, state, and repeats.
    """
    insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    new = insert(messages).values({name: bindparam(name) for name in _COLUMNS})
    kept, came = messages.c, new.excluded
    again = and_(kept.state == State.ERROR.value, came.state == State.RECEIVED.value)
    statement = new.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={
            "repeats": kept.repeats + 1,
            "state": case((again, came.state), else_=kept.state),
            "reason": case((again, ""), else_=kept.reason),
            "location": case((again, ""), else_=kept.location),
            "attempts": case((again, kept.attempts + 1), else_=kept.attempts),
        },
    ).returning(kept.pk, kept.state, kept.repeats)
    return Prepared(statement, engine.dialect)


def row_of(reading: Reading) -> dict[str, Any]:
    """Return the values of the statement."""
    fault = reading.fault
    return {
        "source": reading.source,
        "door": reading.origin.door.value,
        "address": reading.origin.address,
        "certificate": reading.origin.certificate,
        "received": reading.received,
        "control_id": reading.control_id,
        "type": reading.type,
        "digest": reading.digest,
        "raw": reading.raw,
        "state": reading.state.value,
        "reason": "" if fault is None else fault.text,
        "location": "" if fault is None else fault.location,
        "said": reading.said,
    }
