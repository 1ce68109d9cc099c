"""What arrives finds its order, or says why it does not; on both databases."""

import orjson
import pytest
from sqlalchemy import Engine, select
from tests.unit.ris.archived import Hospital, archive, images, text
from tests.unit.ris.said import merge, name_of, order, patient, study

from steckel.index.engine import writing
from steckel.index.projecting import Projector
from steckel.index.schema import correction_log, patients
from steckel.ris.availability import make_available
from steckel.ris.matching_rules import Rule, RuleAction
from steckel.ris.model import EventKind, MismatchKind, OrderStatus, order_key
from steckel.ris.schema import events, orders, steps

JANE = patient("P1", "DOE^JANE", 1, "19700101")
SEVEN = order_key("7", "", "", "")


@pytest.fixture
def hospital(engine: Engine) -> Hospital:
    return Hospital(engine)


def _status(hospital: Hospital, key: str = SEVEN) -> tuple[str, str]:
    with hospital.engine.connect() as connection:
        return tuple(
            connection.execute(
                select(orders.c.status, steps.c.status)
                .join(steps, steps.c.order_pk == orders.c.pk)
                .where(orders.c.key == key)
            ).one()
        )


def _log(hospital: Hospital) -> list[str]:
    with hospital.engine.connect() as connection:
        statement = select(correction_log.c.by).order_by(correction_log.c.pk)
        return list(connection.execute(statement).scalars())


def test_an_archive_without_orders_and_patients_stays_quiet(hospital: Hospital) -> None:
    hospital.arrive(images("P1"))
    hospital.arrive(images("", uid="1.2.8"))
    assert hospital.states() == hospital.states("1.2.8") == {}
    assert _log(hospital) == []


def test_images_are_linked_by_their_study_uid_and_filled_from_the_order(
    hospital: Hospital,
) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1"))
    assert (hospital.link(), hospital.states()) == (SEVEN, {})
    with hospital.engine.connect() as connection:
        row = study(connection, "1.2.7")
    assert row.accession == "A7"
    assert orjson.loads(row.own_json).get("00080050") is None
    assert _log(hospital) == ["matching"]
    assert not hospital.matcher.match("1.2.7")


def test_an_order_fills_what_is_empty_and_replaces_nothing(hospital: Hospital) -> None:
    said = order("7", "P1", 2)
    values = {"00080090": text("PN", {"Alphabetic": "REFERRER^R"}), "00401001": text("SH", "RP7")}
    hospital.say(JANE, type(said)(**{
        name: getattr(said, name) for name in said.__slots__
    } | {"values": values, "procedure_id": "RP7"}))  # fmt: skip
    own = images("P1", accession="A7") | {"00080090": text("PN", {"Alphabetic": "OTHER^O"})}
    hospital.arrive(own)
    with hospital.engine.connect() as connection:
        changed = orjson.loads(study(connection, "1.2.7").coercion)
    assert "00080090" not in changed
    assert "00080050" not in changed
    assert changed["00200010"]["Value"] == ["RP7"]
    assert changed["00400275"]["Value"][0]["00401001"]["Value"] == ["RP7"]


def test_images_are_linked_by_accession_number(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1", uid="1.9", accession="A7"))
    assert hospital.link("1.9") == SEVEN


@pytest.mark.parametrize(
    ("date", "time", "fits"),
    [
        ("20261123", "2100", True),
        ("20261123", "2000", False),
        ("20261126", "0800", True),
        ("20261126", "0900", False),
    ],
)
def test_images_are_linked_by_patient_modality_and_time(
    hospital: Hospital, date: str, time: str, fits: bool
) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1", uid="1.9", date=date, time=time))
    assert hospital.link("1.9") == (SEVEN if fits else "")
    assert hospital.open("1.9") == (set() if fits else {"unscheduled"})


def test_of_two_orders_that_fit_none_is_guessed(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2), order("8", "P1", 2))
    hospital.arrive(images("P1", uid="1.9"))
    assert (hospital.link("1.9"), hospital.open("1.9")) == ("", {"unscheduled"})


