"""A PostgreSQL server for the contestants that use one, with its settings as they come.

Started where ``initdb`` is installed, in a folder of its own on the disk that
is measured; it syncs. PostgreSQL refuses to run as root: then it runs as
``postgres``, the user that Debian's package makes.
"""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from bench.contestants.contestant import free_port

_USER = "bench"


class PostgresqlServer:
    """A server on which databases can be made."""

    def __init__(self, port: int) -> None:
        self._url = make_url(f"postgresql+psycopg://{_USER}@127.0.0.1:{port}/postgres")
        self._numbers = count(1)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yield the URL of an empty database."""
        name = f"bench_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield str(self._url.set(drivername="postgresql", database=name))
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def postgresql_server(folder: Path) -> Iterator[PostgresqlServer | None]:
    """Run a server; yield nothing where there is none, or it cannot reach the folder."""
    programs = _programs()
    if programs is None or not _open_to_others(folder):
        yield None
        return
    scratch = Path(tempfile.mkdtemp(prefix="postgresql-", dir=folder))
    scratch.chmod(0o700)
    if os.getuid() == 0:
        shutil.chown(scratch, "postgres", "postgres")
    data, port = str(scratch / "data"), free_port()
    control = [str(programs / "pg_ctl"), "-D", data, "-w", "-s"]
    try:
        making = [str(programs / "initdb"), "--no-sync", "-D", data, "-E", "UTF8"]
        _run(*making, "-A", "trust", "-U", _USER)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={scratch}"
        _run(*control, "-l", str(scratch / "log"), "-o", options, "start")
        try:
            yield PostgresqlServer(port)
        finally:
            _run(*control, "-m", "fast", "stop")
    finally:
        shutil.rmtree(scratch)


def _run(*command: str) -> None:
    """Run a program of PostgreSQL's; one that stays must not hold our output open."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run(
        [*as_user, *command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )


def _open_to_others(folder: Path) -> bool:
    """Tell whether the user as whom PostgreSQL runs gets to the folder."""
    if os.getuid() != 0:
        return True
    return all(above.stat().st_mode & stat.S_IXOTH for above in (folder, *folder.parents))


def _programs() -> Path | None:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    if newest:
        return newest.parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None
