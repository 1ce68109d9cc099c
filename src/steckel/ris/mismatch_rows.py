"""The rows of what waits for a person: one per study and kind, opened, closed, opened again."""

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from steckel.index.engine import writing
from steckel.ris import clock
from steckel.ris.model import MismatchKind
from steckel.ris.schema import mismatches

_DAY: Final = 86_400_000
#: Rows in one transaction: nobody waits for long.
_PIECE: Final = 500


class MismatchState(StrEnum):
    """Where a mismatch is."""

    OPEN = "open"
    RESOLVED = "resolved"  #: it is none any more
    ACCEPTED = "accepted"  #: it is one, and that is right


def states_of(
    kinds: frozenset[MismatchKind], decisions: tuple[str, ...]
) -> dict[str, MismatchState]:
    """Return the state of each kind that holds."""
    return {
        kind: MismatchState.ACCEPTED if kind in decisions else MismatchState.OPEN for kind in kinds
    }


def kept_states(connection: Connection, study_uid: str) -> dict[str, str]:
    """Return the states of the rows of a study, by kind."""
    statement = select(mismatches.c.kind, mismatches.c.state).where(
        mismatches.c.study_uid == study_uid
    )
    return {row.kind: row.state for row in connection.execute(statement)}


def changed_states(
    kept: Mapping[str, str], wanted: Mapping[str, MismatchState]
) -> dict[str, MismatchState]:
    """Return the rows that have to say something else; what does not hold is resolved."""
    new = {kind: wanted.get(kind, MismatchState.RESOLVED) for kind in sorted({*kept, *wanted})}
    return {kind: state for kind, state in new.items() if kept.get(kind) != state}


def write_states(
    connection: Connection,
    study_uid: str,
    states: Mapping[str, MismatchState],
    by: str,
    resolution: str,
) -> None:
    """Write rows; what is open again says of nobody that it was put right."""
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    for kind, state in states.items():
        is_open = state is MismatchState.OPEN
        values = {
            "state": state,
            "changed": now,
            "by": "" if is_open else by,
            "resolution": "" if is_open else resolution,
        }
        connection.execute(
            insert(mismatches)
            .values(
                id=secrets.token_hex(12),
                study_uid=study_uid,
                kind=kind,
                details="{}",
                at=now,
                **values,
            )
            .on_conflict_do_update(index_elements=["study_uid", "kind"], set_=values)
        )


def close_all(connection: Connection, study_uid: str, by: str, resolution: str) -> None:
    """Close what waits about a study that is gone."""
    connection.execute(
        update(mismatches)
        .where(mismatches.c.study_uid == study_uid, mismatches.c.state != MismatchState.RESOLVED)
        .values(
            state=MismatchState.RESOLVED,
            changed=clock.now(),
            by=by,
            resolution=resolution,
        )
    )


class MismatchRetention:
    """Deletes what was closed long ago.

    The rule: what is open is never among it, and the log of what was put right is not touched:
    it is the evidence of who decided what.
    """

    def __init__(self, engine: Engine, days: int) -> None:
        self._engine = engine
        self._days = days  #: zero: everything is kept

    def run(self, now: int) -> int:
        """Delete a piece of what is too old, `now` in milliseconds since 1970; return how many.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        if not self._days:
            return 0
        closed = mismatches.c.state.in_([MismatchState.ACCEPTED, MismatchState.RESOLVED])
        is_old = mismatches.c.changed < now - self._days * _DAY
        with self._engine.connect() as connection:
            old = select(mismatches.c.pk).where(closed, is_old).limit(_PIECE)
            those = list(connection.scalars(old))
        if not those:
            return 0
        with writing(self._engine) as connection:
            gone = delete(mismatches).where(mismatches.c.pk.in_(those), closed, is_old)
            return connection.execute(gone).rowcount