def test_a_link_by_time_stays_when_another_order_comes(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1", uid="1.9"))
    hospital.say(order("8", "P1", 3))
    hospital.matcher.match("1.9")
    assert hospital.link("1.9") == SEVEN


def test_an_order_of_another_study_is_not_taken_by_time(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1"))
    hospital.arrive(images("P1", uid="1.9"))
    assert (hospital.link(), hospital.link("1.9")) == (SEVEN, "")
    assert hospital.open("1.9") == {"unscheduled"}


def test_other_modalities_and_documents_are_nobodys_business(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1", uid="1.8"), modality="MR")
    hospital.arrive(images("P1", uid="1.9"), modality="SR")
    assert hospital.states("1.8") == hospital.states("1.9") == {}


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        (images("P9", uid="1.9"), "unknown-patient"),
        (images("", uid="1.9"), "unknown-patient"),
        (images("P1", "MILLER^PETER", "1.9", born="19551231"), "demographics"),
        (images("P1", "MILLER^PETER", "1.2.7", born="19551231"), "demographics"),
        (images("P2", "DOE^JANE", "1.2.7"), "wrong-patient"),
        (images("P9", "DOE^JANE", "1.9", accession="A7"), "wrong-patient"),
        (images("P1", accession="A8"), "wrong-order"),
        (images("P1", accession="TYPO"), "wrong-order"),
    ],
)
def test_what_does_not_fit_waits_and_is_not_linked(
    hospital: Hospital, own: dict[str, object], kind: str
) -> None:
    hospital.say(JANE, patient("P2", "OTHER^ANN", 1, "19800101"))
    hospital.say(order("7", "P1", 2), order("8", "P1", 2, date="20270101"))
    hospital.arrive(own)  # type: ignore[arg-type]
    uid = own["0020000D"]["Value"][0]  # type: ignore[index]
    assert (hospital.open(uid), hospital.link(uid)) == ({kind}, "")
    with hospital.engine.connect() as connection:
        assert study(connection, uid).coercion is None


def test_the_registered_name_is_not_put_over_somebody_elses(hospital: Hospital) -> None:
    hospital.say(JANE)
    own = images("P1", "MILLER^PETER", born="19551231") | {"00100021": text("LO", "HOSP")}
    hospital.arrive(own)
    with hospital.engine.connect() as connection:
        assert name_of(study(connection, "1.2.7").json) == "MILLER^PETER"


def test_a_mismatch_closes_itself_when_the_order_comes(hospital: Hospital) -> None:
    hospital.say(JANE, order("8", "P1", 2, date="20261120"))
    hospital.arrive(images("P1"))
    assert hospital.open() == {"unscheduled"}
    hospital.say(order("7", "P1", 3))
    assert hospital.matcher.match("1.2.7")
    assert (hospital.states(), hospital.link()) == ({"unscheduled": "resolved"}, SEVEN)


def test_a_merge_makes_the_order_the_patients_own(hospital: Hospital) -> None:
    hospital.say(JANE, patient("P2", "DOE^JANE", 1, "19700101"), order("7", "P1", 2))
    hospital.arrive(images("P2"))
    assert hospital.open() == {"wrong-patient"}
    hospital.say(merge("P2", "P1", 5))
    hospital.matcher.match("1.2.7")
    assert (hospital.open(), hospital.link()) == (set(), SEVEN)
    hospital.say(merge("P2", "", 6))
    hospital.matcher.match("1.2.7")
    assert (hospital.open(), hospital.link()) == ({"wrong-patient"}, "")


def test_the_order_settles_which_of_two_patients_with_one_identifier(hospital: Hospital) -> None:
    other = patient("P1", "DOE^JANE", 1, "19700101")
    elsewhere = type(other)(
        patient=type(other.patient)(patient_id="P1", issuer="CLINIC"),
        moment=other.moment,
        values=other.values,
    )
    hospital.say(other, elsewhere)
    hospital.arrive(images("P1"))
    assert hospital.open() == {"unknown-patient"}
    hospital.say(order("7", "P1", 2))
    hospital.matcher.match("1.2.7")
    assert (hospital.open(), hospital.link()) == (set(), SEVEN)
    assert not hospital.matcher.match("1.2.7")
    with hospital.engine.connect() as connection:
        assert study(connection, "1.2.7").own_patient_pk is not None


def test_images_without_mpps_begin_an_order_and_end_it_when_they_are_quiet(
    hospital: Hospital,
) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    assert _status(hospital) == ("scheduled", "SCHEDULED")
    hospital.arrive(images("P1"))
    assert _status(hospital) == ("in-progress", "STARTED")
    with writing(hospital.engine) as connection:
        assert make_available(connection, "1.2.7", 0)
    assert _status(hospital) == ("completed", "COMPLETED")
    hospital.say(order("7", "P1", 9))  # said again, later
    assert _status(hospital) == ("completed", "COMPLETED")


def test_what_a_modality_says_counts_more_than_images(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1"))
    with writing(hospital.engine) as connection:
        connection.execute(steps.update().values(performed="IN PROGRESS"))
        make_available(connection, "1.2.7", 0)
    assert _status(hospital) == ("in-progress", "STARTED")


def test_a_cancelled_order_stays_cancelled(hospital: Hospital) -> None:
    hospital.say(JANE, order("7", "P1", 2, status=OrderStatus.CANCELLED))
    hospital.arrive(images("P1"))
    assert hospital.link() == SEVEN
    assert _status(hospital) == ("cancelled", "CANCELLED")


def test_a_study_is_told_of_once_and_again_when_more_came(hospital: Hospital) -> None:
    def told() -> list[dict[str, object]]:
        statement = select(events.c.json).where(events.c.kind == EventKind.STUDY_AVAILABLE)
        with hospital.engine.connect() as connection:
            return [orjson.loads(one) for one in connection.execute(statement).scalars()]

    def quiet(begun: int = 0) -> bool:
        with writing(hospital.engine) as connection:
            return make_available(connection, "1.2.7", begun)

    hospital.say(JANE, order("7", "P1", 2))
    hospital.arrive(images("P1"))
    assert (quiet(), quiet()) == (True, False)
    archive(hospital.engine, images("P1"), series=2)
    assert (quiet(), quiet()) == (True, False)
    assert told() == [
        {"study": "1.2.7", "accession": "A7", "order": SEVEN, "instances": 1, "before": 0},
        {"study": "1.2.7", "accession": "A7", "order": SEVEN, "instances": 2, "before": 1},
    ]


def test_what_was_there_before_is_not_told(hospital: Hospital) -> None:
    hospital.arrive(images("P1"))
    with writing(hospital.engine) as connection:
        assert not make_available(connection, "1.2.7", 1_800_000_000_000)
        assert not make_available(connection, "1.2.7", 0)


def _typo_rule(**changes: object) -> Rule:
    values: dict[str, object] = {
        "name": "typos",
        "action": RuleAction.ASSIGN,
        "kinds": (MismatchKind.UNKNOWN_PATIENT, MismatchKind.WRONG_PATIENT),
        "id_differs": ("digit", "zeros"),
        "same_person": True,
    }
    return Rule(**(values | changes))  # type: ignore[arg-type]


def test_a_rule_puts_a_mistyped_identifier_right_and_the_order_is_found(
    hospital: Hospital,
) -> None:
    hospital.say(patient("12345", "DOE^JANE", 1, "19700101"), order("7", "12345", 2))
    hospital.rules.add(_typo_rule(), None, enabled=True, by="root")
    hospital.arrive(images("12354", uid="1.9"))
    assert (hospital.open("1.9"), hospital.link("1.9")) == (set(), SEVEN)
    assert _log(hospital) == ["rule:typos", "matching"]
    with hospital.engine.connect() as connection:
        row = study(connection, "1.9")
    assert (row.patient_id, row.accession, row.owner) == ("12345", "A7", "12345")


@pytest.mark.parametrize(
    "change",
    [
        {"sources": ("CT9",)},
        {"modalities": ("MR",)},
        {"id_differs": ("case",)},
        {"kinds": (MismatchKind.WRONG_PATIENT,)},
    ],
)
def test_a_rule_whose_conditions_do_not_all_hold_does_nothing(
    hospital: Hospital, change: dict[str, object]
) -> None:
    hospital.say(patient("12345", "DOE^JANE", 1, "19700101"))
    hospital.sources["1.9"] = "CT1"
    hospital.rules.add(_typo_rule(**change), None, enabled=True, by="root")
    hospital.rules.add(_typo_rule(), None, enabled=False, by="root")
    hospital.arrive(images("12354", uid="1.9"))
    assert hospital.open("1.9") == {"unknown-patient"}


def test_a_rule_knows_who_sent_a_study(hospital: Hospital) -> None:
    hospital.say(patient("12345", "DOE^JANE", 1, "19700101"))
    hospital.sources["1.9"] = "CT1"
    rule = _typo_rule(sources=("CT1",))
    hospital.rules.add(rule, None, enabled=True, by="root")
    hospital.arrive(images("12354", uid="1.9"))
    assert hospital.states("1.9") == {}


def test_a_deleted_study_waits_for_nobody(hospital: Hospital) -> None:
    hospital.say(JANE)
    hospital.arrive(images("P9"))
    with writing(hospital.engine) as connection:
        for table in ("instances", "series", "studies"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    hospital.matcher.match("1.2.7")
    assert hospital.states() == {"unknown-patient": "resolved"}


def test_a_study_that_came_while_its_patient_was_registered_is_the_patients(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of two transactions ended before it could see the other."""
    hospital.say(JANE)
    with monkeypatch.context() as unseen:
        unseen.setattr(Projector, "matters", lambda *_: False)
        archive(hospital.engine, images("P1"))
    assert hospital.matcher.match("1.2.7")
    with hospital.engine.connect() as connection:
        owner = select(patients.c.issuer).where(
            patients.c.pk == study(connection, "1.2.7").patient_pk
        )
        assert connection.execute(owner).scalar() == "HOSP"
    assert not hospital.matcher.match("1.2.7")
