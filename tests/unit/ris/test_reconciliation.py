"""What a person decides about a study holds at once, is recorded, and is taken back."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from sqlalchemy import Engine, select
from tests.unit.ris.archived import Hospital, archive, images
from tests.unit.ris.said import name_of, order, patient, study

from steckel.errors import AlreadyThere, InvalidQuery, MissingValue, NotFound
from steckel.index.schema import correction_log, patients
from steckel.ris.matching_rules import Rule, RuleAction, read_rule
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.model import MismatchKind, order_key
from steckel.ris.order_list import OrderList
from steckel.ris.reconciliation_model import OrderFilter
from steckel.ris.schema import orders, registrations, steps

JANE = patient("P1", "DOE^JANE", 1, "19700101")
SEVEN = order_key("7", "", "", "")


@pytest.fixture
def hospital(engine: Engine) -> Hospital:
    hospital = Hospital(engine)
    hospital.say(JANE, order("7", "P1", 2))
    return hospital


def _order(hospital: Hospital, key: str = SEVEN) -> str:
    with hospital.engine.connect() as connection:
        return str(connection.execute(select(orders.c.pk).where(orders.c.key == key)).scalar())


def _patient(hospital: Hospital, patient_id: str = "P1") -> str:
    with hospital.engine.connect() as connection:
        statement = select(patients.c.pk).where(
            patients.c.patient_id == patient_id, patients.c.is_registered
        )
        return str(connection.execute(statement).scalar())


def _shown(hospital: Hospital, uid: str = "1.9") -> tuple[str, str, str]:
    """Return identifier, name and accession number as queries have them."""
    with hospital.engine.connect() as connection:
        row = study(connection, uid)
    return row.patient_id, name_of(row.json), row.accession


def test_a_study_that_is_assigned_to_an_order_takes_its_patient_and_numbers(
    hospital: Hospital,
) -> None:
    hospital.arrive(images("P9", "DOE^J", "1.9", accession="TYPO"))
    assert hospital.open("1.9") == {"unknown-patient"}
    hospital.desk.assign_order("1.9", _order(hospital), "ada", "the radiographer said so")
    assert _shown(hospital) == ("P1", "DOE^JANE", "A7")
    assert hospital.states("1.9") == {"unknown-patient": "resolved"}
    [entry] = hospital.desk.study("1.9").decisions
    assert (entry.by, entry.reason) == ("ada", "the radiographer said so")
    assert (entry.patient, entry.order) == ("P1", "A7")
    with hospital.engine.connect() as connection:
        assert connection.execute(select(steps.c.status)).scalar() == "STARTED"
    hospital.desk.undo("1.9", "ada", "")
    assert _shown(hospital) == ("P9", "DOE^J", "TYPO")
    assert hospital.open("1.9") == {"unknown-patient"}
    with hospital.engine.connect() as connection:
        assert connection.execute(select(steps.c.status)).scalar() == "SCHEDULED"
    with pytest.raises(NotFound):
        hospital.desk.undo("1.9", "ada", "")


def test_a_study_of_another_patient_finds_the_order_by_its_number(hospital: Hospital) -> None:
    hospital.arrive(images("P9", "DOE^J", "1.9", accession="A7"))
    assert hospital.open("1.9") == {"wrong-patient"}
    hospital.desk.assign_patient("1.9", _patient(hospital), "ada", "")
    assert (_shown(hospital), hospital.link("1.9")) == (("P1", "DOE^JANE", "A7"), SEVEN)
    hospital.desk.undo("1.9", "ada", "")
    assert (_shown(hospital)[0], hospital.link("1.9")) == ("P9", "")


def test_other_demographics_are_accepted_as_the_registered_ones(hospital: Hospital) -> None:
    hospital.arrive(images("P1", "MILLER^ANN", "1.2.7", born="19551231"))
    assert hospital.open() == {"demographics"}
    hospital.desk.accept("1.2.7", MismatchKind.DEMOGRAPHICS, "ada", "")
    assert _shown(hospital, "1.2.7") == ("P1", "DOE^JANE", "A7")
    assert (hospital.link(), hospital.open()) == (SEVEN, set())


def test_an_unscheduled_study_is_accepted_and_stays_so(hospital: Hospital) -> None:
    hospital.arrive(images("P1", uid="1.9", accession="OTHER"))
    assert hospital.open("1.9") == {"unscheduled"}
    hospital.desk.accept("1.9", MismatchKind.UNSCHEDULED, "ada", "")
    assert hospital.states("1.9") == {"unscheduled": "accepted"}
    assert not hospital.matcher.match("1.9")
    hospital.desk.undo("1.9", "ada", "")
    assert hospital.open("1.9") == {"unscheduled"}


def test_an_unknown_patient_is_registered_from_the_images(hospital: Hospital) -> None:
    hospital.arrive(images("P9", "NEW^NINA", "1.9"))
    hospital.arrive(images("P9", "NEW^NINA", "1.10", date="20200101"))
    hospital.desk.register("1.9", "ada", "")
    hospital.matcher.match("1.10")
    assert "unknown-patient" not in hospital.open("1.9") | hospital.open("1.10")
    with hospital.engine.connect() as connection:
        statement = select(registrations.c.json).where(registrations.c.patient_id == "P9")
        assert name_of(connection.execute(statement).scalar_one()) == "NEW^NINA"
    hospital.desk.undo("1.9", "ada", "")
    hospital.matcher.match("1.10")
    assert hospital.open("1.9") == hospital.open("1.10") == {"unknown-patient"}


def test_a_registration_that_somebody_confirmed_is_not_taken_back(hospital: Hospital) -> None:
    hospital.arrive(images("P9", "NEW^NINA", "1.9"))
    hospital.desk.register("1.9", "ada", "")
    with pytest.raises(AlreadyThere):
        hospital.desk.register("1.9", "ada", "")
    said = patient("P9", "NEW^NINA MARIA", 9_000_000_000_000)
    unissued = type(said)(
        patient=type(said.patient)(patient_id="P9"), moment=said.moment, values=said.values
    )
    hospital.say(unissued)
    hospital.desk.undo("1.9", "ada", "")
    assert "unknown-patient" not in hospital.open("1.9")


def test_images_without_an_identifier_register_nobody(hospital: Hospital) -> None:
    hospital.arrive(images("", uid="1.9"))
    assert not hospital.desk.study("1.9").can_register
    with pytest.raises(MissingValue):
        hospital.desk.register("1.9", "ada", "")
    hospital.desk.assign_patient("1.9", _patient(hospital), "ada", "")
    assert _shown(hospital)[0] == "P1"


def test_what_a_person_undid_is_not_done_again(hospital: Hospital) -> None:
    hospital.arrive(images("P1"))
    assert hospital.link() == SEVEN
    hospital.desk.undo("1.2.7", "ada", "these are not the images")
    assert (hospital.link(), hospital.open()) == ("", {"unscheduled"})
    assert not hospital.matcher.match("1.2.7")
    hospital.desk.accept("1.2.7", MismatchKind.UNSCHEDULED, "ada", "")
    hospital.matcher.match("1.2.7")
    assert hospital.link() == ""
    hospital.desk.assign_order("1.2.7", _order(hospital), "ada", "")
    assert hospital.link() == SEVEN


def test_a_rule_that_a_person_undid_is_not_applied_again(hospital: Hospital) -> None:
    rule = Rule(name="foreign", action=RuleAction.ACCEPT, kinds=(MismatchKind.UNKNOWN_PATIENT,))
    hospital.rules.add(rule, None, enabled=True, by="root")
    hospital.arrive(images("P9", uid="1.9"))
    assert hospital.states("1.9") == {"unknown-patient": "accepted"}
    hospital.desk.undo("1.9", "ada", "")
    hospital.matcher.match("1.9")
    assert hospital.open("1.9") == {"unknown-patient"}


def test_a_dry_run_says_what_a_rule_would_do_and_does_nothing(hospital: Hospital) -> None:
    hospital.arrive(images("01", "DOE^JANE", "1.9"))
    hospital.say(patient("001", "DOE^JANE", 3, "19700101"))
    hospital.arrive(images("P9", "DOE^JANE", "1.10"))
    assert hospital.open("1.9") == hospital.open("1.10") == {"unknown-patient"}
    rule = Rule(
        name="zeros",
        action=RuleAction.ASSIGN,
        kinds=(MismatchKind.UNKNOWN_PATIENT,),
        id_differs=("zeros",),  # type: ignore[arg-type]
        same_person=True,
    )
    found = hospital.desk.dry_run(rule)
    assert (found.looked_at, found.is_whole) == (2, True)
    assert [(one.study_uid, one.patient) for one in found.outcomes] == [("1.9", "001")]
    assert hospital.open("1.9") == {"unknown-patient"}
    with hospital.engine.connect() as connection:
        assert connection.execute(select(correction_log)).all() == []


def test_candidates_come_with_reasons_the_likeliest_first(hospital: Hospital) -> None:
    hospital.say(
        patient("P10", "DOE^JANE", 1, "19700101"), patient("X2", "ROE^RITA", 1, "19700101")
    )
    hospital.say(order("8", "X2", 2))
    hospital.arrive(images("P11", "DOE^JANE", "1.9", accession="A7"))
    shown = hospital.desk.study("1.9")
    assert [one.patient.id for one in shown.patients] == ["P1", "P10"]
    assert "order" in shown.patients[0].reasons
    assert set(shown.orders[0].reasons) == {
        "accession", "name-and-birth-date", "time", "modality",
    }  # fmt: skip
    assert [one.order.accession for one in shown.orders] == ["A7", "A8"]
    assert shown.own.patient.id == "P11"


def test_lists_go_page_by_page_and_count_by_kind(hospital: Hospital) -> None:
    for number in range(5):
        hospital.arrive(images(f"U{number}", uid=f"1.9.{number}"))
    first = hospital.desk.page(None, MismatchState.OPEN, 3, None)
    second = hospital.desk.page(None, MismatchState.OPEN, 3, first.next_cursor)
    found = [row.study.uid for row in (*first.items, *second.items)]
    assert found == [f"1.9.{number}" for number in (4, 3, 2, 1, 0)]
    assert second.next_cursor is None
    assert hospital.desk.counts()[MismatchKind.UNKNOWN_PATIENT] == 5
    assert not hospital.desk.page(MismatchKind.DEMOGRAPHICS, MismatchState.OPEN, 3, None).items


def test_what_is_not_there_cannot_be_put_right(hospital: Hospital) -> None:
    hospital.arrive(images("P9", uid="1.9"))
    for wrong in ("0", "x", "9" * 30):
        with pytest.raises(NotFound):
            hospital.desk.assign_order("1.9", wrong, "ada", "")
        with pytest.raises(NotFound):
            hospital.desk.assign_patient("1.9", wrong, "ada", "")
    with pytest.raises(NotFound):
        hospital.desk.study("1.99")
    with pytest.raises(InvalidQuery):
        hospital.desk.accept("1.9", MismatchKind.WRONG_ORDER, "ada", "")


def test_orders_are_found_by_what_a_person_types(hospital: Hospital) -> None:
    hospital.say(order("8", "P1", 2, date="20261201", steps=("S1", "S2")))
    listed = OrderList(hospital.engine)

    def found(**wanted: object) -> list[str]:
        page = listed.page(OrderFilter(**wanted), 10, None)  # type: ignore[arg-type]
        return [row.accession for row in page.items]

    assert found() == found(patient="doe^j") == found(patient="P1") == ["A7", "A8"]
    assert found(accession="A8") == found(date_from="20261125") == ["A8"]
    assert found(modality="MR") == found(patient="ROE") == []
    first = listed.page(OrderFilter(), 1, None)
    assert [row.accession for row in first.items] == ["A7"]
    assert first.items[0].stations == ("CT1", "CT2")
    second = listed.page(OrderFilter(), 1, first.next_cursor)
    assert [row.accession for row in second.items] == ["A8"]


def test_the_page_of_a_patient_has_what_is_planned(hospital: Hospital) -> None:
    planned, merged = OrderList(hospital.engine).of_patient(_patient(hospital))
    assert [row.accession for row in planned] == ["A7"]
    assert merged == ()
    assert OrderList(hospital.engine).of_patient("nobody") == ((), ())


def test_a_rule_is_the_same_after_it_was_kept(hospital: Hospital) -> None:
    rule = read_rule("r", {"action": "assign", "kinds": ["unscheduled"], "same_day": True})
    kept = hospital.rules.add(rule, None, enabled=True, by="root")
    assert [one.rule for one in hospital.rules.rules()] == [rule]
    other = read_rule("s", orjson.loads(rule.body) | {"modalities": ["CT"]})
    hospital.rules.replace(kept.pk, other, 5, enabled=False, by="root")
    [now] = hospital.rules.rules()
    assert (now.rule, now.position, now.enabled) == (other, 5, False)
    hospital.rules.remove(kept.pk)
    with pytest.raises(NotFound):
        hospital.rules.remove(kept.pk)


def test_all_at_once_are_done_one_after_the_other(hospital: Hospital) -> None:
    uids = [f"1.9.{number}" for number in range(3)]
    for uid in uids:
        hospital.arrive(images("P9", uid=uid))
    key = _patient(hospital)

    def archive_more(number: int) -> None:
        for uid in uids:
            archive(hospital.engine, images("P9", uid=uid), series=10 + number)
            hospital.matcher.match(uid)

    def decide(_number: int) -> None:
        for uid in uids:
            hospital.desk.assign_patient(uid, key, "ada", "")
            hospital.desk.undo(uid, "ada", "")
        for uid in reversed(uids):
            hospital.desk.assign_patient(uid, key, "ada", "")

    with ThreadPoolExecutor(4) as pool:
        for done in [
            *(pool.submit(archive_more, number) for number in range(3)),
            pool.submit(decide, 0),
        ]:
            done.result()
    for uid in uids:
        assert _shown(hospital, uid)[0] == "P1"
