"""The state of the node, for the JSON API and for ``steckel status``."""

import os
import time
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from steckel import __version__
from steckel.archive.disk import translate_errors
from steckel.errors import StorageFailure
from steckel.index.schema import patients, studies
from steckel.server.processes import read_processes
from steckel.server.store_size import read_store_size
from steckel.web.ports.system import ArchiveCounts, ProcessRow, StoreSpace, SystemReport

if TYPE_CHECKING:
    from steckel.server.wiring import House


class StatusDesk:
    """How the node is."""

    def __init__(self, house: "House") -> None:
        self._house = house
        self._started = int(time.time() * 1000)

    def report(self) -> SystemReport:
        """Return the state of the node."""
        house = self._house
        processes = read_processes(house.settings.home)
        return SystemReport(
            version=__version__,
            started=self._started,
            roles=tuple(process.role for process in processes),
            database=house.engine.dialect.name,
            store=self._space(),
            counts=self._counts(),
            quarantine=house.quarantine.count(),
            conflicts=house.conflicts.count(),
            processes=tuple(
                ProcessRow(role=p.role, pid=p.pid, rss_bytes=p.rss_bytes) for p in processes
            ),
        )

    def check(self) -> None:
        """Ask the database and the store for an answer."""
        try:
            with self._house.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception as problem:
            raise StorageFailure("the database does not answer") from problem
        with translate_errors():
            self._house.layout.open.stat()

    def _space(self) -> StoreSpace:
        with translate_errors():
            status = os.statvfs(self._house.layout.root)
        return StoreSpace(
            used_bytes=read_store_size(self._house.settings.home),
            free_bytes=status.f_bavail * status.f_frsize,
        )

    def _counts(self) -> ArchiveCounts:
        # Counters of the studies, not a count of all instances.
        totals = select(
            func.count(studies.c.pk),
            func.coalesce(func.sum(studies.c.series), 0),
            func.coalesce(func.sum(studies.c.instances), 0),
        )
        with self._house.engine.connect() as connection:
            row = connection.execute(totals).one()
            people = connection.execute(
                select(func.count()).select_from(patients).where(patients.c.studies > 0)
            ).scalar_one()
        return ArchiveCounts(patients=people, studies=row[0], series=row[1], instances=row[2])
