"""What happened, in order, for live lists (`web.ports.live.ChangeFeed`)."""

from collections.abc import Sequence

from sqlalchemy import Engine, func, select

from steckel.index.schema import clock, deletions, quarantine, studies
from steckel.index.signals import CHANGE_CLOCK, QUARANTINE_CLOCK
from steckel.query.catalogue_model import Change, ChangeKind, QuarantineChange, StudyChange

#: Changes told at once; more than one commit of the index writer can hold.
_MOST = 500


class Changes:
    """Reads the numbers that every commit leaves. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def latest(self) -> int:
        """Return the number of the last change."""
        with self._engine.connect() as connection:
            statement = select(clock.c.value).where(clock.c.pk == CHANGE_CLOCK)
            return int(connection.execute(statement).scalar_one())

    def changes_since(self, sequence: int) -> Sequence[Change]:
        """Return the changes with a higher number, oldest first; a long list is cut."""
        changed = (
            select(studies.c.uid, studies.c.changed, studies.c.created)
            .where(studies.c.changed > sequence)
            .order_by(studies.c.changed)
            .limit(_MOST)
        )
        deleted = (
            select(deletions).where(deletions.c.changed > sequence).order_by(deletions.c.changed)
        ).limit(_MOST)
        waiting = select(clock.c.value).where(
            clock.c.pk == QUARANTINE_CLOCK, clock.c.value > sequence
        )
        found: list[Change] = []
        with self._engine.connect() as connection:
            for row in connection.execute(changed):
                kind = ChangeKind.NEW if row.created > sequence else ChangeKind.CHANGED
                found.append(StudyChange(sequence=row.changed, uid=row.uid, kind=kind))
            found += [
                StudyChange(sequence=row.changed, uid=row.study_uid, kind=ChangeKind.DELETED)
                for row in connection.execute(deleted)
            ]
            now = connection.execute(waiting).scalar()
            if now is not None:
                count = connection.execute(
                    select(func.count()).select_from(quarantine)
                ).scalar_one()
                found.append(QuarantineChange(sequence=now, count=count))
        return _whole_commits(sorted(found, key=lambda change: change.sequence))


def _whole_commits(found: list[Change]) -> list[Change]:
    """Cut a long list where a commit ends: all of a commit have one number."""
    if len(found) < _MOST:
        return found
    cut = found[_MOST - 1].sequence
    return [change for change in found if change.sequence < cut] or found
