from datetime import UTC

import pytest
from sqlalchemy import Engine, select
from tests.databases import Index
from tests.unit.exchange.outbound.doubles import (
    NOW,
    PATIENT,
    author,
    change_patient,
    fill,
    messages,
    rows,
    say_order,
    set_up,
)

from steckel.errors import StorageFailure
from steckel.exchange.inbound.interpreter import MessageInterpreter
from steckel.exchange.model import Received
from steckel.exchange.outbound import queue as queue_module
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.queue import Queue
from steckel.exchange.processing import Processor
from steckel.exchange.profile import Profile
from steckel.exchange.profiles import Profiles
from steckel.exchange.schema import destinations
from steckel.exchange.schema import messages as table
from steckel.index.engine import is_sqlite, writing
from steckel.ris.department import Department
from steckel.ris.events import tell
from steckel.ris.model import (
    EventKind,
    MergeStatement,
    OrderStatus,
    PatientKey,
    ReportStatement,
    ReportStatus,
)
from steckel.ris.registers import Moment

OTHER = PatientKey(patient_id="P2", issuer="HOSPITAL")


def say_report(engine: Engine, status: ReportStatus, at: int, text: str = "normal") -> None:
    statement = ReportStatement(
        key="RF-1",
        patient=PATIENT,
        moment=Moment(at=at),
        status=status,
        title="CT chest",
        text=text,
        accession="ACC1",
        filler="F-1",
        study_uids=("1.2.3",),
    )
    with writing(engine) as connection:
        Department(engine).say_report(connection, statement)


def merge(engine: Engine, survivor: PatientKey | None, at: int) -> None:
    statement = MergeStatement(prior=OTHER, survivor=survivor, moment=Moment(at=at), by="admin")
    with writing(engine) as connection:
        Department(engine).merge(connection, statement)


def types(engine: Engine, name: str = "RIS") -> list[str]:
    return [message.type for message in messages(engine, name)]


def test_each_event_is_one_message_for_each_destination_that_wants_it(engine: Engine) -> None:
    set_up(engine, "RIS")
    set_up(engine, "EMR", patient_message="A31")
    set_up(engine, "DEAF", events=["report"])
    change_patient(engine, "DOE", NOW)
    fill(engine)
    fill(engine)
    assert types(engine, "RIS") == ["ADT^A08"]
    assert types(engine, "EMR") == ["ADT^A31"]
    assert types(engine, "DEAF") == []


def test_a_new_destination_hears_what_happens_from_then_on(engine: Engine) -> None:
    change_patient(engine, "BEFORE", NOW)
    set_up(engine)
    change_patient(engine, "AFTER", NOW + 1)
    fill(engine)
    assert [message.value("PID-5") for message in messages(engine)] == ["AFTER"]


def test_many_events_are_read_in_pieces(engine: Engine) -> None:
    set_up(engine)
    for number in range(205):
        with writing(engine) as connection:
            tell(connection, EventKind.PATIENT_CHANGED, PATIENT.identity, {}, NOW + number)
    queue = Queue(engine, author())
    assert [queue.fill(), queue.fill(), queue.fill()] == [True, True, False]
    assert len(rows(engine)) == 205


