"""Frames in HTJ2K: for those who ask, kept or made, and the answer is the same."""

import pytest
from tests.unit.dicomweb.answers import Store, parts_of, path_of
from tests.unit.dicomweb.conftest import Client
from tests.unit.dicomweb.memory_archive import (
    MemoryArchive,
    MemorySecond,
    Person,
    SimpleImaging,
    application,
    encoded,
)

from steckel.retrieve.model import StoredInstance

RPCL = "1.2.840.10008.1.2.4.202"
HTJ2K = f"multipart/related; type=image/jphc; transfer-syntax={RPCL}"
AS_STORED = "multipart/related; type=application/octet-stream; transfer-syntax=*"
#: What OHIF sends for a list of two.
EITHER = f"{HTJ2K},{AS_STORED}"
TYPE = f"image/jphc; transfer-syntax={RPCL}"


@pytest.fixture
def second() -> MemorySecond:
    return MemorySecond()


@pytest.fixture
def client(archive: MemoryArchive, imaging: SimpleImaging, second: MemorySecond) -> Client:
    return Client(application(archive, imaging, person=Person(), second=second))


@pytest.fixture(params=["kept", "made", "lost"])
def where(request: pytest.FixtureRequest, second: MemorySecond, ct: StoredInstance) -> str:
    """Where the codestreams of `ct` come from."""
    if request.param != "made":
        second.make(ct)
    second.lost = request.param == "lost"
    return str(request.param)


@pytest.mark.parametrize(
    "accept",
    [
        HTJ2K, EITHER, 'multipart/related; type="image/jphc"', f"{AS_STORED};q=0.9, {HTJ2K}",
        f'multipart/related; type="*/*"; transfer-syntax={RPCL}',
    ],
)  # fmt: skip
def test_who_asks_for_it_gets_a_frame_in_htj2k(
    client: Client, imaging: SimpleImaging, ct: StoredInstance, where: str, accept: str
) -> None:
    answer = client.get(path_of(ct) + "/frames/1", accept=accept)
    assert 'type="image/jphc"' in answer.headers["content-type"]
    ((headers, content),) = parts_of(answer)
    assert headers["content-type"] == TYPE
    assert headers["content-location"].endswith("/frames/1")
    assert content == encoded(ct, 1)
    assert imaging.encodes == (where != "kept")
    assert imaging.decodes == 0


def test_a_frame_alone_is_sent_in_ranges(
    client: Client, second: MemorySecond, ct: StoredInstance, where: str
) -> None:
    path = path_of(ct) + "/frames/1"
    whole = client.get(path, accept="image/jphc")
    assert whole.content == encoded(ct, 1)
    assert whole.headers["content-type"] == TYPE
    assert whole.headers["accept-ranges"] == "bytes"
    second.reads.clear()
    part = client.get(path, accept=f"image/jphc;transfer-syntax={RPCL}", range="bytes=5-24")
    assert (part.status_code, part.content) == (206, encoded(ct, 1)[5:25])
    assert part.headers["content-range"] == f"bytes 5-24/{len(whole.content)}"
    assert part.headers["etag"] == whole.headers["etag"]
    assert second.reads == ([(5, 20)] if where == "kept" else [])


def test_the_answer_has_one_name_whether_it_is_kept_or_made(
    client: Client, second: MemorySecond, ct: StoredInstance
) -> None:
    path = path_of(ct) + "/frames/1"
    names = {a: client.get(path, accept=a).headers["etag"] for a in (HTJ2K, "image/jphc")}
    second.make(ct)
    for accept, name in names.items():
        assert client.get(path, accept=accept, if_none_match=name).status_code == 304
    assert len({*names.values(), client.get(path, accept=AS_STORED).headers["etag"]}) == 3


def test_several_frames_are_read_from_the_file(
    client: Client, second: MemorySecond, imaging: SimpleImaging, stored: Store
) -> None:
    instance = stored("rtdose.dcm")
    second.make(instance, 15)
    answer = client.get(path_of(instance) + "/frames/3,1", accept=HTJ2K)
    assert [content for _, content in parts_of(answer)] == [encoded(instance, n) for n in (3, 1)]
    assert imaging.encodes == 0


@pytest.mark.parametrize("accept", [AS_STORED, "*/*", 'multipart/related; type="application/*"'])
def test_who_does_not_ask_for_it_gets_what_is_stored(
    client: Client, ct: StoredInstance, where: str, accept: str
) -> None:
    ((headers, _),) = parts_of(client.get(path_of(ct) + "/frames/1", accept=accept))
    assert headers["content-type"].startswith("application/octet-stream;")


def test_where_it_is_not_preferred_either_means_what_is_stored(
    client: Client, second: MemorySecond, ct: StoredInstance, where: str
) -> None:
    second.preferred = False
    ((headers, _),) = parts_of(client.get(path_of(ct) + "/frames/1", accept=EITHER))
    assert headers["content-type"].startswith("application/octet-stream;")


def test_what_is_compressed_is_not_encoded_again(client: Client, stored: Store) -> None:
    path = path_of(stored("JPEG2000.dcm")) + "/frames/1"
    assert client.get(path, accept=HTJ2K).status_code == 406
    ((headers, _),) = parts_of(client.get(path, accept=EITHER))
    assert headers["content-type"].endswith("1.2.840.10008.1.2.4.91")


def test_what_cannot_be_encoded_is_sent_as_stored_or_refused(
    client: Client, imaging: SimpleImaging, ct: StoredInstance
) -> None:
    imaging.not_encoded.add(ct.sop_instance_uid)
    path = path_of(ct) + "/frames/1"
    ((headers, _),) = parts_of(client.get(path, accept=EITHER))
    assert headers["content-type"].startswith("application/octet-stream;")
    for accept in (HTJ2K, "image/jphc"):
        assert client.get(path, accept=accept).status_code == 406


@pytest.mark.parametrize("accept", [HTJ2K, "image/jphc", AS_STORED, "application/octet-stream"])
def test_a_browser_keeps_frames_for_the_login_that_asked(
    client: Client, ct: StoredInstance, where: str, accept: str
) -> None:
    path = path_of(ct) + "/frames/1"
    first = client.get(path, accept=accept)
    again = client.get(path, accept=accept, if_none_match=first.headers["etag"])
    for answer in (first, again):
        assert answer.headers["cache-control"] == "private, max-age=3600"
        assert answer.headers["vary"] == "Accept, Authorization, Cookie"
    assert again.status_code == 304


@pytest.mark.parametrize("document", ["/metadata", "/rendered", ""])
def test_what_can_change_is_checked_before_each_use(
    client: Client, ct: StoredInstance, document: str
) -> None:
    assert client.get(path_of(ct) + document).headers["cache-control"] == "private, no-cache"
