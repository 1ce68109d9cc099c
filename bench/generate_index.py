"""``python -m bench.generate_index DATABASE``: an index as a large hospital has it, without images.

Deterministic: the same number gives the same rows. Instances are left out
unless asked for: lists and queries of studies never read them.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, func, insert, select, update

from steckel.dicom import person_name
from steckel.index import schema
from steckel.index.engine import open_engine, writing
from steckel.index.upgrade import upgrade

_FAMILY = (
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent "
    "Lefèvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier "
    "Dupont Lambert Bonnet François Martinez Legrand Müller Schmidt Weber Rossi Bianchi Nguyen"
).split()
_GIVEN = (
    "Marie Jeanne Françoise Monique Catherine Nathalie Isabelle Jacqueline Anne Sylvie Jean "
    "Pierre Michel André Philippe René Louis Alain Jacques Bernard Émile Chloé Zoë Léa Hugo"
).split()
_EXAMS = (
    ("CT", "CT thorax", "CHEST", 3, 280),
    ("CT", "CT abdomen and pelvis with contrast", "ABDOMEN", 4, 420),
    ("CT", "CT head without contrast", "HEAD", 2, 160),
    ("MR", "MRI brain", "HEAD", 4, 240),
    ("MR", "MRI knee left", "KNEE", 4, 120),
    ("CR", "Chest PA", "CHEST", 1, 1),
    ("DX", "Hand right", "HAND", 1, 2),
    ("US", "Ultrasound abdomen", "ABDOMEN", 1, 24),
    ("MG", "Mammography bilateral", "BREAST", 1, 4),
    ("XA", "Coronary angiography", "HEART", 3, 12),
)
_ROOT = "1.2.826.0.1.3680043.10.1972.9"
_FIRST_DAY = date(2016, 1, 1)
_DAYS = 3650
_STUDIES_PER_PATIENT = 3
_PIECE = 5_000

Row = dict[str, Any]


def fill(engine: Engine, count: int, *, instances: bool = False) -> None:
    """Add `count` studies of a third as many patients to an empty index."""
    rng = random.Random(1972)
    container = _container(engine) if instances else None
    numbers = iter(range(1, count + 1))
    while piece := list(islice(numbers, _PIECE)):
        with writing(engine) as connection:
            _add_piece(connection, rng, piece, container)


def _add_piece(
    connection: Connection, rng: random.Random, piece: list[int], container: int | None
) -> None:
    tick = connection.execute(
        update(schema.clock)
        .where(schema.clock.c.pk == 1)
        .values(value=schema.clock.c.value + len(piece))
        .returning(schema.clock.c.value)
    ).scalar_one()
    patients: dict[int, Row] = {}
    for number in piece:
        patient = number // _STUDIES_PER_PATIENT
        if patient not in patients:
            patients[patient] = _patient(patient)
    _upsert_patients(connection, patients)
    exams = [(number, rng.choice(_EXAMS)) for number in piece]
    studies = [
        _study(rng, number, exam, patients[number // _STUDIES_PER_PATIENT], tick - position)
        for position, (number, exam) in enumerate(exams)
    ]
    _add(connection, schema.studies, studies)
    _add_series(connection, exams, container)


def _upsert_patients(connection: Connection, patients: dict[int, Row]) -> None:
    identities = [row["identity"] for row in patients.values()]
    known = select(schema.patients.c.identity).where(schema.patients.c.identity.in_(identities))
    before = set(connection.execute(known).scalars())
    new = [row for row in patients.values() if row["identity"] not in before]
    _add(connection, schema.patients, new)
    found = select(schema.patients.c.identity, schema.patients.c.pk)
    keys = {
        row.identity: row.pk
        for row in connection.execute(found.where(schema.patients.c.identity.in_(identities)))
    }
    for row in patients.values():
        row["pk"] = keys[row["identity"]]


def _add(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _patient(number: int) -> Row:
    rng = random.Random(number)
    name = f"{rng.choice(_FAMILY)}-{rng.choice(_FAMILY)}^{rng.choice(_GIVEN)}"
    identifier = f"PID{number:07d}"
    born = (date(1930, 1, 1) + timedelta(days=rng.randrange(32_000))).strftime("%Y%m%d")
    return {
        "identity": f"id\x1f\x1f{identifier}",
        "issuer": "",
        "patient_id": identifier,
        "name": person_name.normalise(name),
        "birth_date": born,
        "sex": rng.choice("FM"),
        "search": " ".join([*person_name.words(name), identifier.lower()]),
        "json": _json(
            {
                "00100010": ("PN", {"Alphabetic": name}),
                "00100020": ("LO", identifier),
                "00100030": ("DA", born),
            }
        ),
        "studies": _STUDIES_PER_PATIENT,
    }


def _study(
    rng: random.Random, number: int, exam: tuple[str, str, str, int, int], patient: Row, tick: int
) -> Row:
    modality, description, body_part, series, images = exam
    day = (_FIRST_DAY + timedelta(days=rng.randrange(_DAYS))).strftime("%Y%m%d")
    moment = f"{rng.randrange(7, 20):02d}{rng.randrange(60):02d}00"
    accession = f"A{number:08d}"
    patient_json = orjson.loads(patient["json"])
    return {
        "pk": number,
        "uid": f"{_ROOT}.{number}",
        "patient_pk": patient["pk"],
        "patient_id": patient["patient_id"],
        "patient_name": patient["name"],
        "patient_birth_date": patient["birth_date"],
        "patient_sex": patient["sex"],
        "date": day,
        "time": moment,
        "accession": accession,
        "study_id": str(number),
        "description": description,
        "referring": "HOUSE^GREGORY",
        "institution": "Bench",
        "modalities": f"\\{modality}\\",
        "sop_classes": "\\1.2.840.10008.5.1.4.1.1.2\\",
        "body_parts": f"\\{body_part}\\",
        "search": " ".join([patient["search"], accession.lower(), person_name.fold(description)]),
        "json": orjson.dumps(
            patient_json
            | orjson.loads(
                _json(
                    {
                        "00080020": ("DA", day),
                        "00080030": ("TM", moment),
                        "00080050": ("SH", accession),
                        "00081030": ("LO", description),
                        "0020000D": ("UI", f"{_ROOT}.{number}"),
                        "00200010": ("SH", str(number)),
                    }
                )
            )
        ).decode(),
        "series": series,
        "instances": images,
        "received": 1_700_000_000_000 + number * 1000,
        "changed": tick,
        "created": tick,
    }


def _add_series(
    connection: Connection,
    exams: list[tuple[int, tuple[str, str, str, int, int]]],
    container: int | None,
) -> None:
    rows = [_series(number, exam, at) for number, exam in exams for at in range(1, exam[3] + 1)]
    _add(connection, schema.series, rows)
    if container is None:
        return
    first, last = exams[0][0], exams[-1][0]
    found = select(schema.series.c.pk, schema.series.c.uid, schema.series.c.instances)
    these = connection.execute(found.where(schema.series.c.study_pk.between(first, last)))
    made = (row for series in these for row in _instances(series, container))
    for rows_of in _pieces(made):
        _add(connection, schema.instances, rows_of)


def _pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while piece := list(islice(rows, 20_000)):
        yield piece


def _series(number: int, exam: tuple[str, str, str, int, int], at: int) -> Row:
    modality, description, body_part, series, images = exam
    uid = f"{_ROOT}.{number}.{at}"
    return {
        "study_pk": number,
        "uid": uid,
        "modality": modality,
        "number": at,
        "description": f"{description} {at}",
        "body_part": body_part,
        "json": _json(
            {
                "00080060": ("CS", modality),
                "0008103E": ("LO", f"{description} {at}"),
                "0020000E": ("UI", uid),
                "00200011": ("IS", at),
            }
        ),
        "instances": max(images // series, 1),
        "changed": 1,
    }


def _instances(series: Any, container: int) -> Iterator[Row]:
    for number in range(1, series.instances + 1):
        uid = f"{series.uid}.{number}"
        yield {
            "series_pk": series.pk,
            "uid": uid,
            "sop_class": "1.2.840.10008.5.1.4.1.1.2",
            "number": number,
            "transfer_syntax": "1.2.840.10008.1.2.1",
            "container_pk": container,
            "offset": series.pk * 1_000_000 + number,
            "length": 530_000,
            "dataset_offset": 400,
            "digest": bytes(32),
            "json": _json({"00080018": ("UI", uid), "00200013": ("IS", number)}),
            "received": 1_700_000_000_000,
        }


def _json(elements: dict[str, tuple[str, Any]]) -> str:
    model = {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in elements.items()}
    return orjson.dumps(model).decode()


def _container(engine: Engine) -> int:
    with writing(engine) as connection:
        connection.execute(insert(schema.containers).values(name="generated"))
        return int(connection.execute(select(func.max(schema.containers.c.pk))).scalar_one())


def main() -> None:
    """Fill the database that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate_index", description=__doc__)
    parser.add_argument("database", help="sqlite:///PATH or postgresql://…, empty")
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--instances", action="store_true", help="rows of instances as well")
    options = parser.parse_args()
    engine = open_engine(options.database)
    upgrade(engine)
    fill(engine, options.studies, instances=options.instances)


if __name__ == "__main__":
    main()
