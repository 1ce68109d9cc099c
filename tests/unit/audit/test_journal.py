"""Recording: in batches, at once, with a change, and while the database fails."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select
from tests.databases import Index
from tests.unit.audit.happenings import looked_at

from steckel.audit.acting import acting, concern, describe
from steckel.audit.document import event_of
from steckel.audit.event import Event, Study
from steckel.audit.journal import Journal
from steckel.audit.kinds import Action, Kind, Outcome
from steckel.audit.ledger import Ledger
from steckel.audit.refusals import NotRecorded
from steckel.audit.schema import audit_events
from steckel.audit.spool import Spool, adopt
from steckel.audit.verification import ChainVerification
from steckel.errors import StorageFailure
from steckel.index.engine import writing
from steckel.index.schema import patients, studies

NAMED = '{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Berg^Anna"}]}}'


class FailingLedger(Ledger):
    """Fails as long as it is told to."""

    fails = False

    def write(self, events: Sequence[Event]) -> None:
        if self.fails:
            raise StorageFailure("the disk of the index failed")
        super().write(events)

    def append(self, connection: Connection, events: Sequence[Event]) -> None:
        if self.fails:
            raise StorageFailure("the disk of the index failed")
        super().append(connection, events)


def journal_of(engine: Engine, folder: Path) -> tuple[Journal, FailingLedger]:
    ledger = FailingLedger(engine, "test")
    return Journal(ledger, Spool(folder, ledger.name)), ledger


def recorded(engine: Engine) -> list[Event]:
    with engine.connect() as connection:
        rows = connection.execute(select(audit_events.c.body).order_by(audit_events.c.pk))
        return [event_of(body) for body in rows.scalars()]


def a_study(engine: Engine, uid: str = "1.2.3") -> None:
    with writing(engine) as connection:
        identity = "id\x1fCLINIC\x1fP-1"
        values = {"identity": identity, "issuer": "CLINIC", "patient_id": "P-1", "json": NAMED}
        added = connection.execute(insert(patients).values(**values))
        assert added.inserted_primary_key
        connection.execute(
            insert(studies).values(
                uid=uid,
                patient_pk=added.inserted_primary_key[0],
                patient_name="berg^anna",
                accession="A7",
                json=NAMED,
                received=0,
                changed=0,
                created=0,
            )
        )


def test_what_was_recorded_is_there_when_the_process_ends(engine: Engine, tmp_path: Path) -> None:
    journal, _ = journal_of(engine, tmp_path)
    for at in range(1200):
        journal.record(looked_at(at=at))
    journal.stop()
    assert [event.at for event in recorded(engine)] == list(range(1200))
    assert ChainVerification(engine).run().is_sound
    assert not list(tmp_path.iterdir())


def test_what_is_recorded_now_is_there_now(engine: Engine, tmp_path: Path) -> None:
    journal, _ = journal_of(engine, tmp_path)
    journal.record_now(looked_at())
    assert len(recorded(engine)) == 1
    journal.stop()


def test_whose_study_it_is_is_filled_in(engine: Engine, tmp_path: Path) -> None:
    a_study(engine)
    journal, _ = journal_of(engine, tmp_path)
    journal.record_now(looked_at())
    journal.stop()
    (event,) = recorded(engine)
    assert event.patient is not None
    assert (event.patient.id, event.patient.issuer, event.patient.name) == (
        "P-1",
        "CLINIC",
        "Berg^Anna",
    )
    assert event.study == Study(uid="1.2.3", accession="A7")


def test_while_the_database_fails_changes_are_refused_and_events_wait_in_the_spool(
    engine: Engine, tmp_path: Path
) -> None:
    journal, ledger = journal_of(engine, tmp_path)
    ledger.fails = True
    with pytest.raises(NotRecorded):
        journal.record_now(looked_at(at=1))
    assert journal.is_failing
    journal.record(looked_at(at=2))
    journal.stop()
    (file,) = tmp_path.iterdir()
    assert b'"at":2' in file.read_bytes()
    assert recorded(engine) == []
    # Who starts next brings it in, once.
    healthy = Ledger(engine, "test")
    assert adopt(tmp_path, healthy.write) == 1
    assert adopt(tmp_path, healthy.write) == 0
    assert [event.at for event in recorded(engine)] == [2]


def test_recording_goes_on_when_the_database_is_back(engine: Engine, tmp_path: Path) -> None:
    journal, ledger = journal_of(engine, tmp_path)
    ledger.fails = True
    with pytest.raises(NotRecorded):
        journal.record_now(looked_at(at=1))
    journal.record(looked_at(at=2))
    ledger.fails = False
    journal.stop()
    assert [event.at for event in recorded(engine)] == [2]
    assert not journal.is_failing
    assert not list(tmp_path.iterdir())


def test_what_is_under_way_lies_in_the_spool(engine: Engine, tmp_path: Path) -> None:
    ledger = Ledger(engine, "test")
    under_way = [looked_at(at=7)]
    journal = Journal(ledger, Spool(tmp_path, ledger.name), lambda: list(under_way))
    journal.record_now(looked_at(at=1))
    journal.record_now(looked_at(at=2))  # what the first wrote is in the spool by now
    (file,) = tmp_path.iterdir()
    assert b'"at":7' in file.read_bytes()
    assert adopt(tmp_path, ledger.write) == 0  # its process lives
    under_way.clear()
    journal.stop()
    assert not list(tmp_path.iterdir())


def _deletion() -> Event:
    return Event(kind=Kind.STUDY_DELETED, at=5, action=Action.DELETE, study=Study(uid="1.2.3"))


def test_a_change_and_its_record_are_one_transaction(engine: Engine, tmp_path: Path) -> None:
    a_study(engine)
    journal, _ = journal_of(engine, tmp_path)
    act = journal.begin(_deletion())
    with acting(act):
        describe(why="asked for")
        with writing(engine) as connection:
            connection.execute(studies.delete())
    journal.finish(act)
    journal.stop()
    (event,) = recorded(engine)
    assert event.patient is not None
    assert event.patient.id == "P-1"
    assert event.details == {"why": "asked for"}


def test_a_change_that_is_rolled_back_is_not_recorded_as_done(
    engine: Engine, tmp_path: Path
) -> None:
    a_study(engine)
    journal, _ = journal_of(engine, tmp_path)
    act = journal.begin(_deletion())

    def fail() -> None:
        with acting(act), writing(engine) as connection:
            connection.execute(studies.delete())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    journal.finish(act, Outcome.MINOR_FAILURE, "it failed")
    journal.stop()
    assert [(one.outcome, one.reason) for one in recorded(engine)] == [
        (Outcome.MINOR_FAILURE, "it failed")
    ]


def test_a_change_that_cannot_be_recorded_does_not_happen(engine: Engine, tmp_path: Path) -> None:
    a_study(engine)
    journal, ledger = journal_of(engine, tmp_path)
    act = journal.begin(_deletion())
    ledger.fails = True

    def change() -> None:
        with acting(act), writing(engine) as connection:
            connection.execute(studies.delete())

    with pytest.raises(StorageFailure):
        change()
    journal.stop()
    with engine.connect() as connection:
        assert connection.execute(select(studies.c.uid)).scalars().all() == ["1.2.3"]


def test_what_concerns_several_studies_is_an_event_for_each(
    index: Index, engine: Engine, tmp_path: Path
) -> None:
    journal, _ = journal_of(engine, tmp_path)
    act = journal.begin(Event(kind=Kind.STUDY_CHANGED, at=5))
    with acting(act):
        for uid in ("1.2.3", "1.2.4", "1.2.3"):
            concern(study=uid)
    journal.finish(act)
    journal.stop()
    assert [one.study and one.study.uid for one in recorded(index.open())] == ["1.2.3", "1.2.4"]


def test_who_keeps_no_record_is_not_disturbed(engine: Engine) -> None:
    concern(study="1.2.3")
    describe(role="admin")
    with writing(engine) as connection:
        connection.execute(select(studies.c.pk))
    assert recorded(engine) == []
