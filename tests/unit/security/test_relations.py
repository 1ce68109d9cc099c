"""Care, emergencies, assignments and marks, and what they open."""

import pytest
from sqlalchemy import Engine, select
from tests.unit.query.archived import archive, made

from steckel.errors import InvalidQuery, NotFound
from steckel.index.schema import patients
from steckel.index.view import NOTHING, Criteria, View
from steckel.index.visibility import Sight
from steckel.security.accounts import Accounts
from steckel.security.passwords import Passwords
from steckel.security.refusals import InvalidValue
from steckel.security.relations import EMERGENCY_SECONDS, ExactPatient, Relations

_NOW = 1_800_000_000.0
_MARIE = View(account="marie")
_ONE = View(any_of=(Criteria(studies=("1.2.1",)),), account="marie")


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = _NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def relations(engine: Engine, watch: Watch) -> Relations:
    born = {"PatientBirthDate": "19610304"}
    archive(
        engine,
        [
            made("1", PatientID="A", **born),
            made("2", PatientID="A", **born),
            made("3", PatientID="B", IssuerOfPatientID="N", **born),
            made("4", PatientID="B", IssuerOfPatientID="S", **born),
            made("5", PatientID="C"),
        ],
    )
    accounts = Accounts(engine, Passwords())
    for name in ("marie", "paul"):
        accounts.add(name, "a-long-password-of-nobody")
    return Relations(engine, watch)


def _key(engine: Engine, patient_id: str) -> str:
    statement = select(patients.c.pk).where(patients.c.patient_id == patient_id)
    with engine.connect() as connection:
        return str(connection.execute(statement.limit(1)).scalar_one())


def _seen(engine: Engine, watch: Watch, view: View = _MARIE) -> set[str]:
    uids = [f"1.2.{number}" for number in range(1, 6)]
    return {uid.removeprefix("1.2.") for uid in Sight(engine, watch).seen(view, uids)}


def test_care_opens_a_patient_until_it_ends(
    engine: Engine, relations: Relations, watch: Watch
) -> None:
    key = _key(engine, "A")
    until = int(_NOW * 1000) + 60_000
    noted = relations.note_care(key, "Marie", "ada", "on the ward", until)
    assert (noted.account, noted.kind, noted.granted_by) == ("marie", "care", "ada")
    assert _seen(engine, watch) == {"1", "2"}
    watch.now += 61
    assert _seen(engine, watch) == set()
    open_end = relations.note_care(key, "marie", "ada", "")
    watch.now += 1_000_000
    assert _seen(engine, watch) == {"1", "2"}
    relations.end(key, open_end.key, "ada")
    assert _seen(engine, watch) == set()
    assert [one.key for one in relations.of_patient(key)] == [open_end.key, noted.key]
    for relation in (open_end.key, "999", "x"):
        with pytest.raises(NotFound):
            relations.end(key, relation, "ada")


def test_care_is_for_accounts_that_there_are_and_for_times_to_come(
    engine: Engine, relations: Relations
) -> None:
    key = _key(engine, "A")
    with pytest.raises(InvalidValue):
        relations.note_care(key, "nobody", "ada", "")
    with pytest.raises(InvalidValue):
        relations.note_care(key, "marie", "ada", "", int(_NOW * 1000))
    for wrong in ("999", "x", "²", "1" * 30, ""):
        with pytest.raises(NotFound):
            relations.note_care(wrong, "marie", "ada", "")
    assert relations.of_patient(key) == []


def test_an_emergency_opens_the_rest_of_a_patient_for_four_hours(
    engine: Engine, relations: Relations, watch: Watch
) -> None:
    key = _key(engine, "A")
    assert _seen(engine, watch, _ONE) == {"1"}
    opened = relations.seen_by(_ONE).open_in_emergency(key, "marie", "shock room")
    assert (opened.patient, opened.until) == (key, int((_NOW + EMERGENCY_SECONDS) * 1000))
    assert _seen(engine, watch, _ONE) == {"1", "2"}
    [relation] = relations.of_patient(key)
    assert (relation.kind, relation.reason) == ("emergency", "shock room")
    watch.now += EMERGENCY_SECONDS
    assert _seen(engine, watch, _ONE) == {"1"}
    with pytest.raises(NotFound):
        relations.seen_by(_ONE).open_in_emergency(_key(engine, "C"), "marie", "shock room")


def test_a_patient_who_is_not_seen_is_opened_by_identifier_and_birth_date(
    engine: Engine, relations: Relations, watch: Watch
) -> None:
    blind = relations.seen_by(NOTHING)
    for wrong in (
        ExactPatient(patient_id="A", birth_date="19610305"),
        ExactPatient(patient_id="a", birth_date="19610304"),
        ExactPatient(patient_id="A*", birth_date="19610304"),
        ExactPatient(patient_id="A", birth_date="19610304", issuer="N"),
        ExactPatient(patient_id="C", birth_date=""),
    ):
        with pytest.raises(NotFound):
            blind.open_unseen(wrong, "marie", "shock room")
    with pytest.raises(InvalidQuery):
        blind.open_unseen(ExactPatient(patient_id="B", birth_date="19610304"), "marie", "shock")
    assert _seen(engine, watch) == set()
    exact = ExactPatient(patient_id="B", birth_date="19610304", issuer="S")
    blind.open_unseen(exact, "marie", "shock room")
    assert _seen(engine, watch) == {"4"}


def test_a_mark_hides_a_patient_from_those_who_see_only_the_others(
    engine: Engine, relations: Relations, watch: Watch
) -> None:
    key, others = _key(engine, "A"), View(anything=True, account="marie")
    assert not relations.is_confidential(key)
    relations.mark(key, confidential=True)
    assert relations.is_confidential(key)
    assert _seen(engine, watch, others) == {"3", "4", "5"}
    with pytest.raises(NotFound):
        relations.seen_by(others).is_confidential(key)
    relations.mark(key, confidential=False)
    assert _seen(engine, watch, others) == {"1", "2", "3", "4", "5"}


def test_a_study_is_given_to_somebody_once_and_taken_back(
    engine: Engine, relations: Relations, watch: Watch
) -> None:
    given = View(any_of=(Criteria(assigned_to="marie"),))
    for _ in range(2):
        relations.assign("1.2.3", "Marie", "ada")
    assert [(one.account, one.assigned_by) for one in relations.of_study("1.2.3")] == [
        ("marie", "ada")
    ]
    assert _seen(engine, watch, given) == {"3"}
    relations.take_back("1.2.3", "marie")
    assert _seen(engine, watch, given) == set()
    with pytest.raises(NotFound):
        relations.take_back("1.2.3", "marie")
    with pytest.raises(InvalidValue):
        relations.assign("1.2.3", "nobody", "ada")
    for blind in (relations.seen_by(_ONE), relations.seen_by(NOTHING)):
        with pytest.raises(NotFound):
            blind.assign("1.2.3", "marie", "ada")
        with pytest.raises(NotFound):
            blind.of_study("1.2.3")
