"""What a database says when it fails, in our errors.

The rule: nobody outside of this package sees an error of a driver. Those that
mean something to who asked, such as a violated constraint, are not failures
and pass as they are.
"""

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from steckel.errors import InvalidQuery, OutOfSpace, SteckelError, StorageFailure

_PASS = (IntegrityError, DataError, ProgrammingError)
#: SQLSTATE of PostgreSQL: disk full (53100).
_FULL = ("SQLITE_FULL", "53100")
#: SQLSTATE of PostgreSQL: numeric value out of range.
_TOO_LARGE = "22003"
#: SQLSTATE of PostgreSQL: serialization failure, deadlock detected.
_PASSING = frozenset({"40001", "40P01"})
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
#: Beginnings of SQLite's error names, and what a person can do.
_ADVICE = {
    "SQLITE_READONLY": "the index cannot be written: its file or its disk is read-only",
    "SQLITE_CANTOPEN": "the index cannot be opened: is its folder there, and ours to write to?",
    "SQLITE_PERM": "the index cannot be opened: its file belongs to somebody else",
    "SQLITE_BUSY": "the index is busy for too long",
    "SQLITE_IOERR": "the disk of the index failed",
}


class DamagedIndex(StorageFailure):
    """The database is none, or has broken pages; it can be made anew from the store."""


def failure_of(problem: BaseException) -> SteckelError:
    """Return our error for one of a driver, wrapped by SQLAlchemy or not."""
    if isinstance(problem, SteckelError):
        return problem
    original = getattr(problem, "orig", None) or problem
    name = str(getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", ""))
    if name.startswith(_FULL):
        return OutOfSpace("there is no room on the disk of the index")
    if name.startswith(_DAMAGED):
        return DamagedIndex(
            "the index is damaged; stop the server and run `steckel reindex`: "
            "it is made anew from the store"
        )
    if type(original).__module__.startswith("psycopg") and not getattr(original, "sqlstate", None):
        # No answer of the server, but one of the connection; it names no password.
        reason = str(original).strip().partition("\n")[0]
        return StorageFailure(f"database_url: the database cannot be reached ({reason})")
    advice = (text for start, text in _ADVICE.items() if name.startswith(start))
    return StorageFailure(next(advice, "the index failed"))


def will_pass(problem: BaseException) -> bool:
    """Whether a transaction was ended for the sake of another, and may succeed the next time."""
    original = getattr(problem, "orig", None) or problem
    return getattr(original, "sqlstate", None) in _PASSING


def translate_failures(engine: Engine) -> None:
    """Have an engine raise our errors where its database fails."""
    event.listen(engine, "handle_error", _translate)


def _translate(context: ExceptionContext) -> None:
    original = context.original_exception
    if isinstance(original, OverflowError) or getattr(original, "sqlstate", "") == _TOO_LARGE:
        raise InvalidQuery("a number is larger than any that is kept here")
    # A ping that fails makes the pool connect again, and is nobody's error.
    wrapped = context.sqlalchemy_exception
    if wrapped is not None and not context.is_pre_ping and not isinstance(wrapped, _PASS):
        raise failure_of(wrapped) from wrapped
