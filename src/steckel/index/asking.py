"""Small questions to the index, asked on the driver's own connections.

A few of these are kept for the next question: for one row SQLAlchemy's execution
costs several times the answer.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Executable

from steckel.index.engine import is_sqlite
from steckel.index.failures import failure_of
from steckel.index.prepared import Prepared

#: Connections kept for the next question.
_KEPT = 4


class Asking:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Connection] = deque()

    def prepare(self, statement: Executable) -> Prepared:
        """Make a question of a statement with named parameters."""
        return Prepared(statement, self._engine.dialect)

    def one(self, question: Prepared, values: Mapping[str, Any]) -> Any:
        """Return the first row as the driver gives it, or ``None``.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        connection = self._connect()
        try:
            cursor = connection.connection.cursor()
            cursor.execute(question.sql, question.bind(values))
            row = cursor.fetchone()
            cursor.close()
        except Exception as problem:
            connection.invalidate()
            connection.close()
            raise failure_of(problem) from problem
        if len(self._idle) < _KEPT:
            self._idle.append(connection)
        else:
            connection.close()
        return row

    def close(self) -> None:
        """Give the kept connections back."""
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            connection = self._engine.connect()
            if not is_sqlite(self._engine):
                # Else the first question would open a transaction, and it would stay open.
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        except Exception as problem:
            raise failure_of(problem) from problem
        return connection
