"""The different values of an indexed column, of which there are few among many rows.

Modalities of studies are such: some dozens of sets among millions of studies.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, ColumnElement, func, select

Condition = Callable[[ColumnElement[Any]], ColumnElement[bool]]


def among_kept(column: Column[str], condition: Condition) -> ColumnElement[bool]:
    """Return "the column has a value that meets the condition", served by its index.

    Each value that occurs is looked at once, by stepping through the index from
    one to the next larger.
    """
    values = select(func.min(column).label("value")).cte(recursive=True)
    larger = select(func.min(column)).where(column > values.c.value).scalar_subquery()
    values = values.union_all(select(larger).where(values.c.value.is_not(None)))
    return column.in_(select(values.c.value).where(condition(values.c.value)))
