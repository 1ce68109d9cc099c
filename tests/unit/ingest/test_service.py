"""What becomes of an object: stored once, kept apart, refused; and whatever is told is true."""

import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from steckel.care.verifying import Flaw
from steckel.errors import (
    IdentityMismatch,
    MissingIdentity,
    NotDicom,
    PatientMismatch,
    RefusedByPolicy,
    TooLarge,
)
from steckel.index.writer import Ticket
from steckel.ingest.model import Arrival, Expected, Outcome, Receipt, Refusal, Source, Way
from steckel.ingest.policy import IngestPolicy, OnConflict
from steckel.ingest.service import IngestService
from steckel.server.wiring import House

_UID = "1.2.826.99.1"
_NOTHING = Expected()
_MARK = b"THE-PIXELS-OF-THIS-INSTANCE"


def _dicom(number: int = 1, *, patient: str = "P1", mark: bytes = _MARK, study: str = "2") -> bytes:
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66"
    dataset.SOPInstanceUID = f"{_UID}.{number}"
    dataset.StudyInstanceUID = f"1.2.826.99.{study}"
    dataset.SeriesInstanceUID = f"1.2.826.99.{study}.1"
    dataset.PatientID = patient
    dataset.Modality = "OT"
    dataset.add_new(0x00091001, "OB", mark + bytes(len(mark) % 2))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _arrival(ingest: IngestService, content: bytes, expected: Expected = _NOTHING) -> Arrival:
    draft = ingest.draft()
    draft.write(content)
    return Arrival(draft=draft, source=Source(way=Way.DIMSE, name="CT1"), expected=expected)


def _send(house: House, *contents: bytes, expected: Expected = _NOTHING) -> list[Receipt | Refusal]:
    return house.ingest.receive([_arrival(house.ingest, content, expected) for content in contents])


def _outcomes(answers: list[Receipt | Refusal]) -> list[Outcome | type]:
    return [a.outcome if isinstance(a, Receipt) else type(a.error) for a in answers]


def _stored(house: House, number: int = 1) -> bytes:
    known = house.lookups.known(f"{_UID}.{number}")
    assert known is not None
    return house.reader.read(known.location)


def _flaws(house: House) -> list[Flaw]:
    found = [finding.flaw for finding in house.verification.instances() if finding is not None]
    return found + [finding.flaw for finding in house.verification.containers()]


def _container(house: House) -> Path:
    house.archive.seal_all()
    (path,) = house.layout.sealed.rglob("*.zip")
    return path


def test_the_same_bytes_are_stored_once(house: House) -> None:
    assert _outcomes(_send(house, _dicom())) == [Outcome.STORED]
    assert _outcomes(_send(house, _dicom(), _dicom())) == [Outcome.DUPLICATE] * 2
    assert _stored(house) == _dicom()
    with zipfile.ZipFile(_container(house)) as sealed:
        assert len(sealed.namelist()) == 1


def test_answers_come_in_the_order_of_the_arrivals(house: House) -> None:
    answers = _send(house, _dicom(1), b"no dicom" * 50, _dicom(2), _dicom(1), _dicom(3))

    assert _outcomes(answers) == [
        Outcome.STORED,
        NotDicom,
        Outcome.STORED,
        Outcome.DUPLICATE,
        Outcome.STORED,
    ]


def test_other_bytes_wait_for_a_person_and_the_first_stay(house: House) -> None:
    other = _dicom(mark=b"other pixels")
    assert _outcomes(_send(house, _dicom(), other, other)) == [
        Outcome.STORED,
        Outcome.CONFLICT,
        Outcome.CONFLICT,
    ]
    assert _stored(house) == _dicom()
    (conflict,) = house.conflicts.page(10)[0]
    assert house.conflicts.path(conflict.id).read_bytes() == other
    assert conflict.differences == "(0009,1001)"

    house.versions.keep_second(conflict.id)

    assert _stored(house) == other
    assert house.conflicts.count() == 0


def test_the_last_takes_the_place_of_the_first_where_the_site_says_so(
    open_house: Callable[..., House],
) -> None:
    house = open_house(OnConflict.KEEP_LAST)
    other = _dicom(mark=b"other pixels")

    assert _outcomes(_send(house, _dicom(), other)) == [Outcome.STORED, Outcome.CONFLICT]

    assert _stored(house) == other
    (conflict,) = house.conflicts.page(10)[0]
    assert house.conflicts.path(conflict.id).read_bytes() == _dicom()


def test_a_second_version_is_refused_where_the_site_says_so(
    open_house: Callable[..., House],
) -> None:
    house = open_house(OnConflict.REFUSE)

    answers = _send(house, _dicom(), _dicom(mark=b"other pixels"))

    assert _outcomes(answers) == [Outcome.STORED, RefusedByPolicy]
    assert _stored(house) == _dicom()


def test_an_instance_of_another_patient_does_not_get_into_a_study(house: House) -> None:
    answers = _send(house, _dicom(1), _dicom(2, patient="P2"))

    assert _outcomes(answers) == [Outcome.STORED, PatientMismatch]
    assert house.lookups.known(f"{_UID}.2") is None
    (entry,) = house.quarantine.page(10)[0]
    assert (entry.kind, entry.sop_instance_uid) == ("PatientMismatch", f"{_UID}.2")
    house.archive.seal_all()
    house.erasure.run()
    assert _flaws(house) == []


