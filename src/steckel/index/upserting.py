"""Inserts that meet a row that is there already, made once for each database.

To make a statement costs SQLAlchemy more than to run it: what is said hundreds of times a second
is a statement with parameters, kept.
"""

from functools import cache

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

Names = tuple[str, ...]


def add_new(connection: Connection, table: Table, names: Names, conflict: Names) -> Insert:
    """Return an insert that leaves a row alone which has the same values in `conflict`."""
    return _add_new(connection.dialect.name, table, names, conflict)


def add_or_change(connection: Connection, table: Table, names: Names, conflict: Names) -> Insert:
    """Return an insert that changes the row with the same values in `conflict`.

    All of `names` but those in `conflict` are changed.
    """
    changed = tuple(name for name in names if name not in conflict)
    return _add_or_change(connection.dialect.name, table, names, conflict, changed)


def add_or_change_some(
    connection: Connection, table: Table, names: Names, conflict: Names, changed: Names
) -> Insert:
    """Return an insert that changes some columns of the row with the same values in `conflict`."""
    return _add_or_change(connection.dialect.name, table, names, conflict, changed)


@cache
def _add_new(dialect: str, table: Table, names: Names, conflict: Names) -> Insert:
    return _insert(dialect, table, names).on_conflict_do_nothing(index_elements=conflict)


@cache
def _add_or_change(
    dialect: str, table: Table, names: Names, conflict: Names, changed: Names
) -> Insert:
    insert = _insert(dialect, table, names)
    return insert.on_conflict_do_update(
        index_elements=conflict, set_={name: insert.excluded[name] for name in changed}
    )


def _insert(dialect: str, table: Table, names: Names) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).values({name: bindparam(name) for name in names})
