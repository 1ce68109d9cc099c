"""STOW-RS: what is sent is stored, refused, or answered for."""

from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest
from tests.unit.dicomweb.conftest import Client
from tests.unit.dicomweb.memory_archive import (
    MULTIPART,
    MemoryArchive,
    Person,
    application,
    multipart,
    sample,
)

from steckel.dicomweb import intake
from steckel.errors import (
    NotDicom,
    OutOfSpace,
    PatientMismatch,
    SteckelError,
    StorageFailure,
    TooLarge,
)

CT, MR = sample("CT_small.dcm"), sample("MR_small.dcm")
CT_STUDY = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"
STUDIES = "/dicomweb/studies"


def failures(answer: dict) -> list[int]:
    return [i["00081197"]["Value"][0] for i in answer.get("00081198", {}).get("Value", [])]


def test_parts_are_stored_and_referenced(client: Client, archive: MemoryArchive) -> None:
    answer = client.post(STUDIES, multipart(CT, MR), MULTIPART)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/dicom+json"
    items = answer.json()["00081199"]["Value"]
    assert [i["00081155"]["Value"][0] for i in items] == list(archive.files)
    assert items[0]["00081150"]["Value"] == ["1.2.840.10008.5.1.4.1.1.2"]
    url = items[0]["00081190"]["Value"][0]
    assert url.startswith(f"http://pacs.test/dicomweb/studies/{CT_STUDY}/series/1.3")
    assert list(archive.files.values()) == [CT, MR]
    assert "00081190" not in answer.json()  # two studies: no address of the whole


def test_the_address_of_the_study_is_given(client: Client) -> None:
    answer = client.post(STUDIES, multipart(CT), MULTIPART).json()
    assert answer["00081190"]["Value"] == [f"http://pacs.test/dicomweb/studies/{CT_STUDY}"]


def test_a_body_that_is_one_object_is_stored(client: Client, archive: MemoryArchive) -> None:
    assert client.post(STUDIES, CT, "application/dicom").status_code == 200
    assert list(archive.files.values()) == [CT]


@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/related; type="application/dicom"; boundary="frontier"',
        "multipart/related;type=application/dicom;boundary=frontier",
        "Multipart/Related; Boundary=frontier",
        'multipart/related; type="application/dicom; transfer-syntax=1.2"; boundary=frontier',
    ],
)
def test_content_types_of_clients_are_understood(client: Client, content_type: str) -> None:
    expected = 415 if "1.2" in content_type else 200
    assert client.post(STUDIES, multipart(CT), content_type).status_code == expected


def test_a_body_with_line_feeds_alone_is_stored(client: Client, archive: MemoryArchive) -> None:
    assert client.post(STUDIES, multipart(CT, newline=b"\n"), MULTIPART).status_code == 200
    assert list(archive.files.values()) == [CT]


def test_a_part_without_content_type_is_taken_as_dicom(client: Client) -> None:
    body = b"--frontier\r\n\r\n" + CT + b"\r\n--frontier--"
    assert client.post(STUDIES, body, MULTIPART).status_code == 200


def test_a_part_of_another_type_fails_alone(client: Client, archive: MemoryArchive) -> None:
    body = multipart(CT, MR).replace(b"Content-Type: application/dicom", b"Content-Type: a/b", 1)
    answer = client.post(STUDIES, body, MULTIPART)
    assert answer.status_code == 202
    assert failures(answer.json()) == [0xC000]
    assert list(archive.files.values()) == [MR]


def test_some_failed_is_202_and_all_failed_is_409(client: Client) -> None:
    some = client.post(STUDIES, multipart(CT, b"no dicom at all"), MULTIPART)
    assert some.status_code == 202
    assert failures(some.json()) == [0xC000]
    none = client.post(STUDIES, multipart(b"no dicom at all"), MULTIPART)
    assert none.status_code == 409
    comment = none.json()["00081198"]["Value"][0]["00000902"]["Value"][0]
    assert comment == "this is no DICOM file"


def test_the_wrong_study_is_a_failure_that_names_the_instance(
    client: Client, archive: MemoryArchive
) -> None:
    answer = client.post(f"{STUDIES}/{CT_STUDY}", multipart(CT, MR), MULTIPART)
    assert answer.status_code == 202
    (failed,) = answer.json()["00081198"]["Value"]
    assert failed["00081197"]["Value"] == [0xA900]
    assert failed["00081155"]["Value"] != [""]
    assert list(archive.files.values()) == [CT]


def test_the_same_again_is_a_success(client: Client) -> None:
    client.post(STUDIES, multipart(CT), MULTIPART)
    assert client.post(STUDIES, multipart(CT), MULTIPART).status_code == 200


def test_other_bytes_under_the_same_uid_are_a_warning(client: Client) -> None:
    client.post(STUDIES, multipart(CT), MULTIPART)
    other = client.post(STUDIES, multipart(CT[:-2] + b"XX"), MULTIPART)
    assert other.status_code == 202
    assert other.json()["00081199"]["Value"][0]["00081196"]["Value"] == [0xB000]


