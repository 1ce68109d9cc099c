"""``python -m bench.study_list``: the workstation's lists and usual queries on a large index.

Fills an index (once, it is kept), starts the server on it, asks over HTTP as
the workstation and other systems do, and prints the median and the 95th
percentile of each question.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bench.contestants import STECKEL
from bench.generate_index import fill
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade

Ask = Callable[[], Any]
_REPEATS = 40
_PASSWORD = "bench-password"


def _prepared_home(folder: Path, studies: int) -> Path:
    home = folder / f"index-{studies}"
    if not home.exists():
        making = folder / f"index-{studies}.making"
        making.mkdir(parents=True)
        engine = open_engine(f"sqlite:///{making / 'index.sqlite3'}")
        upgrade(engine)
        fill(engine, studies)
        engine.dispose()
        making.rename(home)
    return home


def _questions(client: httpx.Client, studies: int) -> Iterator[tuple[str, Ask]]:
    """Yield each question with a function that asks it and checks the answer."""

    def get(path: str, **query: Any) -> Any:
        answer = client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    deep = get("/api/studies", limit=100)["next_cursor"]
    for _ in range(20):
        deep = get("/api/studies", limit=100, cursor=deep)["next_cursor"]
    patient = get("/api/studies", search="PID0000100")["items"][0]["patient"]["key"]
    last = f"A{studies:08d}"
    yield "list, first page", partial(get, "/api/studies", limit=100)
    yield "list, page 21", partial(get, "/api/studies", limit=100, cursor=deep)
    for typed in ("d", "du", "dup", "dupo", "dupont", "dupont mar", "thorax", last):
        yield f"list, typed {typed!r}", partial(get, "/api/studies", search=typed)
    yield "list, CT", partial(get, "/api/studies", modality="CT")
    month = {"date_from": "20210301", "date_to": "20210331"}
    yield "list, XA of a month", partial(get, "/api/studies", modality="XA", **month)
    for key in ("name", "received", "modality", "description", "accession", "patient_id"):
        yield f"list, by {key}", partial(get, "/api/studies", sort=key)
    yield "count of all", partial(get, "/api/studies/count")
    yield "count, typed 'du'", partial(get, "/api/studies/count", search="du")
    yield "patient's page", partial(get, f"/api/patients/{patient}")
    yield "patients, typed 'dupont'", partial(get, "/api/patients", search="dupont")
    qido = partial(get, "/dicomweb/studies")
    yield "QIDO, patient ID", partial(qido, PatientID="PID0000100")
    yield "QIDO, accession", partial(qido, AccessionNumber=last)
    week = {"StudyDate": "20210301-20210307"}
    yield "QIDO, date and modality", partial(qido, ModalitiesInStudy="MR", **week)
    yield "QIDO, name DUPONT*", partial(qido, PatientName="DUPONT*", limit=100)
    yield "QIDO, name *PONT*", partial(qido, PatientName="*PONT*", limit=100)
    yield "QIDO, first page", partial(qido, limit=100)


def _measure(ask: Ask) -> tuple[float, float]:
    """Return median and 95th percentile in milliseconds."""
    ask()
    taken = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), sorted(taken)[math.ceil(0.95 * _REPEATS) - 1]


def main() -> None:
    """Measure, and print a line for each question."""
    parser = argparse.ArgumentParser(prog="python -m bench.study_list", description=__doc__)
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(".cache/bench"))
    options = parser.parse_args()
    home = _prepared_home(options.folder.absolute(), options.studies)
    print(f"{options.studies:,} studies, SQLite; milliseconds: median, 95th percentile")
    with STECKEL.running(home, empty=False) as server:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{server.http_port}",
            auth=("admin", _PASSWORD),
            timeout=60,
            transport=httpx.HTTPTransport(retries=6),  # until its web role listens
        )
        for title, ask in _questions(client, options.studies):
            median, high = _measure(ask)
            print(f"  {title:28} {median:8.1f} {high:8.1f}", flush=True)


if __name__ == "__main__":
    main()
