"""Versions of reports are kept, and the newest by its own time counts."""

from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy import Engine, select
from tests.unit.ris.said import key, merge

from steckel.errors import OfAnotherPatient
from steckel.index.engine import writing
from steckel.ris.department import Department
from steckel.ris.model import ReportStatement, ReportStatus
from steckel.ris.registers import Moment
from steckel.ris.schema import report_versions, reports


def _report(at: int, status: ReportStatus, text: str, **more: str) -> ReportStatement:
    return ReportStatement(
        key="R1", patient=key("P1"), moment=Moment(at=at), status=status, text=text, **more
    )


_SAID = [
    _report(1, ReportStatus.PRELIMINARY, "seems normal", accession="A7"),
    _report(2, ReportStatus.FINAL, "normal"),
    _report(3, ReportStatus.CORRECTED, "not normal"),
]


def test_a_late_preliminary_report_does_not_stand_in_place_of_the_final_one(
    engine: Engine,
) -> None:
    for sequence in permutations([*_SAID, _SAID[0]]):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_report(connection, one)
            row = connection.execute(select(reports)).one()
            assert (row.status, row.versions, row.accession) == ("corrected", 3, "A7")
            transaction.rollback()


def test_no_version_is_lost(engine: Engine) -> None:
    with writing(engine) as connection:
        for one in _SAID:
            Department(engine).say_report(connection, one)
        texts = connection.execute(select(report_versions.c.text)).scalars().all()
    assert sorted(texts) == ["normal", "not normal", "seems normal"]


def test_a_late_version_does_not_move_the_report_elsewhere(engine: Engine) -> None:
    named = [_report(2, ReportStatus.FINAL, "new", accession="A2"), _SAID[0]]
    for sequence in permutations(named):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_report(connection, one)
            assert connection.execute(select(reports)).one().accession == "A2"
            transaction.rollback()


def test_a_number_that_is_another_patients_report_adds_no_version_to_it(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_report(connection, _SAID[0])
    with pytest.raises(OfAnotherPatient), writing(engine) as connection:
        department.say_report(connection, replace(_SAID[1], patient=key("P2")))
    with writing(engine) as connection:
        assert connection.execute(select(reports.c.versions)).scalar() == 1


def test_a_version_may_be_of_who_the_patient_turned_out_to_be(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_report(connection, _SAID[0])
        department.merge(connection, merge("P1", "P2", 2))
        department.say_report(connection, replace(_SAID[1], patient=key("P2")))
        assert connection.execute(select(reports.c.versions)).scalar() == 2


_CHAIN = [
    replace(_SAID[0], key="DD1"),
    replace(_SAID[1], key="DD2", replaces="DD1", accession="A8"),
    replace(_SAID[2], key="DD3", replaces="DD2"),
]


def test_documents_that_replace_one_another_are_one_report_in_whatever_order_they_come(
    engine: Engine,
) -> None:
    for sequence in permutations([*_CHAIN, _CHAIN[1]]):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_report(connection, one)
            row = connection.execute(select(reports)).one()
            texts = connection.execute(select(report_versions.c.text)).scalars().all()
            assert (row.key, row.status, row.versions, row.accession) == (
                "DD1", "corrected", 3, "A8",
            )  # fmt: skip
            assert sorted(texts) == ["normal", "not normal", "seems normal"]
            transaction.rollback()


def test_a_document_that_replaces_another_patients_joins_nothing(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_report(connection, _CHAIN[0])
    with pytest.raises(OfAnotherPatient), writing(engine) as connection:
        department.say_report(connection, replace(_CHAIN[1], patient=key("P2")))


def test_what_a_report_is_of_does_not_depend_on_the_order_of_its_versions(engine: Engine) -> None:
    said = [
        _report(1, ReportStatus.PRELIMINARY, "one", accession="A1", filler="F1"),
        _report(2, ReportStatus.FINAL, "two", accession="A2"),
        _report(3, ReportStatus.CORRECTED, "three"),
    ]
    for sequence in permutations(said):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_report(connection, one)
            row = connection.execute(select(reports)).one()
            assert (row.accession, row.filler) == ("A2", "F1")
            transaction.rollback()
