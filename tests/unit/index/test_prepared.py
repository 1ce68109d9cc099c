"""Statements of the hot path, as the driver takes them."""

from sqlalchemy import Engine, bindparam, select, update

from steckel.index.engine import writing
from steckel.index.prepared import Prepared
from steckel.index.schema import clock


def test_values_of_the_statement_itself_are_bound_with_those_given(engine: Engine) -> None:
    forward = Prepared(
        update(clock)
        .where(clock.c.pk == 1)
        .values(value=clock.c.value * bindparam("factor") + 5)
        .returning(clock.c.value),
        engine.dialect,
    )
    read = Prepared(select(clock.c.value).where(clock.c.pk == bindparam("pk")), engine.dialect)
    with writing(engine) as connection:
        cursor = connection.connection.cursor()
        for expected in (5, 20):
            cursor.execute(forward.sql, forward.bind({"factor": 3}))
            assert cursor.fetchall() == [(expected,)]
        cursor.execute(read.sql, read.bind({"pk": 1}))
        assert cursor.fetchone() == (20,)
        cursor.close()


def test_a_name_that_is_given_twice_is_bound_twice(engine: Engine) -> None:
    either = Prepared(
        select(clock.c.pk).where(
            (clock.c.pk == bindparam("n")) | (clock.c.value == bindparam("n"))
        ),
        engine.dialect,
    )
    with writing(engine) as connection:
        cursor = connection.connection.cursor()
        cursor.execute(either.sql, either.bind({"n": 0}))
        assert cursor.fetchall() == [(1,)]
        cursor.close()
