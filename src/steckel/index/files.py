"""The files of an SQLite database."""

import time
from pathlib import Path

from sqlalchemy import Engine

from steckel.index.engine import is_sqlite


def set_aside(engine: Engine) -> Path | None:
    """Rename a damaged database, so that a new one can be made; return where it is now.

    ``None`` when it is none of ours to rename. The engine goes on with the new one.
    """
    if not is_sqlite(engine) or not engine.url.database:
        return None
    engine.dispose()
    file = Path(engine.url.database)
    aside = file.with_name(f"{file.name}.damaged-{time.strftime('%Y%m%dT%H%M%S')}")
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
