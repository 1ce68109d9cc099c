"""One whole server for a module of tests, and objects that it has never seen."""

import io
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from tests.steckel_server import SteckelServer, running_server

_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    home: Path = tmp_path_factory.mktemp("whole") / "home"
    with running_server(home) as running:
        yield running


@pytest.fixture
def make_object() -> Callable[..., Dataset]:
    """Return a maker of small objects; each is of a study of its own unless told otherwise."""

    def make(sop_class: str = "1.2.840.10008.5.1.4.1.1.7", **values: object) -> Dataset:
        made = Dataset()
        made.SOPClassUID = sop_class
        made.SOPInstanceUID, made.StudyInstanceUID = generate_uid(), generate_uid()
        made.SeriesInstanceUID = generate_uid()
        made.PatientID, made.PatientName = f"MADE{next(_numbers)}", "Made^Up"
        made.Modality, made.InstanceNumber = "OT", 1
        for keyword, value in values.items():
            setattr(made, keyword, value)
        made.file_meta = FileMetaDataset()
        made.file_meta.MediaStorageSOPClassUID = sop_class
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        return made

    return make


@pytest.fixture
def store(server: SteckelServer) -> Callable[[Dataset], None]:
    """Return a function that stores an object, by STOW-RS."""

    def store(made: Dataset) -> None:
        body = io.BytesIO()
        made.save_as(body, enforce_file_format=True)
        with server.client() as client:
            headers = {"Content-Type": "application/dicom"}
            answer = client.post("/dicomweb/studies", content=body.getvalue(), headers=headers)
        assert answer.status_code == 200, answer.text

    return store
