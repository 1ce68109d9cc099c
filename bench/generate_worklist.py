"""A worklist as a large hospital has it: orders and scheduled steps that nobody has.

Deterministic: the same number gives the same rows.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Engine, insert, text

from bench.invented import Row, patient
from steckel.dicom.json_model import JsonDataset
from steckel.index.engine import is_sqlite, writing
from steckel.ris.model import StepStatus
from steckel.ris.schema import orders, steps
from steckel.ris.worklist_item import Whose, item_columns

FIRST_DAY = date(2026, 11, 24)
DAYS = 60
STATIONS = 40
_MODALITIES = ("CT", "MR", "CR", "DX", "US", "MG", "XA", "PT")
_ROOT = "1.2.826.0.1.3680043.10.1972.10"
_PIECE = 5_000


def station(number: int) -> tuple[str, str]:
    """Return AE title and modality of a device."""
    modality = _MODALITIES[number % len(_MODALITIES)]
    return f"{modality}{number // len(_MODALITIES) + 1}", modality


def fill_worklist(engine: Engine, count: int) -> None:
    """Add `count` orders with one open step each; the numbers of rows begin at one."""
    made = (_scheduled(number) for number in range(1, count + 1))
    while piece := list(islice(made, _PIECE)):
        with writing(engine) as connection:
            connection.execute(insert(orders), [order for order, _ in piece])
            connection.execute(insert(steps), [step for _, step in piece])
    if is_sqlite(engine):
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ("orders", "steps"):
            sequence = f"pg_get_serial_sequence('{name}', 'pk')"
            connection.execute(text(f"SELECT setval({sequence}, :last)"), {"last": count})
        connection.execute(text("VACUUM ANALYZE steps"))


def _scheduled(number: int) -> tuple[Row, Row]:
    rng = random.Random(number)
    owner = patient(number // 2 + 1, 1)
    title, modality = station(rng.randrange(STATIONS))
    day = (FIRST_DAY + timedelta(days=rng.randrange(DAYS))).strftime("%Y%m%d")
    time = f"{rng.randrange(7, 20):02d}{rng.randrange(0, 60, 5):02d}00"
    order = _element(
        {
            "00080050": ("SH", f"W{number:08d}"),
            "00080090": ("PN", {"Alphabetic": "HOUSE^GREGORY"}),
            "0020000D": ("UI", f"{_ROOT}.{number}"),
            "00321060": ("LO", f"{modality} examination"),
            "00321032": ("PN", {"Alphabetic": "GREY^MEREDITH"}),
            "00380010": ("LO", f"V{number // 2}"),
            "00401001": ("SH", f"R{number:08d}"),
            "00401003": ("SH", "ROUTINE"),
            "00402016": ("LO", f"P{number:08d}"),
        }
    )
    step = _element(
        {
            "00080060": ("CS", modality),
            "00400001": ("AE", title),
            "00400002": ("DA", day),
            "00400003": ("TM", time),
            "00400006": ("PN", {"Alphabetic": "ZHIVAGO^YURI"}),
            "00400007": ("LO", f"{modality} examination"),
            "00400009": ("SH", f"S{number:08d}"),
            "00400010": ("SH", f"ROOM {title}"),
        }
    )
    whose = Whose(identity=owner["identity"], json=orjson.loads(owner["json"]))
    columns = item_columns(whose, order, step, StepStatus.SCHEDULED)
    return (
        {
            "pk": number,
            "key": f"PP{number:08d}\x1f",
            "identity": owner["identity"],
            "accession": f"W{number:08d}",
            "study_uid": f"{_ROOT}.{number}",
            "status": "scheduled",
            "registers": "{}",
            "json": orjson.dumps(order).decode(),
        },
        {"pk": number, "order_pk": number, "step_id": f"S{number:08d}", **columns},
    )


def _element(values: dict[str, tuple[str, Any]]) -> JsonDataset:
    return {key: {"vr": vr, "Value": [value]} for key, (vr, value) in values.items()}


def days() -> Iterator[str]:
    """Yield the days of the worklist as DICOM spells them."""
    for number in range(DAYS):
        yield (FIRST_DAY + timedelta(days=number)).strftime("%Y%m%d")
