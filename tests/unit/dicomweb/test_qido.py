"""QIDO-RS: parameters become a query, results become JSON or XML."""

import gzip

import pytest
from tests.unit.dicomweb.conftest import Client
from tests.unit.dicomweb.memory_archive import MemoryArchive, sample

from steckel.errors import InvalidQuery
from steckel.query.model import Fields, Level

CT_STUDY = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"
CT_SERIES = "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322"


@pytest.fixture
def two(archive: MemoryArchive) -> None:
    archive.add(sample("CT_small.dcm"))
    archive.add(sample("MR_small.dcm"))


@pytest.mark.usefixtures("two")
def test_studies_are_found_with_their_address(client: Client, archive: MemoryArchive) -> None:
    answer = client.get("/dicomweb/studies?PatientID=1CT1&limit=5")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/dicom+json"
    assert "warning" not in answer.headers
    (study,) = answer.json()
    assert study["00081190"]["Value"] == [f"http://pacs.test/dicomweb/studies/{CT_STUDY}"]
    (query,) = archive.queries
    assert (query.level, query.limit, query.offset) == (Level.STUDY, 6, 0)
    assert [(key.tag, key.value) for key in query.keys] == [(0x00100020, "1CT1")]


@pytest.mark.parametrize(
    ("path", "level", "tags", "tail"),
    [
        ("/studies", Level.STUDY, [], ""),
        ("/series", Level.SERIES, [], f"/series/{CT_SERIES}"),
        ("/instances", Level.IMAGE, [], "/instances/1.3"),
        (f"/studies/{CT_STUDY}/series", Level.SERIES, [0x0020000D], f"/series/{CT_SERIES}"),
        (f"/studies/{CT_STUDY}/instances", Level.IMAGE, [0x0020000D], "/instances/1.3"),
        (
            f"/studies/{CT_STUDY}/series/{CT_SERIES}/instances",
            Level.IMAGE,
            [0x0020000D, 0x0020000E],
            f"/series/{CT_SERIES}/instances/1.3",
        ),
    ],
)
@pytest.mark.usefixtures("two")
def test_every_level_is_searched(
    client: Client, archive: MemoryArchive, path: str, level: Level, tags: list[int], tail: str
) -> None:
    answer = client.get("/dicomweb" + path)
    assert answer.status_code == 200
    assert archive.queries[0].level is level
    assert [key.tag for key in archive.queries[0].keys] == tags
    assert tail in answer.json()[0]["00081190"]["Value"][0]


def test_nothing_found_is_an_empty_list(client: Client) -> None:
    answer = client.get("/dicomweb/studies")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.usefixtures("two")
def test_more_than_the_limit_is_announced(client: Client) -> None:
    answer = client.get("/dicomweb/studies?limit=1")
    assert len(answer.json()) == 1
    assert answer.headers["warning"].startswith("299 http://pacs.test/dicomweb ")
    rest = client.get("/dicomweb/studies?limit=1&offset=1")
    assert "warning" not in rest.headers
    assert rest.json()[0]["0020000D"] != answer.json()[0]["0020000D"]


@pytest.mark.usefixtures("two")
def test_results_are_compressed_where_that_is_worth_it(client: Client) -> None:
    plain = client.get("/dicomweb/studies?includefield=all")
    packed = client.get("/dicomweb/studies?includefield=all", accept_encoding="gzip;q=0.5, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert "Accept-Encoding" in plain.headers["vary"]
    refused = client.get("/dicomweb/studies?includefield=all", accept_encoding="gzip;q=0")
    assert "content-encoding" not in refused.headers
    assert gzip.compress(b"")  # the client has decoded it


def test_all_fields_are_asked_for(client: Client, archive: MemoryArchive) -> None:
    client.get("/dicomweb/studies?includefield=all")
    assert archive.queries[0].fields is Fields.ALL


@pytest.mark.usefixtures("two")
def test_results_come_as_xml_parts(client: Client) -> None:
    answer = client.get(
        "/dicomweb/studies", accept='multipart/related; type="application/dicom+xml"'
    )
    assert answer.headers["content-type"].startswith(
        'multipart/related; type="application/dicom+xml"; boundary='
    )
    assert answer.content.count(b"<NativeDicomModel") == 2


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/dicom+json"),
        ("application/dicom+json, multipart/related", "application/dicom+json"),
        ("application/json;q=0.5, application/dicom+json;q=0.9", "application/dicom+json"),
        ("application/*", "application/dicom+json"),
        ("application/dicom+xml, application/json", "application/json"),
        ("nonsense, application/json", "application/json"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/dicom+json"),
    ],
)
def test_json_has_two_names(client: Client, accept: str, media_type: str) -> None:
    assert client.get("/dicomweb/studies", accept=accept).headers["content-type"] == media_type


def test_the_accept_parameter_goes_before_the_header(client: Client) -> None:
    answer = client.get("/dicomweb/studies?accept=application/dicom+json", accept="image/png")
    assert answer.status_code == 200


def test_what_cannot_be_had_is_406_with_what_can(client: Client) -> None:
    answer = client.get("/dicomweb/studies", accept="image/png")
    assert answer.status_code == 406
    assert "application/dicom+json" in answer.json()["available"]


@pytest.mark.parametrize(
    "query",
    ["Nonsense=1", "limit=-1", "offset=x", "fuzzymatching=maybe", "StudyInstanceUID=x", "00X=1"],
)
def test_what_cannot_be_understood_is_400(client: Client, query: str) -> None:
    answer = client.get(f"/dicomweb/studies?{query}")
    assert answer.status_code == 400
    assert answer.json()["title"] == "Bad Request"


def test_what_the_engine_refuses_is_400(client: Client, archive: MemoryArchive) -> None:
    def refuse(query: object) -> None:
        raise InvalidQuery("no")

    archive.find = refuse
    assert client.get("/dicomweb/studies?StudyDate=x").status_code == 400
