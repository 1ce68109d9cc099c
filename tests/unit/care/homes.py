"""Homes of archives in tests: opened, filled, copied as a crash would leave them, compared."""

import io
import shutil
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from steckel.care.verifying import Flaw
from steckel.index.upgrade import upgrade
from steckel.ingest.model import Arrival, Outcome, Receipt, Source, Way
from steckel.ingest.policy import OnConflict
from steckel.server.settings import Settings
from steckel.server.wiring import House

UID = "1.2.826.66.1"


def mark(number: int) -> bytes:
    """Return bytes that stand in one instance only."""
    return b"THE-PIXELS-OF-INSTANCE-%04d" % number


def dicom(number: int, *, series: int = 1, study: int = 1, note: bytes = b"") -> bytes:
    """Return an instance; instances with a number belong to a patient of their study."""
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.SOPInstanceUID = f"{UID}.{number}"
    dataset.StudyInstanceUID = f"1.2.826.66.2.{study}"
    dataset.SeriesInstanceUID = f"1.2.826.66.3.{study}.{series}"
    dataset.PatientID = f"P{study}"
    dataset.PatientName = f"Care^Test{study}"
    dataset.StudyDate = "20240229"
    dataset.AccessionNumber = f"A{study}"
    dataset.Modality = "OT"
    dataset.InstanceNumber = number
    dataset.add_new(0x00091001, "OB", mark(number) + note + bytes(1 + len(note) % 2))
    dataset.Rows = dataset.Columns = 8
    dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.NumberOfFrames = 1, 8, 2
    dataset.add_new(0x7FE00010, "OB", bytes(128))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


class Homes:
    """Opens homes below a folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self._folder = folder
        self._numbers = count(1)
        self._opened: list[House] = []

    def open(self, home: Path, on_conflict: OnConflict = OnConflict.KEEP_FIRST) -> House:
        """Open a home as a process does that has just started."""
        house = House(Settings(home=home, on_conflict=on_conflict))
        house.layout.create()
        upgrade(house.engine)
        self._opened.append(house)
        return house

    def disk(self, home: Path | None = None) -> Path:
        """Return a copy of a home as it is on the disk now: what a crash would leave."""
        copy = self._folder / f"crashed-{next(self._numbers)}"
        shutil.copytree(home or self.home, copy)
        return copy

    def close(self) -> None:
        """Close all of them."""
        for house in self._opened:
            house.close()


def send(house: House, *contents: bytes) -> list[Outcome]:
    """Have instances archived."""
    arrivals = []
    for content in contents:
        draft = house.ingest.draft()
        draft.write(content)
        arrivals.append(Arrival(draft=draft, source=Source(way=Way.DIMSE, name="CT1")))
    answers = house.ingest.receive(arrivals)
    assert all(isinstance(answer, Receipt) for answer in answers), answers
    return [answer.outcome for answer in answers if isinstance(answer, Receipt)]


def stored(house: House, number: int) -> bytes | None:
    """Return the bytes of an instance, as the index leads to them."""
    known = house.lookups.known(f"{UID}.{number}")
    return None if known is None else house.reader.read(known.location)


def flaws(house: House) -> list[Flaw]:
    """Return what `verify` finds."""
    found = [finding.flaw for finding in house.verification.instances() if finding is not None]
    return found + [finding.flaw for finding in house.verification.containers()]


def containers(house: House) -> list[Path]:
    """Return the sealed containers."""
    return sorted(house.layout.sealed.rglob("*.zip"))


_TABLES = {
    "patients": "SELECT * FROM patients",
    "studies": "SELECT p.identity AS patient, s.* FROM studies s JOIN patients p"
    " ON s.patient_pk = p.pk",
    "series": "SELECT t.uid AS study, s.* FROM series s JOIN studies t ON s.study_pk = t.pk",
    "instances": "SELECT s.uid AS series, c.name AS container, i.* FROM instances i"
    " JOIN series s ON i.series_pk = s.pk JOIN containers c ON i.container_pk = c.pk",
    "containers": "SELECT * FROM containers",
    "quarantine": "SELECT * FROM quarantine",
    "conflicts": "SELECT * FROM conflicts WHERE state = 'open'",
}


def rows(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all that the index knows of the store, without what another order may change."""
    with sqlite3.connect(home / "index.sqlite3") as index:
        index.row_factory = sqlite3.Row
        return {
            table: sorted((_plain(row) for row in index.execute(statement)), key=repr)
            for table, statement in _TABLES.items()
        }


_ORDER = {"changed", "created"}


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    keys = [key for key in row.keys() if not key.endswith("pk") and key not in _ORDER]  # noqa: SIM118
    return {key: row[key] for key in keys}
