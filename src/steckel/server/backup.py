"""``steckel backup`` and ``restore``: a consistent copy of a node in a folder.

::

    FOLDER/
      steckel-backup.json   what this is, and from when
      index.sqlite3         the index with accounts, tokens and application entities
      steckel.toml          the settings, where there is such a file
      store/                as in the home (docs/formats/store.md)

The rule: the index is copied first, the bytes after it, so that every container
that the copied index names is there. A sealed container never changes: the next
backup into the same folder copies the new ones only.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from steckel import __version__
from steckel.archive.disk import translate_errors
from steckel.archive.layout import CONTAINER_SUFFIX, Layout, sync_folder
from steckel.errors import InputError
from steckel.index.engine import is_sqlite, open_engine
from steckel.index.schema import containers, instances
from steckel.server.settings import FILE, Settings
from steckel.server.wiring import House

INDEX_FILE = "index.sqlite3"
MANIFEST = "steckel-backup.json"
_FORMAT = 1
#: Containers may be merged or rewritten while they are copied; then the index is copied again.
_TRIES = 3

Progress = Callable[[int], None]  #: containers copied


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What came of it."""

    copied: int  #: containers that were new
    kept: int  #: containers that were there from before
    removed: int  #: containers of what was deleted since
    missing: int  #: containers that the index names and the archive itself does not have
    with_index: bool


def backup_layout(folder: Path) -> Layout:
    """Return the store inside a backup."""
    return Layout(folder / "store")


def back_up(house: House, folder: Path, progress: Progress) -> BackedUp:
    """Copy a node; the server may run meanwhile.

    Raises
    ------
    InputError
        The folder holds something else.
    OutOfSpace, StorageFailure
        It could not be copied; what an earlier backup has is still there.
    """
    _require_backup_folder(folder, house.settings)
    target = backup_layout(folder)
    copied = 0
    names: set[str] | None = None
    missing: list[str] = []
    with translate_errors():
        target.create()
        for _ in range(_TRIES):
            names = _copy_index(house, folder)
            copied += _copy_containers(house.layout, target, progress)
            missing = [name for name in names or () if not _is_there(target, name)]
            if not missing:
                break
        _copy_files(house.layout.quarantine, target.quarantine)
        removed = _remove_gone(house.layout, target, names or set())
        _copy_settings(house.settings.home, folder)
        _write_manifest(folder, "postgresql" if names is None else "sqlite")
        total = sum(1 for _ in _containers(target))
    return BackedUp(
        copied=copied,
        kept=max(total - copied, 0),
        removed=removed,
        missing=len(missing),
        with_index=names is not None,
    )


def restore(folder: Path, settings: Settings, progress: Progress) -> int:
    """Copy a backup into a home that has no archive; return how many containers there were.

    Raises
    ------
    InputError
        There is no backup, or the home is in use.
    OutOfSpace, StorageFailure
        It could not be copied.
    """
    if not (folder / MANIFEST).is_file():
        raise InputError(f"{folder}: there is no backup in this folder")
    target = Layout(settings.store)
    if any(_containers(target)) or (settings.home / INDEX_FILE).exists():
        raise InputError(f"{settings.home}: there is an archive already; restore into another home")
    with translate_errors():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.create()
        copied = _copy_containers(backup_layout(folder), target, progress)
        _copy_files(backup_layout(folder).quarantine, target.quarantine)
        for name in (FILE, INDEX_FILE):
            if (folder / name).exists() and not (settings.home / name).exists():
                _copy(folder / name, settings.home / name)
    return copied


def _require_backup_folder(folder: Path, settings: Settings) -> None:
    inside = (settings.home, settings.store)
    if any(folder == path or path in folder.parents for path in inside):
        raise InputError("a backup inside of the home would be lost with it: name another folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        unfinished = (folder / "store").is_dir() or (folder / INDEX_FILE).exists()
        if not unfinished:
            raise InputError(f"{folder}: this folder holds something else; name an empty one")


def _copy_index(house: House, folder: Path) -> set[str] | None:
    """Copy an SQLite index as it is now; return the containers that it names."""
    if not is_sqlite(house.engine):
        return None
    part = folder / f"{INDEX_FILE}.part"
    part.unlink(missing_ok=True)
    connection = house.engine.raw_connection()
    try:
        source = connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with sqlite3.connect(part) as copy:
            source.backup(copy)  # at once: from one snapshot, while others go on writing
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.close()
    finally:
        connection.close()
    _finish(part, folder / INDEX_FILE)
    engine = open_engine(f"sqlite:///{folder / INDEX_FILE}")
    try:
        with engine.connect() as reading:
            used = select(containers.c.name).where(
                select(instances.c.pk).where(instances.c.container_pk == containers.c.pk).exists()
            )
            return set(reading.execute(used).scalars())
    finally:
        engine.dispose()


def _copy_containers(source: Layout, target: Layout, progress: Progress) -> int:
    """Copy the containers that are new, open ones first: they may be sealed meanwhile."""
    done = 0
    for path in sorted(source.open.glob(f"*{CONTAINER_SUFFIX}")):
        _copy_if_there(path, target.open_path(path.stem))
    for path in _containers(source):
        destination = target.sealed_path(path.stem)
        if destination.exists():
            continue
        destination.parent.mkdir(mode=0o700, exist_ok=True)
        if _copy_if_there(path, destination):
            target.open_path(path.stem).unlink(missing_ok=True)
            done += 1
            progress(done)
    return done


def _containers(layout: Layout) -> Iterator[Path]:
    return layout.sealed.glob(f"*/*{CONTAINER_SUFFIX}")


def _is_there(layout: Layout, name: str) -> bool:
    return layout.sealed_path(name).exists() or layout.open_path(name).exists()


def _remove_gone(source: Layout, target: Layout, names: set[str]) -> int:
    """Drop what the archive does not have any more: deleted is deleted in the backup as well."""
    copies = (*_containers(target), *target.open.iterdir())
    doomed = [p for p in copies if p.stem not in names and not _is_there(source, p.stem)]
    for path in doomed:
        path.unlink(missing_ok=True)
    return len(doomed)


def _copy_files(source: Path, target: Path) -> None:
    """Make one folder of small files like the other."""
    names = {path.name for path in source.iterdir()}
    for name in sorted(names):
        if not (target / name).exists():
            _copy_if_there(source / name, target / name)
    for path in target.iterdir():
        if path.name not in names:
            path.unlink(missing_ok=True)


def _copy_settings(home: Path, folder: Path) -> None:
    if (home / FILE).exists():
        _copy(home / FILE, folder / FILE)


def _copy_if_there(source: Path, target: Path) -> bool:
    try:
        _copy(source, target)
    except FileNotFoundError:
        return False  # sealed, merged or erased since it was listed
    return True


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    with source.open("rb") as reading, part.open("wb") as writing:
        part.chmod(0o600)
        shutil.copyfileobj(reading, writing, 4 << 20)
        writing.flush()
        os.fdatasync(writing.fileno())
    part.rename(target)
    sync_folder(target.parent)


def _finish(part: Path, target: Path) -> None:
    part.chmod(0o600)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.rename(target)
    sync_folder(target.parent)


def _write_manifest(folder: Path, database: str) -> None:
    facts = {
        "format": _FORMAT,
        "version": __version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": database,
    }
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    _finish(part, folder / MANIFEST)
