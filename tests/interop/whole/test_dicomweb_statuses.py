"""What a whole server answers to good and to wrong DICOMweb requests (PS3.18 8.5, 8.7)."""

import io
from collections.abc import Callable, Iterator

import httpx
import pytest
from pydicom.dataset import Dataset
from tests.steckel_server import PASSWORD, SteckelServer

pytestmark = pytest.mark.interop

MULTIPART = 'multipart/related; type="application/{}"'
CT_ROWS = 8


@pytest.fixture(scope="module")
def client(server: SteckelServer) -> Iterator[httpx.Client]:
    with server.client() as opened:
        opened.base_url = httpx.URL(server.dicomweb)
        yield opened


@pytest.fixture
def image(make_object: Callable[..., Dataset]) -> Dataset:
    return make_object(
        Rows=CT_ROWS,
        Columns=CT_ROWS,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelRepresentation=0,
        PixelData=bytes(range(CT_ROWS * CT_ROWS)),
    )


def part10(made: Dataset) -> bytes:
    body = io.BytesIO()
    made.save_as(body, enforce_file_format=True)
    return body.getvalue()


def multipart(*parts: bytes) -> bytes:
    head = b"--bb\r\nContent-Type: application/dicom\r\n\r\n"
    return b"".join(head + part + b"\r\n" for part in parts) + b"--bb--\r\n"


def address(made: Dataset) -> str:
    return (
        f"/studies/{made.StudyInstanceUID}/series/{made.SeriesInstanceUID}"
        f"/instances/{made.SOPInstanceUID}"
    )


@pytest.mark.parametrize(
    ("content_type", "whole"),
    [
        ("application/dicom", True),
        ('multipart/related; type="application/dicom"; boundary=bb', False),
        ("multipart/related; type=application/dicom; boundary=bb", False),
        ("multipart/related; boundary=bb", False),
    ],
)
def test_each_spelling_of_a_body_is_stored(
    client: httpx.Client, image: Dataset, content_type: str, whole: bool
) -> None:
    body = part10(image) if whole else multipart(part10(image))
    answer = client.post("/studies", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 200
    assert len(answer.json()["00081199"]["Value"]) == 1


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (415, "text/plain", b"x"),
        (415, 'multipart/related; type="application/dicom+json"; boundary=bb', multipart(b"x")),
        (400, 'multipart/related; type="application/dicom"', multipart(b"x")),
        (400, 'multipart/related; type="application/dicom"; boundary=bb', b"--bb--\r\n"),
        (400, "application/dicom", b""),
        (409, "application/dicom", b"not DICOM at all"),
    ],
)
def test_a_body_that_cannot_be_stored_is_refused(
    client: httpx.Client, status: int, content_type: str, body: bytes
) -> None:
    answer = client.post("/studies", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    kind = "application/dicom+json" if status == 409 else "application/problem+json"
    assert answer.headers["content-type"] == kind


def test_some_of_a_request_stored_is_told_apart(client: httpx.Client, image: Dataset) -> None:
    headers = {"Content-Type": MULTIPART.format("dicom") + "; boundary=bb"}
    answer = client.post("/studies", content=multipart(part10(image), b"x"), headers=headers)
    assert answer.status_code == 202
    assert len(answer.json()["00081199"]["Value"]) == 1
    assert len(answer.json()["00081198"]["Value"]) == 1


def test_an_instance_of_another_study_conflicts(client: httpx.Client, image: Dataset) -> None:
    headers = {"Content-Type": "application/dicom"}
    answer = client.post("/studies/1.2.3", content=part10(image), headers=headers)
    assert answer.status_code == 409
    assert client.get(f"{address(image)}/metadata").status_code == 404


@pytest.mark.parametrize(
    ("accept", "status", "answered"),
    [
        ("*/*", 200, MULTIPART.format("dicom")),
        (MULTIPART.format("dicom") + "; transfer-syntax=*", 200, MULTIPART.format("dicom")),
        ("application/dicom", 200, "application/dicom"),
        ("application/dicom; transfer-syntax=*", 200, "application/dicom"),
        ("application/zip", 200, "application/zip"),
        ("image/gif", 406, "application/problem+json"),
        (MULTIPART.format("dicom") + "; transfer-syntax=1.2.3", 406, "application/problem+json"),
    ],
)
def test_an_instance_comes_in_the_form_that_is_accepted(
    client: httpx.Client,
    image: Dataset,
    store: Callable[[Dataset], None],
    accept: str,
    status: int,
    answered: str,
) -> None:
    store(image)
    by_header = client.get(address(image), headers={"Accept": accept})
    by_query = client.get(address(image), params={"accept": accept})
    for answer in (by_header, by_query):
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith(answered)


@pytest.mark.parametrize("resource", ["/metadata", "/rendered", "/thumbnail", "/frames/1"])
def test_what_a_client_has_already_is_not_sent_again(
    client: httpx.Client, image: Dataset, store: Callable[[Dataset], None], resource: str
) -> None:
    store(image)
    first = client.get(address(image) + resource)
    assert first.status_code == 200
    again = client.get(address(image) + resource, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(address(image) + resource)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("/frames/2", 404),
        ("/frames/0", 400),
        ("/frames/x", 400),
        ("/frames/1,2", 404),
        ("/rendered?window=a,b,c", 400),
        ("/rendered?window=40,0,linear", 400),
        ("/rendered?viewport=0,0", 400),
        ("/rendered?quality=101", 400),
        ("/rendered?accept=video/mp4", 406),
        ("/bulkdata/54000100/1/54001010", 404),
    ],
)
def test_what_an_image_does_not_have_is_told(
    client: httpx.Client,
    image: Dataset,
    store: Callable[[Dataset], None],
    resource: str,
    status: int,
) -> None:
    store(image)
    answer = client.get(address(image) + resource)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("NoSuchAttribute=1", 400),
        ("limit=x", 400),
        ("limit=-1", 400),
        ("fuzzymatching=perhaps", 400),
        ("StudyDate=yesterday", 400),
        ("PatientID=nobody-at-all", 200),
    ],
)
def test_a_search_says_what_it_does_not_understand(
    client: httpx.Client, query: str, status: int
) -> None:
    answer = client.get(f"/studies?{query}")
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == []


