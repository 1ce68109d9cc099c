"""A whole archive without a door, its index on both databases."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from tests.databases import Index, database_server, index, upgraded_database

from steckel.ingest.model import Arrival, Expected, Outcome, Receipt, Source, Way
from steckel.retrieve.engine import RetrieveEngine
from steckel.server.settings import Settings
from steckel.server.wiring import House

__all__ = ["database_server", "index", "upgraded_database"]

Store = Callable[..., Receipt]


@pytest.fixture
def house(index: Index, tmp_path: Path) -> Iterator[House]:
    house = House(Settings(home=tmp_path / "home", database_url=index.url))
    house.layout.create()
    yield house
    house.close()


@pytest.fixture
def retriever(house: House) -> Iterator[RetrieveEngine]:
    retriever = RetrieveEngine(house.engine, house.reader)
    yield retriever
    retriever.close()


@pytest.fixture
def store(house: House) -> Store:
    """Return a function that archives a data set or the bytes of a file."""

    def store(what: Dataset | bytes) -> Receipt:
        draft = house.ingest.draft()
        draft.write(what if isinstance(what, bytes) else file_of(what))
        source = Source(way=Way.IMPORT, name="test")
        [answer] = house.ingest.receive([Arrival(draft=draft, source=source, expected=Expected())])
        assert isinstance(answer, Receipt), answer
        assert answer.outcome is Outcome.STORED
        return answer

    return store


def made(number: int = 1, series: int = 1, **values: Any) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.StudyInstanceUID = "1.2.3"
    dataset.SeriesInstanceUID = f"1.2.3.{series}"
    dataset.SOPInstanceUID = f"1.2.3.{series}.{number}"
    dataset.PatientID, dataset.SeriesNumber, dataset.InstanceNumber = "P1", series, number
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.fixture
def make() -> Callable[..., Dataset]:
    """Return a maker of small objects of one study."""
    return made


def file_of(dataset: Dataset) -> bytes:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    body = io.BytesIO()
    dataset.save_as(body, enforce_file_format=True)
    return body.getvalue()