def test_a_body_that_stops_is_not_acknowledged_and_dropped(
    client: Client, archive: MemoryArchive
) -> None:
    answer = client.post(STUDIES, multipart(CT, MR)[:-20], MULTIPART)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert archive.files == {}
    assert all(draft.discarded for draft in archive.drafts)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("multipart/related; type=application/dicom", 400),
        ('multipart/related; type="application/dicom+json"; boundary=frontier', 415),
        ("text/plain", 415),
        ("nonsense", 400),
    ],
)
def test_bodies_of_other_kinds_are_refused(client: Client, content_type: str, status: int) -> None:
    assert client.post(STUDIES, multipart(CT), content_type).status_code == status


def test_a_compressed_body_is_refused(client: Client) -> None:
    answer = client.post(STUDIES, multipart(CT), MULTIPART, content_encoding="gzip")
    assert answer.status_code == 415


def test_a_body_without_parts_is_refused(client: Client) -> None:
    assert client.post(STUDIES, multipart(), MULTIPART).status_code == 400
    assert client.post(STUDIES, b"", "application/dicom").status_code == 400


def test_a_study_that_is_no_uid_is_refused(client: Client) -> None:
    assert client.post(f"{STUDIES}/1.2.x", multipart(CT), MULTIPART).status_code == 400


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (OutOfSpace("full"), 507, 0xA700),
        (StorageFailure("broken"), 503, 0x0110),
        (TooLarge("big"), 413, 0xA700),
        (NotDicom("odd"), 409, 0xC000),
        (PatientMismatch("other"), 409, 0xA900),
    ],
)
def test_what_the_archive_says_is_the_answer(
    client: Client, archive: MemoryArchive, error: SteckelError, status: int, reason: int
) -> None:
    archive.refuse_with = error
    answer = client.post(STUDIES, multipart(CT, MR), MULTIPART)
    assert answer.status_code == status
    assert failures(answer.json()) == [reason, reason]


def test_space_that_ends_in_the_middle_refuses_the_large_one_only(
    client: Client, archive: MemoryArchive
) -> None:
    archive.draft_limit = 20_000
    answer = client.post(STUDIES, multipart(CT, MR), MULTIPART)
    assert answer.status_code == 202
    assert failures(answer.json()) == [0xA700]
    assert list(archive.files.values()) == [MR]


def test_answers_stand_in_the_order_of_the_parts() -> None:
    archive = MemoryArchive(draft_limit=20_000)
    client = Client(application(archive))
    client.post(STUDIES, multipart(MR, CT, MR), MULTIPART)
    assert archive.batches == [1, 1]


def test_a_longer_body_than_allowed_is_refused_before_and_while_it_comes() -> None:
    archive = MemoryArchive()
    client = Client(application(archive, max_stow_body=30_000))
    assert client.post(STUDIES, multipart(CT), MULTIPART).status_code == 413
    assert archive.drafts == []

    async def chunks() -> AsyncIterator[bytes]:
        yield multipart(CT)

    assert client.post(STUDIES, chunks(), MULTIPART).status_code == 413
    assert all(draft.discarded for draft in archive.drafts)


def test_objects_are_archived_in_batches(
    client: Client, archive: MemoryArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_OBJECTS", 2)
    client.post(STUDIES, multipart(CT, MR, CT, MR, CT), MULTIPART)
    assert archive.batches == [2, 2, 1]


def test_too_many_objects_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_OBJECTS", 2)
    assert client.post(STUDIES, multipart(CT, CT, CT), MULTIPART).status_code == 413


def test_the_sender_is_recorded() -> None:
    archive = MemoryArchive()
    client = Client(application(archive, person=Person(name="gateway")))
    client.post(STUDIES, multipart(CT), MULTIPART)
    (arrival,) = archive.arrivals
    assert (arrival.source.way, arrival.source.name) == ("stow", "gateway")


def test_storing_is_for_those_who_may() -> None:
    archive = MemoryArchive()
    for person in (None, Person(rights=frozenset({"read"}))):
        client = Client(application(archive, person=person))
        assert client.post(STUDIES, multipart(CT), MULTIPART).status_code == 403
    assert archive.drafts == []


def test_the_answer_is_xml_when_asked(client: Client) -> None:
    answer = client.post(STUDIES, multipart(CT), MULTIPART, accept="application/dicom+xml")
    assert answer.headers["content-type"] == "application/dicom+xml"
    root = ET.fromstring(answer.content)
    keywords = {element.get("keyword") for element in root}
    assert keywords == {"SpecificCharacterSet", "RetrieveURL", "ReferencedSOPSequence"}


def test_an_answer_that_is_not_accepted_stores_nothing(
    client: Client, archive: MemoryArchive
) -> None:
    assert client.post(STUDIES, multipart(CT), MULTIPART, accept="text/html").status_code == 406
    assert archive.files == {}
