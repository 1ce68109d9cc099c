"""What a client does to a real socket: stopping in the middle, flooding, leaving."""

import http.client
import socket

import pytest
from tests.unit.dicomweb.memory_archive import MULTIPART, MemoryArchive, multipart, sample

from steckel.errors import StorageFailure

pytestmark = pytest.mark.interop

CT = sample("CT_small.dcm")


def test_a_body_that_stops_in_the_middle_leaves_nothing(port: int, archive: MemoryArchive) -> None:
    body = multipart(CT, CT)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        head = (
            f"POST /dicomweb/studies HTTP/1.1\r\nHost: x\r\nContent-Type: {MULTIPART}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        sock.sendall(head.encode() + body[: len(CT) + 500])
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    answer = _store(port, multipart(CT))
    assert answer == 200
    assert archive.batches == [1]
    assert all(draft.discarded for draft in archive.drafts[:-1])


def _store(port: int, body: bytes, content_type: str = MULTIPART) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/dicomweb/studies", body, {"Content-Type": content_type})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\0" * 100_000, 400),
        (b"--frontier\r\n" + b"A" * 100_000, 400),
        (b"--frontier\r\n\r\n" + b"\r\n--frontie" * 50_000, 400),
        (b"--frontier\r\n\r\n\r\n" * 1000 + b"--frontier--", 409),
    ],
)
def test_hostile_bodies_are_refused_and_the_next_is_served(
    port: int, body: bytes, status: int
) -> None:
    assert _store(port, body) == status
    assert _store(port, multipart(CT)) == 200


def test_half_a_study_is_not_taken_for_a_whole_one(port: int, archive: MemoryArchive) -> None:
    instance = archive.add(CT)
    true_chunks = archive.chunks

    def failing(*given: object):  # noqa: ANN202
        yield next(true_chunks(*given))
        raise StorageFailure("the disk is gone")

    archive.chunks = failing
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/dicomweb/studies/{instance.study_uid}")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse().read()
    connection.close()
    archive.chunks = true_chunks
    connection.request("GET", f"/dicomweb/studies/{instance.study_uid}")
    answer = connection.getresponse()
    assert answer.status == 200
    assert CT in answer.read()
    connection.close()
