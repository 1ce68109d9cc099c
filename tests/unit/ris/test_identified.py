"""Whom an identifier means, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from tests.unit.query.archived import archive, made
from tests.unit.query.plans import Recorder
from tests.unit.ris.said import key, merge, patient

from steckel.index.engine import writing
from steckel.ris.department import Department
from steckel.ris.identified import IdentifiedPatients
from steckel.ris.model import Identifier, PatientStatement

_OID = {
    "00100024": {
        "vr": "SQ",
        "Value": [{"00400032": {"vr": "UT", "Value": ["1.2.3"]}}],
    }
}


def _say(engine: Engine, *statements: PatientStatement) -> None:
    with writing(engine) as connection:
        for statement in statements:
            Department(engine).say_patient(connection, statement)


def _found(engine: Engine, identifier: str, *authorities: str) -> list[tuple[str, str]]:
    rows = IdentifiedPatients(engine).find(identifier, authorities)
    return [(row.id, row.issuer) for row in rows]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """P1 of two hospitals; P3, whom images alone know; P4, who has an identifier of the nation."""
    other = replace(patient("P1", "ROE^R", 1), patient=key("P1", "CLINIC"))
    national = Identifier(value="180", issuer="INS", type="NH")
    known = patient("P1", "DOE^J", 1)
    _say(
        engine,
        replace(known, values={**known.values, **_OID}),
        other,
        patient("P4", "POE^P", 1, identifiers=(national,)),
    )
    archive(engine, [made("3", PatientID="P3")])
    return engine


def test_a_bare_identifier_means_all_who_have_it(filled: Engine) -> None:
    assert _found(filled, "P1") == [("P1", "HOSP"), ("P1", "CLINIC")]
    assert _found(filled, "P3") == [("P3", "")]
    assert _found(filled, "P") == []


def test_whoever_issued_it_decides_by_namespace_or_oid(filled: Engine) -> None:
    assert _found(filled, "P1", "CLINIC") == [("P1", "CLINIC")]
    assert _found(filled, "P1", "1.2.3") == [("P1", "HOSP")]
    assert _found(filled, "P1", "NOBODY") == []


def test_images_seldom_name_an_issuer(filled: Engine) -> None:
    assert _found(filled, "P3", "HOSP") == [("P3", "")]


def test_other_identifiers_are_known_too(filled: Engine) -> None:
    assert _found(filled, "180") == [("P4", "HOSP")]
    assert _found(filled, "180", "INS") == [("P4", "HOSP")]
    assert _found(filled, "180", "HOSP") == []


def test_who_was_merged_is_the_survivor(filled: Engine) -> None:
    with writing(filled) as connection:
        Department(filled).merge(connection, merge("P4", "P1", 2))
    assert _found(filled, "P4") == [("P1", "HOSP")]
    assert _found(filled, "180") == [("P1", "HOSP")]


def test_a_row_whose_images_are_another_s_is_nobody(engine: Engine) -> None:
    archive(engine, [made("1", PatientID="P1")])
    _say(engine, patient("P1", "", 1))
    assert _found(engine, "P1") == [("P1", "HOSP")]


def test_they_are_found_by_indexes(filled: Engine) -> None:
    recorder = Recorder(filled)
    with recorder.listening():
        _found(filled, "P1")
        _found(filled, "180", "INS")
    assert recorder.full_scans() == []
