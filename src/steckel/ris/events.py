"""Telling others what happened: rows written with what they tell of, in one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, insert

from steckel.ris.model import EventKind
from steckel.ris.schema import events

_SOURCE = "steckel_told_by"


@contextmanager
def told_by(connection: Connection, source: str) -> Iterator[None]:
    """Note in the events of this block who told what they tell of: ``APP^FACILITY``.

    It is noted beside the connection, which one thread has for the time of the block: so
    nobody is told again what they said themselves.
    """
    connection.info[_SOURCE] = source
    try:
        yield
    finally:
        connection.info.pop(_SOURCE, None)


_TELL = insert(events)


def tell(
    connection: Connection, kind: EventKind, identity: str, facts: Mapping[str, Any], at: int
) -> None:
    """Note an event about a patient, with what a message about it needs beside the tables."""
    source = connection.info.get(_SOURCE)
    if source:
        facts = {**facts, "source": source}
    connection.execute(
        _TELL, {"kind": kind, "identity": identity, "json": orjson.dumps(facts).decode(), "at": at}
    )
