"""What is done once before a node serves: folders, schema, first account, recovery."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from steckel.archive.disk import translate_errors
from steckel.audit.spool import adopt
from steckel.errors import OutOfSpace, SettingsError, StorageFailure
from steckel.index.upgrade import upgrade
from steckel.security.accounts import ensure_admin
from steckel.server.journals import SPOOL
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

#: A file in the home while the index is made anew.
_INCOMPLETE = "reindex-unfinished"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What came of it."""

    password: str | None  #: of the account `admin`, when it was made now and not chosen
    recovered: int  #: containers that a crash had left open


def prepare_database(house: House) -> None:
    """Make the folders, and bring the schema up to date.

    Raises
    ------
    SettingsError
        The home cannot be made, or not be written to.
    StorageFailure
        The store cannot be made, or the database does not answer, or is newer than
        this program.
    """
    home = house.settings.home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsError(
            f"home = {str(home)!r} cannot be made ({problem.strerror}); "
            "allowed: a folder that this user may write to"
        ) from problem
    if not os.access(home, os.W_OK):
        raise SettingsError(
            f"home = {str(home)!r} is read-only for this user; "
            "allowed: a folder that this user may write to"
        )
    with translate_errors():
        house.layout.create()
    upgrade(house.engine)


@contextmanager
def index_incomplete(home: Path) -> Iterator[None]:
    """Note in the home that the index lacks something; no more when the block has ended well."""
    mark = home / _INCOMPLETE
    with translate_errors():
        mark.touch(mode=0o600)
    yield
    mark.unlink(missing_ok=True)


def require_index(house: House) -> None:
    """Make sure that the index belongs to the store.

    Raises
    ------
    StorageFailure
        It was lost, or was not made to its end: what is archived would seem to be gone.
    """
    if (house.settings.home / _INCOMPLETE).exists():
        raise StorageFailure("the index is incomplete: run `steckel reindex` again, to its end")
    if house.reindexing.is_needed():
        raise StorageFailure(
            "the store has images, but the index is new and knows nothing of them: run "
            "`steckel reindex`, or put the index of this store back in its place"
        )


def prepare(house: House) -> Prepared:
    """Prepare a node; safe to do in several processes, one after another.

    Raises
    ------
    SteckelError
        It cannot serve; the message says why.
    """
    prepare_database(house)
    adopt(house.settings.home / SPOOL, house.recorder.ledger.write)
    require_index(house)
    chosen = house.settings.admin_password or None
    password = ensure_admin(house.security.accounts, chosen)
    return Prepared(password=password, recovered=_tidy_up(house))


def _tidy_up(house: House) -> int:
    """Take care of what the last process left; on a full disk the worker does it later.

    What is in the index can be read meanwhile, wherever it lies.
    """
    try:
        recovered = house.recovery.run()
        house.erasure.run()
    except OutOfSpace as problem:
        _log.warning("recovery_postponed", reason=str(problem))
        return 0
    return recovered