def test_methods_and_logins_are_answered_by_the_rules(server: SteckelServer) -> None:
    with httpx.Client(timeout=60) as nobody:
        refused = nobody.get(f"{server.dicomweb}/studies")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        wrong = nobody.get(f"{server.dicomweb}/studies", auth=("admin", f"not-{PASSWORD}"))
        assert wrong.status_code == 401
    with server.client() as known:
        assert known.put("/dicomweb/studies").status_code == 405
        options = known.options("/dicomweb/studies")
        assert set(options.headers["allow"].split(", ")) >= {"GET", "HEAD", "POST"}


def test_a_deleted_study_is_gone_at_every_address(
    client: httpx.Client, image: Dataset, store: Callable[[Dataset], None]
) -> None:
    store(image)
    study = f"/studies/{image.StudyInstanceUID}"
    assert client.delete(study).status_code == 204
    assert client.delete(study).status_code == 404
    for gone in (study, f"{study}/metadata", address(image), f"{address(image)}/frames/1"):
        assert client.get(gone).status_code == 404
    assert client.get("/studies", params={"StudyInstanceUID": image.StudyInstanceUID}).json() == []


def test_options_say_what_a_resource_allows_to_who_has_logged_in(
    server: SteckelServer, client: httpx.Client, image: Dataset
) -> None:
    for path in ("", "/", "/studies", address(image), f"{address(image)}/frames/1/rendered"):
        url = server.dicomweb + path
        assert httpx.options(url).status_code == 401
        answer = client.options(url)
        assert answer.status_code == (200 if path in ("", "/") else 204)
        assert answer.headers["allow"].endswith("OPTIONS")
    told = client.options(server.dicomweb, headers={"Accept": "application/vnd.sun.wadl+xml"})
    assert f'base="{server.dicomweb}"' in told.text


@pytest.mark.parametrize("accept", ["", "application/zip"])
def test_a_study_is_sent_again_only_when_it_has_changed(
    client: httpx.Client, make_object: Callable[..., Dataset], image: Dataset, accept: str
) -> None:
    dicom = {"Content-Type": "application/dicom"}
    assert client.post("/studies", content=part10(image), headers=dicom).status_code == 200
    study = f"/studies/{image.StudyInstanceUID}"
    form = {"Accept": accept} if accept else {}
    first = client.get(study, headers=form)
    known = form | {"If-None-Match": first.headers["ETag"]}
    again = client.get(study, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    more = make_object(StudyInstanceUID=image.StudyInstanceUID, PatientID=image.PatientID)
    assert client.post("/studies", content=part10(more), headers=dicom).status_code == 200
    grown = client.get(study, headers=known)
    assert grown.status_code == 200
    assert grown.headers["ETag"] != first.headers["ETag"]
    assert client.delete(f"{study}/series/{more.SeriesInstanceUID}").status_code == 204
    assert client.get(study, headers=known).status_code == 304
