"""Telling others what happened: rows written with what they tell of, in one transaction."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, insert

from steckel.ris.model import EventKind
from steckel.ris.schema import events


def tell(
    connection: Connection, kind: EventKind, identity: str, facts: Mapping[str, Any], at: int
) -> None:
    """Note an event about a patient, with what a message about it needs beside the tables."""
    connection.execute(
        insert(events).values(
            kind=kind, identity=identity, json=orjson.dumps(facts).decode(), at=at
        )
    )
