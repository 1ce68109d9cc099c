"""Which orders are done because they were reported.

The rule: a report that is final ends the orders of its patient that it names by a number, unless
another number of theirs says that it is of another order. It follows from what is kept, so it
does not matter which came first; a report that is taken back ends nothing any more.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, bindparam, or_, select

from steckel.ris.model import ReportStatus
from steckel.ris.numbered import is_same_patient
from steckel.ris.schema import orders, reports

#: What a report is worth that ends its order.
FINISHED: Final = frozenset({ReportStatus.FINAL, ReportStatus.AMENDED, ReportStatus.CORRECTED})
#: Numbers that both have. The study may be another than was planned, the others may not.
_NUMBERS: Final = ("placer", "filler", "accession", "study_uid")
_TELLING: Final = ("placer", "filler", "accession")
#: What no number is: stands for one that is empty.
_NO_NUMBER: Final = "\x1f"


def _numbered(table: Table) -> ColumnElement[bool]:
    return or_(*(table.c[name] == bindparam(f"the_{name}") for name in _NUMBERS))


_FINISHED = select(reports).where(
    _numbered(reports), reports.c.status.in_([status.value for status in sorted(FINISHED)])
)
_ORDERS = (
    select(orders.c.pk, orders.c.identity, *(orders.c[name] for name in _NUMBERS))
    .where(_numbered(orders))
    .order_by(orders.c.pk)
)


def is_reported(connection: Connection, identity: str, numbers: Mapping[str, str]) -> bool:
    """Whether a final report is of the order with these numbers."""
    return any(
        _agree(numbers, row._asdict()) and is_same_patient(connection, identity, row.identity)
        for row in connection.execute(_FINISHED, _asked(numbers)).all()
    )


def orders_named(connection: Connection, report: Mapping[str, Any]) -> list[int]:
    """Return the rows of the orders that a report (a row of `reports`) is of."""
    return [
        row.pk
        for row in connection.execute(_ORDERS, _asked(report)).all()
        if _agree(report, row._asdict())
        and is_same_patient(connection, row.identity, report["identity"])
    ]


def _asked(numbers: Mapping[str, Any]) -> dict[str, str]:
    return {f"the_{name}": numbers[name] or _NO_NUMBER for name in _NUMBERS}


def _agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in _TELLING if one[name] and other[name])
