"""What is left of a study is what its row says, on both databases."""

from typing import Any

from sqlalchemy import Engine, select
from tests.unit.index.entries import CT, SR, Exam

from steckel.care.deletion import Deletion
from steckel.index.schema import deletions, patients, studies
from steckel.index.summary import set_of, values_of
from steckel.index.writer import IndexWriter, Ticket


def add(engine: Engine, *exams: Exam) -> list[str]:
    writer = IndexWriter(engine)
    tickets = [Ticket(exam.instance()) for exam in exams]
    writer.write(tickets)
    writer.stop()
    return [ticket.entry.sop_instance_uid for ticket in tickets]


def the_study(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(studies)).one()


IMAGES = Exam()
REPORT = Exam(series="1.2.3.2", modality="SR", sop_class=SR)


def test_a_deleted_series_takes_its_modality_along(engine: Engine) -> None:
    add(engine, IMAGES, IMAGES, REPORT)
    Deletion(engine).delete_series(REPORT.study, REPORT.series)
    study = the_study(engine)
    assert (study.series, study.instances) == (1, 2)
    assert (study.modalities, study.sop_classes) == ("\\CT\\", f"\\{CT}\\")
    assert study.changed == 2


def test_a_deleted_instance_leaves_its_series_while_there_are_others(engine: Engine) -> None:
    first, _, report = add(engine, IMAGES, IMAGES, REPORT)
    deletion = Deletion(engine)
    deletion.delete_instance(IMAGES.study, IMAGES.series, first)
    study = the_study(engine)
    assert (study.series, study.instances, study.modalities) == (2, 2, "\\CT\\SR\\")
    deletion.delete_instance(REPORT.study, REPORT.series, report)
    study = the_study(engine)
    assert (study.series, study.instances, study.modalities) == (1, 1, "\\CT\\")


def test_the_last_instance_takes_the_study_and_the_patient_along(engine: Engine) -> None:
    [only] = add(engine, IMAGES)
    Deletion(engine).delete_instance(IMAGES.study, IMAGES.series, only)
    with engine.connect() as connection:
        assert connection.execute(select(studies)).all() == []
        assert connection.execute(select(patients)).all() == []
        assert connection.execute(select(deletions)).all() == [(2, IMAGES.study)]


def test_a_set_is_sorted_and_has_no_empty_value() -> None:
    assert set_of(["SR", "", "CT", "SR"]) == "\\CT\\SR\\"
    assert set_of([""]) == ""
    assert values_of("\\CT\\SR\\") == ["CT", "SR"]
    assert values_of("") == []