def test_two_processes_that_read_the_same_events_make_each_message_once(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = index.open(), index.open()
    set_up(first)
    change_patient(first, "DOE", NOW)
    mine, other = Queue(first, author()), Queue(second, author())
    render, raced = queue_module.render, []

    def render_late(*arguments: object) -> object:
        if not raced:
            raced.append(True)
            other.fill()
        return render(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(queue_module, "render", render_late)
    mine.fill()
    assert raced
    assert len(rows(first)) == 1


def test_a_failure_of_the_database_leaves_the_position_as_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(engine)
    change_patient(engine, "DOE", NOW)

    def fail(*_: object) -> None:
        raise StorageFailure("the index failed")

    with monkeypatch.context() as patched:
        patched.setattr(queue_module, "find_occasion", fail)
        with pytest.raises(StorageFailure):
            fill(engine)
    fill(engine)
    assert len(rows(engine)) == 1


def test_an_event_that_we_fail_at_is_put_aside_and_the_next_goes_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(engine, events=["patient-changed", "order-status", "order-placed"])
    change_patient(engine, "DOE", NOW)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("DOE^JANE")

    with monkeypatch.context() as patched:
        patched.setattr(queue_module, "render", fail)
        fill(engine)
    say_order(engine, OrderStatus.SCHEDULED, NOW)
    fill(engine)
    (broken, fine) = rows(engine)
    assert (broken.state, broken.size, broken.type) == ("parked", 0, "patient-changed")
    assert "DOE" not in broken.reason
    assert fine.state == "waiting"


def test_what_the_character_set_lacks_waits_for_a_person(engine: Engine) -> None:
    set_up(engine, charset="8859/1")
    change_patient(engine, "Kowalczyński", NOW)
    fill(engine)
    (row,) = rows(engine)
    assert row.state == "parked"
    assert row.reason.startswith("character U+0144 is not in")
    (message,) = messages(engine)
    assert message.value("MSH-18") == "UNICODE UTF-8"
    assert message.value("PID-5") == "Kowalczyński"


def test_every_step_of_an_order_is_told_with_its_own_status(engine: Engine) -> None:
    set_up(engine, events=["order-placed", "order-status"])
    for at, status in enumerate(
        (OrderStatus.SCHEDULED, OrderStatus.IN_PROGRESS, OrderStatus.COMPLETED)
    ):
        say_order(engine, status, NOW + at)
    fill(engine)
    said = [(one.value("ORC-1"), one.value("ORC-5")) for one in messages(engine)]
    assert said == [("SN", "CM"), ("SC", "IP"), ("SC", "CM")]
    last = messages(engine)[-1]
    assert last.version == "2.3.1"
    assert [last.value(path) for path in ("ORC-2", "OBR-18", "OBR-24", "ZDS-1", "PID-3.4")] == [
        "P-1", "ACC1", "CT", "1.2.3", "HOSPITAL",
    ]  # fmt: skip


def test_only_wanted_statuses_modalities_and_issuers_are_told(engine: Engine) -> None:
    set_up(engine, "STATUS", events=["order-status"], order_statuses=["completed"])
    set_up(engine, "MR", events=["order-status"], modalities=["MR"])
    set_up(engine, "CLINIC", events=["order-status"], issuers=["CLINIC"])
    for at, status in enumerate(
        (OrderStatus.SCHEDULED, OrderStatus.IN_PROGRESS, OrderStatus.COMPLETED)
    ):
        say_order(engine, status, NOW + at)
    fill(engine)
    assert [one.value("ORC-5") for one in messages(engine, "STATUS")] == ["CM"]
    assert types(engine, "MR") == types(engine, "CLINIC") == []


def test_versions_of_a_report_follow_each_other(engine: Engine) -> None:
    set_up(engine, "EMR", events=["report"], report_message="MDM")
    set_up(engine, "RIS", events=["report"], report_statuses=["preliminary", "final"])
    say_report(engine, ReportStatus.PRELIMINARY, NOW, "perhaps")
    say_report(engine, ReportStatus.FINAL, NOW + 1, "surely")
    say_report(engine, ReportStatus.CORRECTED, NOW + 2, "rather")
    fill(engine)
    documents = messages(engine, "EMR")
    assert [one.type for one in documents] == ["MDM^T02", "MDM^T10"]
    assert documents[1].value("TXA-13") == documents[0].value("TXA-12")
    results = messages(engine, "RIS")
    assert [(one.value("OBR-25"), one.value("OBX[2]-5")) for one in results] == [
        ("P", "perhaps"),
        ("F", "surely"),
    ]


def test_a_version_that_came_after_a_newer_one_is_not_told(engine: Engine) -> None:
    set_up(engine, events=["report"], report_statuses=["preliminary", "final"])
    say_report(engine, ReportStatus.FINAL, NOW + 1, "surely")
    say_report(engine, ReportStatus.PRELIMINARY, NOW, "perhaps")
    fill(engine)
    assert [one.value("OBR-25") for one in messages(engine)] == ["F"]


def test_a_report_of_a_patient_who_was_merged_names_the_survivor(engine: Engine) -> None:
    set_up(engine, events=["report"])
    change_patient(engine, "DOE", NOW, OTHER)
    with writing(engine) as connection:
        statement = MergeStatement(prior=PATIENT, survivor=OTHER, moment=Moment(at=NOW), by="admin")
        Department(engine).merge(connection, statement)
    say_report(engine, ReportStatus.FINAL, NOW)
    fill(engine)
    assert [one.value("PID-3") for one in messages(engine)] == ["P2"]


def test_a_merge_and_its_undoing_name_both_patients(engine: Engine) -> None:
    set_up(engine, events=["patient-merged", "patient-unmerged"])
    change_patient(engine, "DOE", NOW)
    change_patient(engine, "DOE", NOW, OTHER)
    merge(engine, PATIENT, NOW + 1)
    fill(engine)
    merge(engine, None, NOW + 2)
    fill(engine)
    (merged, parted) = messages(engine)
    assert (merged.type, merged.value("PID-3"), merged.value("MRG-1")) == ("ADT^A40", "P1", "P2")
    assert (parted.type, parted.value("PID-3"), parted.value("PID[2]-3")) == (
        "ADT^A37", "P1", "P2",
    )  # fmt: skip


def test_a_study_that_arrived_and_was_deleted_is_not_told(engine: Engine) -> None:
    set_up(engine, events=["study-available"])
    with writing(engine) as connection:
        facts = {"study": "1.2.3"}
        tell(connection, EventKind.STUDY_AVAILABLE, PATIENT.identity, facts, NOW)
    fill(engine)
    assert rows(engine) == []


def test_nobody_is_told_what_they_said_themselves(engine: Engine) -> None:
    set_up(engine, "RIS", not_from=["RIS^HOSPITAL"])
    set_up(engine, "EMR")
    raw = (
        b"MSH|^~\\&|RIS|HOSPITAL|PACS|HOSPITAL|20260301120000||ADT^A08|1|P|2.5.1\r"
        b"EVN||20260301120000\rPID|||P1^^^HOSPITAL||DOE^JANE\rPV1||O\r"
    )
    profiles = Profiles(engine, built_in=Profile(name="built-in", zone=UTC))
    processor = Processor(MessageInterpreter(Department(engine), profiles), lambda: NOW)
    received = Received(
        pk=1, source="RIS^HOSPITAL", door="mllp", address="", certificate="", received=NOW,
        control_id="", type="ADT^A08", digest="00", raw=raw,
    )  # fmt: skip
    with writing(engine) as connection:
        connection.execute(
            table.insert().values(pk=1, digest=b"\0", raw=raw, state="received", received=NOW)
        )
        processor.process(connection, received)
    change_patient(engine, "ROE", NOW + 5)
    fill(engine)
    assert [one.value("PID-5") for one in messages(engine, "RIS")] == ["ROE"]
    assert len(messages(engine, "EMR")) == 2


def test_an_event_that_is_committed_late_is_not_passed_over(index: Index) -> None:
    """On PostgreSQL, a smaller number may be seen after a larger one."""
    engine, late = index.open(), index.open()
    if is_sqlite(engine):
        pytest.skip("SQLite has one writer: numbers are seen in their order")
    set_up(engine)
    change_patient(engine, "DOE", NOW)
    queue = Queue(engine, author())
    queue.fill()
    with late.connect() as slow, slow.begin():
        tell(slow, EventKind.PATIENT_CHANGED, PATIENT.identity, {}, NOW + 1)
        with writing(engine) as connection:
            tell(connection, EventKind.PATIENT_CHANGED, PATIENT.identity, {}, NOW + 2)
        queue.fill()
        queue.fill()
        assert len(rows(engine)) == 1
    queue.fill()
    assert len(rows(engine)) == 3


def test_an_event_that_was_rolled_back_holds_nothing_up(index: Index) -> None:
    engine, other = index.open(), index.open()
    set_up(engine)
    if not is_sqlite(engine):
        with other.connect() as failing:
            tell(failing, EventKind.PATIENT_CHANGED, PATIENT.identity, {}, NOW)
            failing.rollback()
    change_patient(engine, "DOE", NOW)
    fill(engine)
    assert len(rows(engine)) == 1


def test_a_control_identifier_is_as_long_as_every_version_takes(engine: Engine) -> None:
    set_up(engine)
    change_patient(engine, "DOE", NOW)
    change_patient(engine, "ROE", NOW + 1)
    fill(engine)
    ids = [row.control_id for row in rows(engine)]
    assert [len(one) for one in ids] == [20, 20]
    assert len(set(ids)) == 2
    with engine.connect() as connection:
        assert connection.execute(select(destinations.c.seen)).scalar_one() >= 2
    assert DestinationDesk(engine).get("RIS")[1].waiting == 2
