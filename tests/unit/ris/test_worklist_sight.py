"""What a view leaves of what is scheduled and performed, on both databases."""

import pytest
from sqlalchemy import Engine, select, update
from tests.unit.query.archived import archive, made
from tests.unit.ris.made_performed import at_creation
from tests.unit.ris.said import key, merge, order, patient

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.schema import patients, studies
from steckel.index.view import EVERYTHING, NOTHING, Criteria, View
from steckel.ris.department import Department
from steckel.ris.orders import refresh_order
from steckel.ris.performed import PerformedProcedureSteps
from steckel.ris.worklist import Worklist
from steckel.ris.worklist_model import WorklistQuery

_SEES_CT = View(any_of=(Criteria(modalities=("CT",)),))


@pytest.fixture
def scheduled(engine: Engine) -> Engine:
    """Schedule for P1, who has a CT, P2, who has an MR, and P3, who is confidential."""
    archive(
        engine,
        [
            made("101", PatientID="P1", IssuerOfPatientID="HOSP", Modality="CT"),
            made("102", PatientID="P2", IssuerOfPatientID="HOSP", Modality="MR"),
        ],
    )
    department = Department(engine)
    with writing(engine) as connection:
        for number in ("1", "2", "3"):
            department.say_patient(connection, patient(f"P{number}", f"DOE^{number}", 1))
            department.say_order(connection, order(number, f"P{number}", 2))
        marked = patients.c.identity == key("P3").identity
        connection.execute(update(patients).where(marked).values(is_confidential=True))
    return engine


def _found(engine: Engine, view: View) -> str:
    items = Worklist(engine).seen_by(view).find(WorklistQuery(keys=()))
    return "".join(sorted(item["00402016"]["Value"][0] for item in items))


@pytest.mark.parametrize(
    ("view", "found"),
    [
        (EVERYTHING, "123"),
        (NOTHING, ""),
        (View(anything=True), "12"),
        (_SEES_CT, "1"),
        (View(anything=True, confidential=True, within=_SEES_CT), "1"),
        (View(anything=True, confidential=True, within=View(anything=True)), "12"),
        (View(any_of=(Criteria(modalities=("CT", "MR")),), confidential=True), "12"),
    ],
)
def test_a_worklist_has_what_is_scheduled_for_patients_who_are_seen(
    scheduled: Engine, view: View, found: str
) -> None:
    assert _found(scheduled, view) == found


def test_a_mark_counts_for_whom_the_patient_turned_out_to_be(scheduled: Engine) -> None:
    with writing(scheduled) as connection:
        Department(scheduled).merge(connection, merge("P3", "P2", 5))
    assert _found(scheduled, EVERYTHING) == "123"
    assert _found(scheduled, View(anything=True)) == "1"


def test_a_performed_step_is_read_by_who_sees_its_study(scheduled: Engine) -> None:
    steps = PerformedProcedureSteps(scheduled, refresh_order)
    steps.create("1.9.1", at_creation(), "CT1")
    values = steps.seen_by(EVERYTHING).read("1.9.1")
    for view in (NOTHING, _SEES_CT, View(anything=True)):
        with pytest.raises(NotFound):
            steps.seen_by(view).read("1.9.1")  # its study has not come yet
    with scheduled.connect() as connection:
        known = connection.execute(select(studies.c.uid)).scalars().all()
    assert "1.2.7" not in known
    archive(scheduled, [made("7", PatientID="P1", IssuerOfPatientID="HOSP", Modality="CT")])
    assert steps.seen_by(_SEES_CT).read("1.9.1") == values
    with pytest.raises(NotFound):
        steps.seen_by(View(any_of=(Criteria(modalities=("MR",)),))).read("1.9.1")
