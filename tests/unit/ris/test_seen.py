"""Orders, appointments, reports and patients are seen as their studies are, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine, insert, select, update
from tests.databases import DatabaseServer
from tests.unit.ris.archived import archive, images
from tests.unit.ris.said import demographics

from steckel.errors import NotFound
from steckel.index.access import assignments, care_relations
from steckel.index.engine import open_engine, writing
from steckel.index.schema import patients
from steckel.index.view import EVERYTHING, NOTHING, Criteria, View
from steckel.ris.department import Department
from steckel.ris.identified import IdentifiedPatients
from steckel.ris.model import (
    AppointmentStatement,
    AppointmentStatus,
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    ReportStatement,
    ReportStatus,
    StepStatement,
)
from steckel.ris.order_list import OrderList
from steckel.ris.reconciliation_model import OrderFilter
from steckel.ris.record_model import RecordKind, RecordQuery
from steckel.ris.records import Records
from steckel.ris.registers import Moment
from steckel.ris.report_shelf import ReportShelf
from steckel.security.accounts import Accounts
from steckel.security.passwords import Passwords

_AT = Moment(at=1_795_521_600_000)

#: Orders by accession number: of whom, and for which study. 1.2.1 to 1.2.3 are here.
_ORDERS = {
    "A1": ("P1", "1.2.1"),
    "A1LATER": ("P1", "1.2.91"),
    "A2": ("P2", "1.2.92"),  # the study came under another UID, and names the number
    "A3": ("SHY", "1.2.3"),
    "A4": ("P4", "1.2.94"),
    "STOLEN": ("P4", "1.2.1"),  # names the study of somebody else
}
#: Reports by title.
_REPORTS = {
    "R1": ("P1", "1.2.1"),
    "R1LOST": ("P1", "1.2.95"),
    "R2": ("P2", "1.2.2"),
    "R3": ("SHY", "1.2.3"),
}
#: Appointments by resource: of whom, and for which order.
_APPOINTMENTS = {"CT1": ("P1", "A1"), "CT2": ("P2", ""), "CT3": ("SHY", "A3"), "CT4": ("P4", "A4")}


@dataclass(frozen=True)
class Seen:
    orders: str = ""
    reports: str = ""
    appointments: str = ""
    patients: str = ""


def _only(*studies: str) -> View:
    return View(any_of=(Criteria(studies=studies),))


_OPEN = Seen("A1 A1LATER A2 A4 STOLEN", "R1 R1LOST R2", "CT1 CT2 CT4", "P1 P2 P4")
_ALL = Seen("A1 A1LATER A2 A3 A4 STOLEN", "R1 R1LOST R2 R3", "CT1 CT2 CT3 CT4", "P1 P2 P4 SHY")
_FIRST = Seen("A1 A1LATER", "R1", "CT1", "P1")
_SECOND = Seen("A2", "R2", "CT2", "P2")
_SHY = Seen("A3", "R3", "CT3", "SHY")
_VIEWS = [
    (EVERYTHING, _ALL),
    (NOTHING, Seen()),
    (View(anything=True), _OPEN),
    (View(anything=True, account="marie"), _ALL),
    (_only("1.2.1"), _FIRST),
    (_only("1.2.2"), _SECOND),
    (_only("1.2.3"), Seen()),
    (replace(_only("1.2.3"), confidential=True), _SHY),
    (View(any_of=(Criteria(assigned_to="marie"),)), _SECOND),
    (View(account="marie"), _SHY),
    (View(anything=True, confidential=True, within=_only("1.2.1")), _FIRST),
    (replace(_only("1.2.1", "1.2.2"), within=_only("1.2.1", "1.2.3")), _FIRST),
]
seeing = pytest.mark.parametrize(("view", "seen"), _VIEWS)


@pytest.fixture(scope="module")
def seen_engine(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Engine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        for number, of_whom in enumerate(("P1", "P2", "SHY"), 1):
            uid = f"1.2.{number}"
            archive(engine, images(of_whom, uid=uid, accession="A2" if number == 2 else ""))
        _say_all(engine)
        Accounts(engine, Passwords()).add("marie", "a-long-password-of-nobody")
        with writing(engine) as connection:
            connection.execute(
                update(patients).where(patients.c.patient_id == "SHY").values(is_confidential=True)
            )
            shy = select(patients.c.pk).where(patients.c.patient_id == "SHY").scalar_subquery()
            connection.execute(
                insert(care_relations).values(account="marie", patient_pk=shy, kind="care")
            )
            connection.execute(insert(assignments).values(account="marie", study_uid="1.2.2"))
        yield engine
        engine.dispose()


def _say_all(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        for name in ("P1", "P2", "SHY", "P4"):
            department.say_patient(
                connection,
                PatientStatement(patient=_key(name), moment=_AT, values=demographics(f"{name}^X")),
            )
        for accession, (of_whom, study) in _ORDERS.items():
            department.say_order(connection, _order(accession, of_whom, study))
        for title, (of_whom, study) in _REPORTS.items():
            department.say_report(
                connection,
                ReportStatement(
                    key=title, patient=_key(of_whom), moment=_AT, study_uids=(study,),
                    status=ReportStatus.PRELIMINARY, title=title, text="Nothing.",
                ),
            )  # fmt: skip
        for resource, (of_whom, order) in _APPOINTMENTS.items():
            department.say_appointment(
                connection,
                AppointmentStatement(
                    key=resource, patient=_key(of_whom), moment=_AT, order_key=order,
                    resource=resource, status=AppointmentStatus.BOOKED,
                ),
            )  # fmt: skip


def _key(name: str) -> PatientKey:
    return PatientKey(patient_id=name)


def _order(accession: str, of_whom: str, study: str) -> OrderStatement:
    step = StepStatement(
        step_id=f"S{accession}", values={"00400002": {"vr": "DA", "Value": ["20261124"]}}
    )
    return OrderStatement(
        key=accession, patient=_key(of_whom), moment=_AT, accession=accession, study_uid=study,
        steps=(step,), status=OrderStatus.SCHEDULED,
    )  # fmt: skip


def _words(text: str) -> set[str]:
    return set(text.split())


@seeing
def test_the_list_of_orders_has_what_is_seen(seen_engine: Engine, view: View, seen: Seen) -> None:
    lists = OrderList(seen_engine).seen_by(view)
    found, cursor = [], None
    while True:
        page = lists.page(OrderFilter(), 2, cursor)
        found += [row.accession for row in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(found) == sorted(_words(seen.orders))


@seeing
def test_what_is_planned_for_a_patient_is_what_is_seen(
    seen_engine: Engine, view: View, seen: Seen
) -> None:
    lists = OrderList(seen_engine).seen_by(view)
    with seen_engine.connect() as connection:
        keys = connection.execute(select(patients.c.pk)).scalars().all()
    found = {row.accession for key in keys for row in lists.of_patient(str(key))[0]}
    assert found == _words(seen.orders)


@seeing
def test_the_shelf_has_the_reports_that_are_seen(
    seen_engine: Engine, view: View, seen: Seen
) -> None:
    shelf = ReportShelf(seen_engine).seen_by(view)
    whole = ReportShelf(seen_engine)
    for title, (_, study) in _REPORTS.items():
        [report] = whole.of_study(study)
        here = title in _words(seen.reports)
        assert bool(shelf.of_study(study)) == here, title
        if here:
            assert shelf.version(report.id, 1).title == title
            continue
        with pytest.raises(NotFound):
            shelf.report(report.id)
        with pytest.raises(NotFound):
            shelf.version(report.id, 1)


@seeing
@pytest.mark.parametrize("kind", list(RecordKind))
def test_records_are_found_counted_and_read_as_they_are_seen(
    seen_engine: Engine, view: View, seen: Seen, kind: RecordKind
) -> None:
    records, whole = Records(seen_engine).seen_by(view), Records(seen_engine)
    expected = {
        RecordKind.PATIENT: seen.patients,
        RecordKind.ORDER: seen.orders,
        RecordKind.REPORT: seen.reports,
        RecordKind.APPOINTMENT: seen.appointments,
        RecordKind.STUDY: " ".join(
            uid for uid, of_whom in _STUDIES.items() if of_whom in _words(seen.patients)
        ),
    }[kind]
    query = RecordQuery(kind=kind, limit=100)
    found = records.search(query).records
    assert {_name(kind, record) for record in found} == _words(expected)
    assert records.count(query) == len(_words(expected))
    for record in whole.search(query).records:
        if _name(kind, record) in _words(expected):
            assert records.read(kind, record.key).key == record.key
        else:
            with pytest.raises(NotFound):
                records.read(kind, record.key)


_STUDIES = {"1.2.1": "P1", "1.2.2": "P2", "1.2.3": "SHY"}


def _name(kind: RecordKind, record: object) -> str:
    facts = record.facts  # type: ignore[attr-defined]
    match kind:
        case RecordKind.PATIENT:
            return str(facts["patient_id"])
        case RecordKind.ORDER:
            return str(facts["row"]["accession"])
        case RecordKind.REPORT:
            return str(facts["row"]["title"])
        case RecordKind.APPOINTMENT:
            return str(facts["row"]["resource"])
        case _:
            return str(record.key)  # type: ignore[attr-defined]


@seeing
def test_a_record_names_no_study_that_is_not_seen(
    seen_engine: Engine, view: View, seen: Seen
) -> None:
    records = Records(seen_engine).seen_by(view)
    found = records.reports_of(list(_STUDIES))
    named = {uid for record in found for uid in record.facts["studies"]}
    assert named <= {uid for uid, of_whom in _STUDIES.items() if of_whom in _words(seen.patients)}
    for uid, of_whom in _STUDIES.items():
        assert bool(records.instances(uid)) == (of_whom in _words(seen.patients))


@seeing
def test_patients_are_identified_if_they_are_seen(
    seen_engine: Engine, view: View, seen: Seen
) -> None:
    finder = IdentifiedPatients(seen_engine).seen_by(view)
    found = {name for name in ("P1", "P2", "SHY", "P4") if finder.find(name, ())}
    assert found == _words(seen.patients)


def test_who_sees_everything_asks_the_rooms_themselves(seen_engine: Engine) -> None:
    for room in (OrderList, ReportShelf, Records, IdentifiedPatients):
        one = room(seen_engine)
        assert one.seen_by(EVERYTHING) is one