def test_what_cannot_be_taken_is_quarantined_once_with_its_reason(house: House) -> None:
    nameless = _dicom().replace(b"1.2.826.99.1.1", b"              ")

    first, second = _send(house, nameless, nameless)

    assert isinstance(first, Refusal)
    assert isinstance(first.error, MissingIdentity)
    assert isinstance(second, Refusal)
    assert first.quarantined
    assert second.quarantined
    (entry,) = house.quarantine.page(10)[0]
    assert house.quarantine.path(entry.id).read_bytes() == nameless
    assert "SOP Instance UID" in entry.reason


def test_what_was_quarantined_can_be_taken_when_its_reason_is_gone(house: House) -> None:
    announced = Expected(sop_instance_uid=f"{_UID}.7")  # type: ignore[arg-type]
    assert _outcomes(_send(house, _dicom(), expected=announced)) == [IdentityMismatch]
    (entry,) = house.quarantine.page(10)[0]

    assert _outcomes(_send(house, house.quarantine.path(entry.id).read_bytes())) == [Outcome.STORED]
    house.quarantine.remove(entry.id)

    assert house.quarantine.count() == 0
    assert not list(house.layout.quarantine.iterdir())


def test_what_is_too_large_is_refused_and_not_kept(house: House) -> None:
    ingest = IngestService(
        house.archive,
        house.writer,
        house.lookups,
        house.quarantine,
        house.versions,
        IngestPolicy(max_object_bytes=100),
    )

    (answer,) = ingest.receive([_arrival(ingest, _dicom())])

    assert isinstance(answer, Refusal)
    assert isinstance(answer.error, TooLarge)
    assert not answer.quarantined
    assert house.quarantine.count() == 0


def test_one_instance_from_eight_threads_is_stored_once(house: House) -> None:
    answers: list[Outcome | type] = []
    ingest, start = house.ingest, threading.Barrier(8)

    def send() -> None:
        start.wait(10)
        answers.extend(_outcomes(ingest.receive([_arrival(ingest, _dicom())])))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(answers) == [Outcome.DUPLICATE] * 7 + [Outcome.STORED]
    house.archive.seal_all()
    assert _flaws(house) == []


def test_who_comes_second_from_another_process_leaves_nothing(
    open_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process commits after this one asked the index, and before it writes."""
    mine, other = open_house(), open_house()
    write = mine.writer.write

    def after_the_other(tickets: list[Ticket]) -> None:
        assert _outcomes(_send(other, _dicom())) == [Outcome.STORED]
        write(tickets)

    monkeypatch.setattr(mine.writer, "write", after_the_other)

    assert _outcomes(_send(mine, _dicom())) == [Outcome.DUPLICATE]
    for house in (mine, other):
        house.archive.seal_all()
    assert _flaws(mine) == []
    assert mine.erasure.run() == 1
    assert len(list(mine.layout.sealed.rglob("*.zip"))) == 1
    assert _flaws(mine) == []
    assert _stored(mine) == _dicom()


def test_an_instance_whose_container_is_gone_is_archived_anew(house: House) -> None:
    _send(house, _dicom(1), _dicom(2))
    path = _container(house)
    house.sealed.delete(path.stem)

    assert _outcomes(_send(house, _dicom(1))) == [Outcome.STORED]

    assert _stored(house) == _dicom(1)
    assert _flaws(house) == [Flaw.MISSING]  # the other one
    assert _outcomes(_send(house, _dicom(1), _dicom(2))) == [Outcome.DUPLICATE, Outcome.STORED]
    house.archive.seal_all()
    house.erasure.run()
    assert _flaws(house) == []


def test_an_instance_whose_bytes_are_damaged_is_archived_anew(house: House) -> None:
    _send(house, _dicom(1), _dicom(2))
    path = _container(house)
    content = bytearray(path.read_bytes())
    content[content.find(_MARK)] ^= 1
    path.write_bytes(content)

    assert _outcomes(_send(house, _dicom(1), _dicom(2))) == [Outcome.STORED, Outcome.DUPLICATE]

    house.archive.seal_all()
    house.erasure.run()
    assert _flaws(house) == []
    assert (_stored(house, 1), _stored(house, 2)) == (_dicom(1), _dicom(2))


@pytest.mark.parametrize("on_conflict", [OnConflict.KEEP_FIRST, OnConflict.KEEP_LAST])
def test_another_version_of_an_instance_that_is_gone_is_kept(
    open_house: Callable[..., House], on_conflict: OnConflict
) -> None:
    house = open_house(on_conflict)
    _send(house, _dicom())
    house.sealed.delete(_container(house).stem)
    other = _dicom(mark=b"other pixels")

    assert _outcomes(_send(house, other)) == [Outcome.CONFLICT]

    for conflict in house.conflicts.page(10)[0]:
        house.versions.keep_second(conflict.id)
    assert _stored(house) == other
