"""SQL for the hot path: compiled once, run on the driver's cursor.

SQLAlchemy's execution costs several times what SQLite needs for an insert;
its compiler is used, its execution is not.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler


class Prepared:
    """One statement with named parameters, for one dialect."""

    __slots__ = ("_constants", "_names", "sql")

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        #: values written in the statement itself (``value + 1``)
        self._constants = {k: v for k, v in compiled.params.items() if v is not None}
        self._names: tuple[str, ...] | None = (
            tuple(compiled.positiontup or ()) if compiled.positional else None
        )

    def bind(self, values: Mapping[str, Any]) -> Any:
        """Return the values in the form that the driver takes."""
        if self._names is None:
            return {**self._constants, **values}
        constants = self._constants
        return tuple([values[n] if n in values else constants[n] for n in self._names])
