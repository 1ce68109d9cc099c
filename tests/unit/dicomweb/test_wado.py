"""WADO-RS: instances, metadata, bulk data; DELETE; what every address has in common."""

import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import orjson
import pydicom
import pytest
from tests.unit.dicomweb.answers import Store, parts_of, path_of
from tests.unit.dicomweb.conftest import Client
from tests.unit.dicomweb.memory_archive import (
    MemoryArchive,
    Person,
    SimpleImaging,
    application,
    sample,
)

from steckel.dicomweb.absolute_uris import absolute
from steckel.errors import StorageFailure
from steckel.retrieve.model import StoredInstance

# --- instances


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(
    "accept",
    [
        'multipart/related; type="application/dicom"; transfer-syntax=*',
        'multipart/related; type="application/dicom"',
        "multipart/related; type=application/dicom; transfer-syntax=*",
        "*/*",
        "text/html, */*;q=0.1",
    ],
)
def test_instances_come_byte_for_byte(
    client: Client, ct: StoredInstance, depth: int, accept: str
) -> None:
    answer = client.get(path_of(ct, depth), accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith('multipart/related; type="application/dicom"')
    ((headers, content),) = parts_of(answer)
    assert content == sample("CT_small.dcm")
    assert headers["content-type"] == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
    assert headers["content-location"] == "http://pacs.test" + path_of(ct)
    assert headers["content-length"] == str(len(content))
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_length_of_an_answer_of_many_is_told_before(
    client: Client, stored: Store, archive: MemoryArchive
) -> None:
    one = stored("CT_small.dcm")
    for number in range(2, 12):
        other = pydicom.dcmread(BytesIO(sample("CT_small.dcm")))
        other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        file = BytesIO()
        other.save_as(file)
        archive.add(file.getvalue())
    answer = client.get(path_of(one, 2))
    assert len(parts_of(answer)) == 11
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_nothing_accepted_is_everything_accepted(client: Client, ct: StoredInstance) -> None:
    assert parts_of(client.get(path_of(ct)))[0][1] == sample("CT_small.dcm")


def test_one_instance_comes_alone_and_in_ranges(client: Client, ct: StoredInstance) -> None:
    whole = sample("CT_small.dcm")
    answer = client.get(path_of(ct), accept="application/dicom")
    assert answer.content == whole
    assert answer.headers["content-length"] == str(len(whole))
    assert answer.headers["content-type"].startswith("application/dicom;")
    part = client.get(path_of(ct), accept="application/dicom", range="bytes=128-131")
    assert (part.status_code, part.content) == (206, b"DICM")
    assert part.headers["content-range"] == f"bytes 128-131/{len(whole)}"
    tail = client.get(path_of(ct), accept="application/dicom", range="bytes=-4")
    assert tail.content == whole[-4:]
    beyond = client.get(path_of(ct), accept="application/dicom", range="bytes=99999999-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"
    again = client.get(
        path_of(ct), accept="application/dicom", if_none_match=answer.headers["etag"]
    )
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        path_of(ct), accept="application/dicom", range="bytes=0-3", if_range='"other"'
    )
    assert (other.status_code, other.content) == (200, whole)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(
    "accept", ['multipart/related; type="application/dicom"', "application/zip"]
)
def test_what_the_client_has_already_is_not_sent_again(
    client: Client, stored: Store, ct: StoredInstance, depth: int, accept: str
) -> None:
    answer = client.get(path_of(ct, depth), accept=accept)
    etag = answer.headers["etag"]
    again = client.get(path_of(ct, depth), accept=accept, if_none_match=f'"other", {etag}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert client.get(path_of(ct, depth), accept=accept, if_none_match='"other"').status_code == 200
    head = client.request("HEAD", path_of(ct, depth), headers={"accept": accept})
    assert head.headers["etag"] == etag


def test_all_bulk_data_has_a_tag_too(client: Client, ct: StoredInstance) -> None:
    path = path_of(ct, 2) + "/bulkdata"
    etag = client.get(path).headers["etag"]
    assert client.get(path, if_none_match=etag).status_code == 304
    assert etag != client.get(path_of(ct, 2)).headers["etag"]


def test_a_tag_is_strong_only_where_the_bytes_are_the_same_each_time(
    client: Client, ct: StoredInstance
) -> None:
    for accept, strong in (
        ("application/dicom", True),
        ("application/zip", True),
        ('multipart/related; type="application/dicom"', False),  # its boundary is another
    ):
        first, second = (client.get(path_of(ct), accept=accept) for _ in range(2))
        assert first.headers["etag"] == second.headers["etag"]
        assert first.headers["etag"].startswith('"') is strong
        assert (first.content == second.content) is strong


def test_forms_of_one_study_have_tags_of_their_own(client: Client, stored: Store) -> None:
    instance = stored("JPEG2000.dcm")
    multipart = 'multipart/related; type="application/dicom"'
    accepts = (
        multipart,
        f"{multipart}; transfer-syntax=1.2.840.10008.1.2.1",
        "application/zip",
    )
    etags = {client.get(path_of(instance, 1), accept=accept).headers["etag"] for accept in accepts}
    assert len(etags) == 3


def test_a_study_has_another_tag_when_something_came_or_went(
    client: Client, archive: MemoryArchive, ct: StoredInstance
) -> None:
    first = client.get(path_of(ct, 1)).headers["etag"]
    archive.instances["1.9"] = replace(ct, sop_instance_uid="1.9", digest="ab" * 16)
    archive.files["1.9"] = archive.files[ct.sop_instance_uid]
    archive.numbers["1.9"] = 9
    grown = client.get(path_of(ct, 1), if_none_match=first)
    assert (grown.status_code, len(parts_of(grown))) == (200, 2)
    del archive.instances["1.9"]
    assert client.get(path_of(ct, 1), if_none_match=first).status_code == 304


def test_a_tag_that_the_client_has_spares_the_transcoding(
    archive: MemoryArchive, imaging: SimpleImaging, client: Client, stored: Store
) -> None:
    instance = stored("JPEG2000.dcm")
    explicit = "transfer-syntax=1.2.840.10008.1.2.1"
    for accept in (
        f"application/dicom; {explicit}",
        f'multipart/related; type="application/dicom"; {explicit}',
    ):
        etag = client.get(path_of(instance), accept=accept).headers["etag"]
        made = imaging.transcodes
        assert made
        again = client.get(path_of(instance), accept=accept, if_none_match=etag)
        assert (again.status_code, imaging.transcodes) == (304, made)


def test_a_transfer_syntax_that_is_asked_for_is_made(client: Client, stored: Store) -> None:
    instance = stored("JPEG2000.dcm")
    for accept in (
        'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1',
        "application/dicom; transfer-syntax=1.2.840.10008.1.2.1",
    ):
        answer = client.get(path_of(instance), accept=accept)
        content = answer.content if "multi" not in accept else parts_of(answer)[0][1]
        dataset = pydicom.dcmread(BytesIO(content))
        assert dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
        assert len(dataset.PixelData) == dataset.Rows * dataset.Columns * 2


def test_the_stored_syntax_wins_among_equals(client: Client, stored: Store) -> None:
    instance = stored("JPEG2000.dcm")
    accept = ", ".join(
        f"application/dicom; transfer-syntax={uid}"
        for uid in ("1.2.840.10008.1.2.1", instance.transfer_syntax)
    )
    assert client.get(path_of(instance), accept=accept).content == sample("JPEG2000.dcm")


def test_a_transfer_syntax_that_cannot_be_made_is_406(client: Client, ct: StoredInstance) -> None:
    for packing in ("application/dicom", 'multipart/related; type="application/dicom"'):
        accept = f"{packing}; transfer-syntax=1.2.840.10008.1.2.4.90"
        answer = client.get(path_of(ct), accept=accept)
        assert answer.status_code == 406
        assert "1.2.840.10008.1.2.1" in answer.json()["available"][0]


def test_a_study_comes_as_zip(client: Client, ct: StoredInstance) -> None:
    answer = client.get(path_of(ct, 1), accept="application/zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    archive = ZipFile(BytesIO(answer.content))
    assert archive.testzip() is None
    (name,) = archive.namelist()
    assert name.endswith(f"/{ct.sop_instance_uid}.dcm")
    assert archive.read(name) == sample("CT_small.dcm")


@pytest.mark.parametrize("accept", ["image/png", "application/dicom", "application/dicom+json"])
def test_a_study_in_another_form_is_406(client: Client, ct: StoredInstance, accept: str) -> None:
    answer = client.get(path_of(ct, 1), accept=accept)
    assert answer.status_code == 406
    assert "application/zip" in answer.json()["available"]


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("tail", ["", "/metadata", "/thumbnail", "/rendered", "/bulkdata"])
def test_what_is_not_there_is_404(client: Client, depth: int, tail: str) -> None:
    path = "/dicomweb" + "/studies/1.2/series/1.3/instances/1.4"[: (12, 23, 37)[depth - 1]]
    answer = client.get(path + tail)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/studies/abc",
        "/studies/1.2/series/..%2Fx/metadata",
        "/studies/1.2/series/1.3/instances/1.2.",
        "/studies/1.2/series/1.3/instances/1.2/frames/0",
        "/studies/1.2/series/1.3/instances/1.2/frames/x",
        "/studies/1.2/series/1.3/instances/1.2/frames/1,,2",
        "/studies/1.2/series/1.3/instances/1.2/bulkdata/7FE0001",
        "/studies/1.2/series/1.3/instances/1.2/bulkdata/54000100/0/54001010",
        f"/studies/{'1' * 65}/metadata",
    ],
)
def test_an_address_that_cannot_be_read_is_400_or_unknown(client: Client, path: str) -> None:
    assert client.get("/dicomweb" + path).status_code in (400, 404)
    if "%" not in path:
        assert client.get("/dicomweb" + path).status_code == 400


def test_an_accept_header_that_cannot_be_read_is_400(client: Client, ct: StoredInstance) -> None:
    assert client.get(path_of(ct), accept="nonsense").status_code == 400


# --- metadata


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_metadata_is_json_plain_compressed_and_unchanged(
    client: Client, ct: StoredInstance, archive: MemoryArchive, depth: int
) -> None:
    path = path_of(ct, depth) + "/metadata"
    plain = client.get(path)
    assert plain.headers["content-type"] == "application/dicom+json"
    expected = absolute(orjson.dumps([archive.dataset(ct)]), "http://pacs.test")
    assert plain.json() == orjson.loads(expected)
    packed = client.get(path, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert packed.headers["etag"] == plain.headers["etag"]
    again = client.get(path, if_none_match=f'"x", {plain.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == plain.headers["etag"]


def test_our_own_pages_get_the_document_of_a_series_as_it_lies(
    client: Client, ct: StoredInstance, archive: MemoryArchive
) -> None:
    document = archive.metadata(ct.study_uid, ct.series_uid)
    path = path_of(ct, 2) + "/metadata"
    answer = client.get(path, accept_encoding="gzip", sec_fetch_site="same-origin")
    assert answer.headers["content-length"] == str(len(document.gzipped))
    assert answer.json() == [archive.dataset(ct)]
    other = client.get(path, accept_encoding="gzip", if_none_match=answer.headers["etag"])
    assert other.status_code == 200  # for the addresses in it are others
    assert "Sec-Fetch-Site" in answer.headers["vary"]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_bulk_address_can_be_asked_for_as_it_is(
    client: Client, archive: MemoryArchive, depth: int
) -> None:
    instance = archive.add(sample("waveform_ecg.dcm"))
    metadata = client.get(path_of(instance, depth) + "/metadata").text
    uris = re.findall(r'"BulkDataURI":"([^"]*)"', metadata)
    assert len(uris) >= 2
    for uri in uris:
        assert uri.startswith("http://pacs.test/dicomweb/studies/")
        assert client.get(uri, accept="application/octet-stream").status_code == 200


def test_metadata_of_a_study_joins_its_series(client: Client, archive: MemoryArchive) -> None:
    for number in (1, 2, 3):
        dataset = pydicom.dcmread(BytesIO(sample("CT_small.dcm")))
        dataset.SeriesInstanceUID = f"1.2.{number}"
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.3.{number}"
        out = BytesIO()
        dataset.save_as(out)
        instance = archive.add(out.getvalue())
    found = client.get(path_of(instance, 1) + "/metadata", accept_encoding="gzip").json()
    assert [dataset["0020000E"]["Value"] for dataset in found] == [["1.2.1"], ["1.2.2"], ["1.2.3"]]


def test_metadata_comes_as_xml(client: Client, ct: StoredInstance) -> None:
    for depth in (1, 2, 3):
        answer = client.get(
            path_of(ct, depth) + "/metadata",
            accept='multipart/related; type="application/dicom+xml"',
        )
        ((headers, content),) = parts_of(answer)
        assert headers["content-type"] == "application/dicom+xml"
        root = ET.fromstring(content)
        family = root.find(".//{*}DicomAttribute[@keyword='PatientName']//{*}FamilyName")
        assert family is not None
        assert family.text == "CompressedSamples"


# --- bulk data


def test_a_nested_bulk_value_is_found(client: Client, archive: MemoryArchive) -> None:
    instance = archive.add(sample("waveform_ecg.dcm"))
    path = path_of(instance) + "/bulkdata/54000100/1/54001010"
    expected = archive.bulk(instance, "54000100/1/54001010")
    ((headers, content),) = parts_of(client.get(path))
    assert headers["content-type"] == "application/octet-stream"
    assert content == expected
    for accept in ("application/octet-stream", "*/*"):
        assert client.get(path, accept=accept).content == expected
    part = client.get(path, accept="application/octet-stream", range="bytes=2-5")
    assert part.content == expected[2:6]
    assert client.get(path_of(instance) + "/bulkdata/54000100/9/54001010").status_code == 404
    assert client.get(path, accept="image/png").status_code == 406


def test_native_pixel_data_is_one_value(client: Client, ct: StoredInstance) -> None:
    dataset = pydicom.dcmread(BytesIO(sample("CT_small.dcm")))
    path = path_of(ct) + "/bulkdata/7FE00010"
    ((_, content),) = parts_of(client.get(path))
    assert content == dataset.PixelData
    assert client.get(path, accept="application/octet-stream").content == dataset.PixelData


def test_encapsulated_pixel_data_is_one_part_per_frame(client: Client, stored: Store) -> None:
    instance = stored("JPEG2000.dcm")
    answer = client.get(
        path_of(instance) + "/bulkdata/7FE00010",
        accept='multipart/related; type="image/jp2"; transfer-syntax=*',
    )
    ((headers, content),) = parts_of(answer)
    assert headers["content-type"] == "image/jp2; transfer-syntax=1.2.840.10008.1.2.4.91"
    assert content[:2] == b"\xff\x4f"


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_all_bulk_values_come_in_parts(client: Client, archive: MemoryArchive, depth: int) -> None:
    instance = archive.add(sample("waveform_ecg.dcm"))
    parts = parts_of(client.get(path_of(instance, depth) + "/bulkdata"))
    locations = {headers["content-location"]: content for headers, content in parts}
    url = "http://pacs.test" + path_of(instance) + "/bulkdata/54000100/1/54001010"
    assert locations[url] == archive.bulk(instance, "54000100/1/54001010")


# --- delete, methods, errors


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_delete_is_for_those_who_may(archive: MemoryArchive, depth: int) -> None:
    instance = archive.add(sample("CT_small.dcm"))
    path = path_of(instance, depth)
    for person in (None, Person(rights=frozenset({"read", "store"}))):
        answer = Client(application(archive, person=person)).request("DELETE", path)
        assert answer.status_code == 403
        assert archive.instances
    client = Client(application(archive, person=Person()))
    assert client.request("DELETE", path).status_code == 204
    assert not archive.instances
    assert client.request("DELETE", path).status_code == 404


def test_methods_are_what_the_address_has(client: Client, ct: StoredInstance) -> None:
    options = client.request("OPTIONS", path_of(ct))
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, DELETE, OPTIONS")
    put = client.request("PUT", path_of(ct))
    assert (put.status_code, put.headers["allow"]) == (405, "GET, HEAD, DELETE, OPTIONS")
    assert "access-control-allow-origin" not in options.headers


def test_head_is_get_without_the_body(client: Client, ct: StoredInstance) -> None:
    for path, accept in (
        (path_of(ct), "application/dicom"),
        (path_of(ct), "*/*"),
        (path_of(ct, 2) + "/metadata", "*/*"),
        ("/dicomweb/studies", "*/*"),
    ):
        got = client.get(path, accept=accept)
        head = client.request("HEAD", path, headers={"accept": accept})
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "etag"):
            assert head.headers.get(name) == got.headers.get(name)


def test_a_failing_store_is_503_and_a_defect_is_500_without_its_trace(
    client: Client, ct: StoredInstance, archive: MemoryArchive
) -> None:
    def fail(*_: object) -> None:
        raise StorageFailure("the store does not answer")

    archive.instance = fail
    assert client.get(path_of(ct) + "/metadata").status_code == 503
    archive.instance = lambda *_: 1 / 0
    answer = client.get(path_of(ct) + "/metadata")
    assert answer.status_code == 500
    assert "division" not in answer.text
