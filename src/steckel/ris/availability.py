"""Telling once that a study is here, when nothing more of it came for a while.

Told again when instances were added since, so that who fetched it can fetch the rest. What is
kept names the study by its UID: an index that was made anew tells nothing twice.
"""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from steckel.index.schema import corrections, patients, studies
from steckel.ris import clock
from steckel.ris.events import tell
from steckel.ris.model import EventKind
from steckel.ris.orders import refresh_orders
from steckel.ris.schema import availability


def is_untold(connection: Connection, study_uid: str) -> bool:
    """Whether a study has instances of which nobody was told."""
    row = connection.execute(
        select(studies.c.instances, availability.c.instances)
        .outerjoin(availability, availability.c.study_uid == studies.c.uid)
        .where(studies.c.uid == study_uid)
    ).first()
    return row is not None and row[0] != (row[1] or 0)


def make_available(connection: Connection, study_uid: str, begun: int) -> bool:
    """Note that a study is quiet; whether that was told.

    What arrived before `begun` (milliseconds since 1970) was there when nobody listened:
    it is noted, and not told.
    """
    row = connection.execute(
        select(
            studies.c.instances,
            studies.c.received,
            studies.c.accession,
            patients.c.identity,
            corrections.c.order_key,
            availability.c.instances.label("told"),
        )
        .join(patients, studies.c.patient_pk == patients.c.pk)
        .outerjoin(corrections, corrections.c.study_uid == studies.c.uid)
        .outerjoin(availability, availability.c.study_uid == studies.c.uid)
        .where(studies.c.uid == study_uid)
    ).first()
    if row is None or row.instances == (row.told or 0):
        return False
    now = clock.now()
    _note(connection, study_uid, row.instances, now)
    is_old = row.told is None and row.received < begun
    is_told = row.instances > (row.told or 0) and not is_old
    if is_told:
        facts = {
            "study": study_uid,
            "accession": row.accession,
            "order": row.order_key or "",
            "instances": row.instances,
            "before": row.told or 0,
        }
        tell(connection, EventKind.STUDY_AVAILABLE, row.identity, facts, now)
    if row.order_key:
        refresh_orders(connection, [row.order_key])
    return is_told


def forget_availability(connection: Connection, study_uid: str) -> None:
    """Note that a study is gone; should it come again, that is told."""
    connection.execute(delete(availability).where(availability.c.study_uid == study_uid))


def _note(connection: Connection, study_uid: str, instances: int, now: int) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"instances": instances, "at": now}
    connection.execute(
        insert(availability)
        .values(study_uid=study_uid, **values)
        .on_conflict_do_update(index_elements=["study_uid"], set_=values)
    )
