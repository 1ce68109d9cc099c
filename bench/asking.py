"""HTTP requests one after the other, and on several connections at once."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.contestants import Running
from bench.http_client import Connection

METADATA = "application/dicom+json"
INSTANCES = 'multipart/related; type="application/dicom"; transfer-syntax=*'
FRAMES = 'multipart/related; type="application/octet-stream"'
JPEG = "image/jpeg"
_PATIENCE = 60.0


def latencies(
    server: Running, paths: Sequence[str], accept: str, *, least: int = 1, gzip: bool = False
) -> list[float]:
    """Return the milliseconds of each request; an answer shorter than `least` is an error."""
    with server.connect(gzip=gzip) as connection:
        _introduce(server, connection)
        return [_timed(server, connection, path, accept, least) * 1000 for path in paths]


def seconds_of_all(
    server: Running, paths: Sequence[str], accept: str, *, connections: int, least: int
) -> float:
    """Share requests out to connections; return the seconds from the first to the last answer."""
    ready = threading.Barrier(connections + 1)

    def ask(share: Sequence[str]) -> None:
        with server.connect() as connection:
            _introduce(server, connection)
            ready.wait()
            for path in share:
                _timed(server, connection, path, accept, least)

    with ThreadPoolExecutor(connections) as clients:
        asking = [clients.submit(ask, paths[start::connections]) for start in range(connections)]
        ready.wait(_PATIENCE)
        started = time.perf_counter()
        for one in asking:
            one.result()
        return time.perf_counter() - started


def _introduce(server: Running, connection: Connection) -> None:
    """Make the first request of a connection, which checks who calls."""
    connection.get(f"{server.dicomweb}/studies?limit=1")


def _timed(server: Running, connection: Connection, path: str, accept: str, least: int) -> float:
    started = time.perf_counter()
    answer = connection.get(server.dicomweb + path, accept)
    seconds = time.perf_counter() - started
    if answer.length < least:
        raise RuntimeError(f"{server.name}, {path}: {answer.length} bytes")
    return seconds
