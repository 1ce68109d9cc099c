"""Putting data sets into an index as ingest does, without an archive."""

import io
from collections.abc import Iterable
from itertools import count
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from sqlalchemy import Engine

from steckel.archive.location import Location
from steckel.index.writer import IndexWriter, Ticket
from steckel.ingest.entry import index_entry
from steckel.ingest.examine import examine

CT = "1.2.840.10008.5.1.4.1.1.2"
SR = "1.2.840.10008.5.1.4.1.1.88.11"
_numbers = count(1)


def made(study: str, series: str = "1", **values: Any) -> Dataset:
    """Return an object; its UIDs tell where it belongs: study ``1``, series ``1.1``."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = CT
    dataset.StudyInstanceUID = f"1.2.{study}"
    dataset.SeriesInstanceUID = f"1.2.{study}.{series}"
    dataset.SOPInstanceUID = f"1.2.{study}.{series}.{next(_numbers)}"
    dataset.PatientID = f"P{study}"
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def file_of(dataset: Dataset) -> bytes:
    """Return a data set as a Part 10 file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    body = io.BytesIO()
    dataset.save_as(body, enforce_file_format=True)
    return body.getvalue()


def archive(engine: Engine, datasets: Iterable[Dataset]) -> None:
    """Index data sets."""
    tickets = []
    for dataset in datasets:
        examined = examine(memoryview(file_of(dataset)))
        place = Location("container", 1000 * next(_numbers), 500)
        tickets.append(Ticket(index_entry(examined, place, 1_700_000_000_000 + next(_numbers))))
    writer = IndexWriter(engine)
    writer.write(tickets)
    writer.stop()
    assert all(ticket.result() for ticket in tickets)
