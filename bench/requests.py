"""HTTP requests one after the other, and on several connections at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.contestants import Running

METADATA = "application/dicom+json"
INSTANCES = 'multipart/related; type="application/dicom"; transfer-syntax=*'
FRAMES = 'multipart/related; type="application/octet-stream"'
JPEG = "image/jpeg"


def latencies(
    server: Running, paths: Sequence[str], accept: str, *, least: int = 1, gzip: bool = False
) -> list[float]:
    """Return the milliseconds of each request; an answer shorter than `least` is an error."""
    taken = []
    with server.connect(gzip=gzip) as connection:
        connection.get(f"{server.dicomweb}/studies?limit=1")  # who calls is known from here on
        for path in paths:
            started = time.perf_counter()
            answer = connection.get(server.dicomweb + path, accept)
            taken.append((time.perf_counter() - started) * 1000)
            if answer.length < least:
                raise RuntimeError(f"{server.name}, {path}: {answer.length} bytes")
    return taken


def seconds_of_all(
    server: Running, paths: Sequence[str], accept: str, *, connections: int, least: int
) -> float:
    """Share requests out to connections; return the seconds until the last answer."""
    shares = [paths[start::connections] for start in range(connections)]
    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as clients:
        list(clients.map(lambda share: latencies(server, share, accept, least=least), shares))
    return time.perf_counter() - started
