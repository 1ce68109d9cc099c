"""Who was registered from images is let go, unless others have spoken of the patient."""

from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from tests.unit.exchange.doubles import until
from tests.unit.ris.said import demographics, key, patient

from steckel.index.engine import is_sqlite, writing
from steckel.ris.department import Department
from steckel.ris.matching import Study
from steckel.ris.patients import Patients
from steckel.ris.registering import register, take_back
from steckel.ris.schema import registrations

_OWN: Any = {
    **demographics("DOE^JANE"),
    "00100020": {"vr": "LO", "Value": ["P1"]},
    "00100021": {"vr": "LO", "Value": ["HOSP"]},
}
_STUDY = Study(uid="1.2.3", own=_OWN, owner=key("P1").identity)


def _registered(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(registrations.c.identity)).scalars())


def _take_back(engine: Engine) -> None:
    with writing(engine) as connection:
        take_back(connection, Patients(engine), _STUDY)


def test_a_registration_from_images_is_taken_back(engine: Engine) -> None:
    with writing(engine) as connection:
        register(connection, Department(engine), _STUDY)
    _take_back(engine)
    assert _registered(engine) == []


def test_a_registration_stays_of_which_others_spoke(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        register(connection, department, _STUDY)
        department.say_patient(connection, patient("P1", "DOE^JANET", 1 << 50))
    _take_back(engine)
    assert _registered(engine) == [key("P1").identity]


def test_a_word_that_is_being_said_is_waited_for(engine: Engine) -> None:
    if is_sqlite(engine):
        pytest.skip("SQLite has one writer at a time")
    department = Department(engine)
    with writing(engine) as connection:
        register(connection, department, _STUDY)
    taking = Thread(target=_take_back, args=(engine,))
    with writing(engine) as connection:
        department.say_patient(connection, patient("P1", "DOE^JANET", 1 << 50))
        taking.start()
        _wait_until_somebody_waits(engine)
    taking.join(20)
    assert _registered(engine) == [key("P1").identity]


def _wait_until_somebody_waits(engine: Engine) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'"
    )
    until(lambda: _scalar(engine, waiting) > 0)


def _scalar(engine: Engine, statement: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(statement).scalar_one())
