"""``python -m bench.generate_index DATABASE``: an index as a large hospital has it, without images.

Deterministic: the same number gives the same rows. Rows of instances are left
out unless asked for: lists and queries of studies never read them.
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, Engine, Table, func, insert, select, text, update

from bench.invented import STUDIES_PER_PATIENT, Row, instances_of, patient, series_of, study
from steckel.index import schema
from steckel.index.engine import is_sqlite, open_engine, writing
from steckel.index.signals import CHANGE_CLOCK
from steckel.index.upgrade import upgrade

#: Patients whose rows are added in one transaction.
_PIECE = 2_000
_ROWS = 10_000
_FILLED = (schema.patients, schema.studies, schema.series, schema.containers)


def fill(engine: Engine, count: int, *, instances: bool = False, times: int = 1) -> None:
    """Add `count` studies, of a third as many patients, to an empty index.

    They have `times` as many images as usual; as usual they have about seventeen.
    """
    patients = range(1, -(-count // STUDIES_PER_PATIENT) + 1)
    for start in range(0, len(patients), _PIECE):
        with writing(engine) as connection:
            if start == 0 and instances:
                connection.execute(insert(schema.containers).values(pk=1, name="generated"))
            piece = patients[start : start + _PIECE]
            _add_patients(connection, piece, count, times, instances=instances)
    with writing(engine) as connection:
        _go_on_after(connection, count)


def _add_patients(
    connection: Connection, numbers: Iterable[int], count: int, times: int, *, instances: bool
) -> None:
    patients: list[Row] = []
    studies: list[Row] = []
    series: list[Row] = []
    for number in numbers:
        first = (number - 1) * STUDIES_PER_PATIENT + 1
        own = range(first, min(first + STUDIES_PER_PATIENT, count + 1))
        patients.append(patient(number, len(own)))
        for study_number in own:
            row, exam = study(study_number, patients[-1], times)
            studies.append(row)
            series += series_of(study_number, exam, times)
    _add(connection, schema.patients, patients)
    _add(connection, schema.studies, studies)
    _add(connection, schema.series, series)
    if instances:
        made = (row for one in series for row in instances_of(one, 1))
        _add(connection, schema.instances, made)


def _add(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    for piece in _pieces(iter(rows)):
        connection.execute(insert(table), piece)


def _pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while piece := list(islice(rows, _ROWS)):
        yield piece


def _go_on_after(connection: Connection, count: int) -> None:
    """Have the numbers of rows and of changes go on after those that were given here."""
    connection.execute(
        update(schema.clock).where(schema.clock.c.pk == CHANGE_CLOCK).values(value=count)
    )
    if is_sqlite(connection.engine):
        return
    for table in _FILLED:
        last = connection.execute(select(func.max(table.c.pk))).scalar() or 1
        sequence = f"pg_get_serial_sequence('{table.name}', 'pk')"
        connection.execute(text(f"SELECT setval({sequence}, :last)"), {"last": last})


def main() -> None:
    """Fill the database that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate_index", description=__doc__)
    parser.add_argument("database", help="sqlite:///PATH or postgresql://…, empty")
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--instances", action="store_true", help="rows of instances as well")
    parser.add_argument("--times", type=int, default=1, help="so many times the images")
    options = parser.parse_args()
    engine = open_engine(options.database)
    upgrade(engine)
    fill(engine, options.studies, instances=options.instances, times=options.times)
    engine.dispose()


if __name__ == "__main__":
    main()
