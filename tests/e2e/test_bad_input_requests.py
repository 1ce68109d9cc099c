"""Requests that make no sense: answered by a status below 500, whatever they ask."""

from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

import httpx
import pytest
from tests.e2e.made_instances import Made, make_instance, multipart, single
from tests.e2e.resident import resident_bytes
from tests.steckel_server import SteckelServer, running_server

_GROWTH = 128 << 20
_MADE = make_instance(1)
_VALUES = (
    *("%00", "%ff", "%5C", "%25", "*", "?", "*" * 100, "?" * 100, quote("' OR 1=1 --")),
    *("-", "19000101-", "-20200101", "20200230", "2020-", "abc", "1.2.3%5C4.5", "1e999"),
    *("9" * 20, "-1", "NaN", quote("é"), "%0A", "..%2F..", "[", "1" * 5000, "%3Cb%3E"),
)
_KEYS = (
    *("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "StudyTime", "AccessionNumber"),
    *("StudyInstanceUID", "ModalitiesInStudy", "NumberOfStudyRelatedInstances", "InstanceNumber"),
    *("limit", "offset", "includefield", "fuzzymatching", "00100010", "(0010,0010)", "nonsense"),
    *("ReferringPhysicianName", "OtherPatientIDsSequence.PatientID", "00080054.00080060"),
)
_PARTS = (
    *("frames/0", "frames/-1", "frames/" + "9" * 20, "frames/1,2,x", "bulkdata/%00"),
    *("rendered?window=nan,nan,linear", "rendered?window=1e999,1,linear", "rendered?quality=-5"),
    *("rendered?viewport=999999,999999", "rendered?viewport=0,0", "rendered?viewport=-1,-1"),
    *("rendered?viewport=100,100,1e9,1e9,5,5", "frames/" + ",".join(["1"] * 5000)),
)
_PATHS = (
    *("/dicomweb/studies/%00", "/dicomweb/studies/..%2F..%2Fetc/series", "/..%2F..%2Fetc/passwd"),
    *("/dicomweb/studies/" + "1" * 300, "/ohif/..%2F..%2F..%2Fetc/passwd", "/ohif/%00"),
    *("/wado?requestType=WADO", "/wado?requestType=WADO&studyUID=x&seriesUID=y&objectUID=%00"),
    *("/api/studies?limit=-1", "/api/studies?cursor=%00", "/api/studies?cursor=abc"),
    *("/api/patients/%00", "/api/patients/" + "9" * 22, "/api/quarantine?cursor=" + "9" * 23),
    *("/api/quarantine/%00/file", "/api/studies?search=%00", "/IHEInvokeImageDisplay?studyUID=%00"),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    with running_server(tmp_path_factory.mktemp("requests") / "home") as running:
        yield running


@pytest.fixture
def client(server: SteckelServer) -> Iterator[httpx.Client]:
    """A caller; the server is as well after a test as before."""
    with server.client() as caller:
        assert caller.post("/dicomweb/studies", **single(_MADE.file)).status_code == 200
        processes, before = server.pids(), resident_bytes(server)
        yield caller
        assert server.pids() == processes
        assert resident_bytes(server) - before < _GROWTH
        assert "level=error" not in server.log


@pytest.mark.parametrize("level", ["studies", "series", "instances"])
def test_a_query_of_any_key_for_any_value_is_answered(client: httpx.Client, level: str) -> None:
    for key, value in product(_KEYS, _VALUES):
        answer = client.get(f"/dicomweb/{level}?{key}={value}")
        assert answer.status_code < 500, (key, value, answer.text)


def test_any_address_is_answered(client: httpx.Client) -> None:
    headers = {"Range": f"bytes={'9' * 20}-1,5-", "Accept": "*/*"}
    for path in (*_PATHS, *(f"{_MADE.path}/{part}" for part in _PARTS)):
        for more in ({}, headers):
            answer = client.get(path, headers=more)
            assert answer.status_code < 500, (path, answer.text)
            assert b"root:" not in answer.content


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"name":' + '{"a":' * 100_000,
        '{"name":"\\ud800","password":"\\ud800"}',
        "\0",
    ],
)
def test_json_that_is_none_is_refused(client: httpx.Client, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/api/login", content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.parametrize("authorization", ["Basic !!!!", "Basic " + "A" * 4000, "Bearer \x7f", "X"])
def test_credentials_that_are_none_are_refused(
    client: httpx.Client, server: SteckelServer, authorization: str
) -> None:
    headers = {"Authorization": authorization}
    answer = httpx.get(f"{server.dicomweb}/studies", headers=headers)
    assert answer.status_code in (400, 401)


def test_twenty_thousand_parts_are_answered_one_by_one(client: httpx.Client) -> None:
    answer = client.post("/dicomweb/studies", **multipart(*[b""] * 20_000))
    assert answer.status_code == 409
    assert len(answer.json()["00081198"]["Value"]) == 20_000


def test_an_instance_is_still_there_after_all_that(client: httpx.Client) -> None:
    made: Made = _MADE
    assert client.get(f"{made.path}/metadata").status_code == 200
