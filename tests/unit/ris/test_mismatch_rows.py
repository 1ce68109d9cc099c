"""What is closed is let go of after its time; what is open, and the log, never."""

import pytest
from sqlalchemy import Engine, event, insert, select, update
from tests.unit.ris.archived import Hospital, images
from tests.unit.ris.said import order, patient

from steckel.index.engine import writing
from steckel.index.schema import correction_log
from steckel.ris.mismatch_rows import MismatchRetention, MismatchState
from steckel.ris.model import MismatchKind
from steckel.ris.schema import mismatches

_DAY = 86_400_000
_NOW = 1000 * _DAY


@pytest.fixture
def closed(engine: Engine) -> Engine:
    """One row of each state, of each of two ages."""
    with writing(engine) as connection:
        for age in (91, 89):
            for state in MismatchState:
                values = {
                    "id": f"{state}{age}", "study_uid": f"{age}", "kind": f"{state}",
                    "state": state, "details": "{}", "changed": _NOW - age * _DAY,
                }  # fmt: skip
                connection.execute(insert(mismatches).values(values))
        connection.execute(
            insert(correction_log).values(study_uid="91", before="{}", after="{}", at=1)
        )
    return engine


def _kept(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(select(mismatches.c.id)).scalars())


def test_only_what_was_closed_long_ago_goes(closed: Engine) -> None:
    assert MismatchRetention(closed, 90).run(_NOW) == 2
    assert _kept(closed) == {"open91", "open89", "resolved89", "accepted89"}
    with closed.connect() as connection:
        assert len(connection.execute(select(correction_log)).all()) == 1


def test_without_a_time_everything_is_kept(closed: Engine) -> None:
    assert MismatchRetention(closed, 0).run(_NOW) == 0
    assert len(_kept(closed)) == 6


def test_what_was_accepted_is_not_opened_again_when_its_row_is_gone(engine: Engine) -> None:
    hospital = Hospital(engine)
    hospital.say(patient("P1", "DOE^JANE", 1, "19700101"), order("7", "P1", 2))
    hospital.arrive(images("P1", uid="1.9", accession="OTHER"))
    hospital.desk.accept("1.9", MismatchKind.UNSCHEDULED, "ada", "")
    with writing(engine) as connection:
        connection.execute(update(mismatches).values(changed=1))
    assert MismatchRetention(engine, 90).run(_NOW) > 0
    hospital.matcher.match("1.9")
    assert hospital.states("1.9") == {"unscheduled": "accepted"}


def test_a_page_asks_as_often_as_one_row(engine: Engine) -> None:
    hospital = Hospital(engine)
    hospital.say(patient("P9", "DOE^JANE", 1, "19700101"))
    for number in range(5):
        hospital.arrive(images(f"P{number}", "DOE^JANE", f"1.{number}"))

    def asked(limit: int) -> int:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        page = hospital.desk.page(None, MismatchState.OPEN, limit, None)
        event.remove(engine, "before_cursor_execute", note)
        assert len(page.items) == limit
        return len(statements)

    assert asked(5) == asked(1)
