"""``python -m bench.study_list``: the workstation's lists and usual queries on a large index.

Fills an index (once, it is kept), starts the server on it, asks over HTTP and
DICOM as the workstation and other systems do, and prints the median and the
95th percentile of each question.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.association import Association
from sqlalchemy import func, select

from bench.contestants import STECKEL, Running
from bench.generate_index import fill
from steckel.index.engine import open_engine
from steckel.index.schema import studies as studies_table
from steckel.index.upgrade import upgrade

Ask = Callable[[], object]
_PASSWORD = "bench-password"
#: Study Root Query/Retrieve Information Model, FIND.
_STUDY_ROOT = "1.2.840.10008.5.1.4.1.2.2.1"
_SORTS = ("name", "received", "modality", "description", "accession", "patient_id")
#: As somebody types the name; then words of several fields, and what is not there.
_TYPED = ("d", "du", "dup", "dupo", "dupon", "dupont", "dupont mar", "thorax", "pid0", "zq", "qqq")


def _prepare(database: str, count: int) -> None:
    engine = open_engine(database)
    upgrade(engine)
    with engine.connect() as connection:
        there = connection.execute(select(func.count()).select_from(studies_table)).scalar_one()
    if not there:
        fill(engine, count)
    elif there != count:
        raise SystemExit(f"the index has {there:,} studies: name an empty one")
    engine.dispose()


def _of_the_workstation(client: httpx.Client, count: int) -> Iterator[tuple[str, Ask]]:
    def get(path: str, **query: Any) -> Any:
        answer = client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def listed(**query: Any) -> Ask:
        return lambda: get("/api/studies", **query)

    deep = get("/api/studies", limit=500)["next_cursor"]
    for _ in range(min(count // 1000, 100)):
        deep = get("/api/studies", limit=500, cursor=deep)["next_cursor"]
    patient = get("/api/studies", search="PID0000100")["items"][0]["patient"]["key"]
    last = f"A{count:08d}"
    yield "list, first page", listed()
    yield "list, page in the middle", listed(cursor=deep)
    for typed in (*_TYPED, last, "PID0000100"):
        yield f"list, typed {typed!r}", listed(search=typed)
    yield "list, CT", listed(modality="CT")
    yield "list, a modality that is not there", listed(modality="ES")
    yield "list, XA of a month", listed(modality="XA", date_from="20210301", date_to="20210331")
    yield "list, a day by name", listed(date_from="20210301", date_to="20210301", sort="name")
    yield "list, a year by name", listed(date_from="20210101", date_to="20211231", sort="name")
    yield "list, 'dupont' by description", listed(search="dupont", sort="description")
    for key in _SORTS:
        yield f"list, by {key}", listed(sort=key)
        yield f"list, by {key} backwards", listed(sort=f"-{key}")
    yield "count of all", lambda: get("/api/studies/count")
    yield "count, typed 'du'", lambda: get("/api/studies/count", search="du")
    yield "count, typed 'pid0'", lambda: get("/api/studies/count", search="pid0")
    yield "patient's page", lambda: get(f"/api/patients/{patient}")
    yield "patients, typed 'dupont'", lambda: get("/api/patients", search="dupont")
    for title, keys in _usual(last).items():
        yield f"QIDO, {title}", partial(get, "/dicomweb/studies", limit=100, **keys)
    yield "QIDO, first page", lambda: get("/dicomweb/studies", limit=100)
    yield "QIDO, page 100", lambda: get("/dicomweb/studies", limit=100, offset=9900)
    yield (
        "QIDO, fuzzy 'marie dup'",
        lambda: get("/dicomweb/studies", limit=100, fuzzymatching="true", PatientName="marie dup"),
    )


def _usual(accession: str) -> dict[str, dict[str, str]]:
    """Return the keys by which other systems mostly ask."""
    return {
        "patient ID": {"PatientID": "PID0000100"},
        "accession": {"AccessionNumber": accession},
        "day": {"StudyDate": "20210301"},
        "week and modality": {"StudyDate": "20210301-20210307", "ModalitiesInStudy": "MR"},
        "name DUPONT-MARTIN^*": {"PatientName": "DUPONT-MARTIN^*"},
        "name *PONT-MARTIN^*": {"PatientName": "*PONT-MARTIN^*"},
    }


def _by_dicom(association: Association, count: int) -> Iterator[tuple[str, Ask]]:
    def find(keys: Mapping[str, str]) -> int:
        identifier = Dataset()
        identifier.QueryRetrieveLevel = "STUDY"
        for keyword in ("StudyInstanceUID", "PatientName", "PatientID", "StudyDate"):
            setattr(identifier, keyword, "")
        for keyword, value in keys.items():
            setattr(identifier, keyword, value)
        answers = list(association.send_c_find(identifier, _STUDY_ROOT))
        if answers[-1][0].Status:
            raise RuntimeError(f"C-FIND failed: {answers[-1][0]}")
        return len(answers) - 1

    for title, keys in _usual(f"A{count:08d}").items():
        yield f"C-FIND, {title} ({find(keys)})", partial(find, keys)


def _questions(server: Running, count: int) -> Iterator[tuple[str, Ask]]:
    address = f"http://127.0.0.1:{server.http_port}"
    with httpx.Client(base_url=address, auth=("admin", _PASSWORD), timeout=60) as client:
        yield from _of_the_workstation(client, count)
    entity = AE("BENCH")
    entity.add_requested_context(_STUDY_ROOT)
    association = entity.associate("127.0.0.1", server.dicom_port, ae_title=server.aet)
    yield from _by_dicom(association, count)
    association.release()


def _measure(ask: Ask, repeats: int) -> tuple[float, float]:
    """Return median and 95th percentile in milliseconds."""
    ask()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), sorted(taken)[math.ceil(0.95 * repeats) - 1]


def main() -> None:
    """Measure, and print a line for each question."""
    parser = argparse.ArgumentParser(prog="python -m bench.study_list", description=__doc__)
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--folder", type=Path, default=Path(".cache/bench"))
    parser.add_argument("--database", default="", help="postgresql://…, instead of SQLite")
    options = parser.parse_args()
    home = options.folder.absolute() / f"index-{options.studies}"
    home.mkdir(parents=True, exist_ok=True)
    _prepare(options.database or f"sqlite:///{home / 'index.sqlite3'}", options.studies)
    settings = {"STECKEL_DATABASE_URL": options.database} if options.database else {}
    kind = "PostgreSQL" if options.database else "SQLite"
    print(f"{options.studies:,} studies, {kind}; milliseconds: median, 95th percentile")
    slowest = 0.0
    with STECKEL.running(home, empty=False, settings=settings) as server:
        for title, ask in _questions(server, options.studies):
            median, high = _measure(ask, options.repeats)
            slowest = max(slowest, high)
            print(f"  {title:36} {median:8.1f} {high:8.1f}", flush=True)
    print(f"  {'slowest':36} {'':8} {slowest:8.1f}")


if __name__ == "__main__":
    main()
