"""What a decision would change is what it changes, and the rehearsal leaves no trace."""

import orjson
import pytest
from sqlalchemy import Engine, func, select
from tests.unit.ris.archived import Hospital, images
from tests.unit.ris.said import order, patient

from steckel.errors import InvalidQuery, NotFound
from steckel.index.schema import correction_log, studies
from steckel.ris.rehearsal import Choice, Decision, Rehearsals
from steckel.ris.schema import orders


@pytest.fixture
def hospital(engine: Engine) -> Hospital:
    hospital = Hospital(engine)
    hospital.say(patient("P1", "DOE^JANE", 1, "19700101"), order("7", "P1", 2))
    hospital.arrive(images("P9", "DOE^J", "1.9", accession="TYPO"))
    return hospital


def _choice(hospital: Hospital) -> Choice:
    with hospital.engine.connect() as connection:
        key = str(connection.execute(select(orders.c.pk)).scalar_one())
    return Choice(decision=Decision.ASSIGN_ORDER, target=key)


def _json(hospital: Hospital) -> dict[str, object]:
    with hospital.engine.connect() as connection:
        found = connection.execute(select(studies.c.json).where(studies.c.uid == "1.9")).scalar()
    return dict(orjson.loads(found or "{}"))


def test_what_is_shown_is_what_the_decision_does(hospital: Hospital) -> None:
    held = _json(hospital)
    choice = _choice(hospital)
    shown = Rehearsals(hospital.engine, lambda _: "CT1").preview("1.9", choice)
    assert shown.before["00100020"]["Value"] == ["P9"]
    assert shown.after["00100020"]["Value"] == ["P1"]
    assert shown.after["00080050"]["Value"] == ["A7"]
    assert _json(hospital) == held
    assert hospital.open("1.9") == {"unknown-patient"}
    with hospital.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(correction_log)).scalar() == 0
    hospital.desk.assign_order("1.9", choice.target, "ada", "")
    done = _json(hospital)
    assert {tag: done[tag] for tag in shown.after} == dict(shown.after)
    untouched = held.keys() - shown.before.keys()
    assert {tag: done[tag] for tag in untouched} == {tag: held[tag] for tag in untouched}


def test_undoing_is_shown_too(hospital: Hospital) -> None:
    rehearsals = Rehearsals(hospital.engine, lambda _: "CT1")
    with pytest.raises(NotFound):
        rehearsals.preview("1.9", Choice(decision=Decision.UNDO))
    hospital.desk.assign_order("1.9", _choice(hospital).target, "ada", "")
    shown = rehearsals.preview("1.9", Choice(decision=Decision.UNDO))
    assert shown.after["00100020"]["Value"] == ["P9"]


def test_what_cannot_be_decided_cannot_be_shown(hospital: Hospital) -> None:
    rehearsals = Rehearsals(hospital.engine, lambda _: "CT1")
    with pytest.raises(InvalidQuery):
        rehearsals.preview("1.9", Choice(decision=Decision.ACCEPT, target="wrong-order"))
    with pytest.raises(NotFound):
        rehearsals.preview("1.9", Choice(decision=Decision.ASSIGN_PATIENT, target="12345"))
