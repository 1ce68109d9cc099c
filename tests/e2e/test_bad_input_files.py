"""Broken, odd and hostile files by every door: stored byte for byte, or refused with a reason."""

import re
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind
from tests.e2e.bad_files import Corpus, made_files, shared_files
from tests.e2e.made_instances import ANY_SYNTAX, dataset_of, make_instance, multipart, single
from tests.e2e.plain_sender import NotAccepted, Offer, offer_of, send
from tests.e2e.resident import peak_bytes, resident_bytes
from tests.steckel_server import SteckelServer, running_server

_DCMSEND = Path("/usr/bin/dcmsend")
#: Preamble and File Meta Information: what may stand before a data set.
_LONGEST_START = 1500
_GROWTH = 192 << 20
#: PS3.4 table B.2-1, PS3.7 C.5: data set does not match or cannot be understood, no such
#: SOP class, invalid SOP Instance UID.
_REFUSALS = re.compile("A9..|C0..|0122|0117")


@pytest.fixture(scope="module", params=[made_files, shared_files], ids=["made", "shared"])
def corpus(request: pytest.FixtureRequest) -> Corpus:
    files: Callable[[], Corpus] = request.param
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = files()
    if not found:
        pytest.skip("../shared/data/dicom is absent")
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SteckelServer]:
    """A server that is as well after a test as before."""
    with running_server(tmp_path / "home") as running:
        _require_store(running, number=1)
        processes, before = running.pids(), resident_bytes(running)
        peak = peak_bytes(running)
        yield running
        assert running.pids() == processes
        assert resident_bytes(running) - before < _GROWTH
        assert peak_bytes(running) - peak < _GROWTH
        for sign in ("Traceback", "level=error"):
            assert sign not in running.log
        _require_store(running, number=2)


def _require_store(server: SteckelServer, *, number: int) -> None:
    made = make_instance(number, series=99)
    assert send(server.dicom_port, made.offer).status == 0
    with server.client() as client:
        assert client.get(made.path, headers=ANY_SYNTAX).status_code == 200


def _offers(corpus: Corpus) -> Iterator[Offer]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, file in enumerate(corpus.values()):
            yield offer_of(file, otherwise=f"1.2.826.0.1.3680043.10.1561.9.{number}")


# ---- what is archived, as a reader sees it


def _archived(client: httpx.Client) -> dict[str, str]:
    """Return the path of every instance, but for our own, by its UID."""
    answer = client.get("/dicomweb/instances", params={"includefield": "all", "limit": 5000})
    assert answer.status_code == 200
    paths = {}
    for item in answer.json():
        study, series, uid = (item[key]["Value"][0] for key in ("0020000D", "0020000E", "00080018"))
        if series != make_instance(1, series=99).series:
            paths[uid] = f"/dicomweb/studies/{study}/series/{series}/instances/{uid}"
    return paths


def _datasets(client: httpx.Client) -> dict[str, bytes]:
    """Return the data set of every instance by its UID."""
    found = {}
    for uid, path in _archived(client).items():
        answer = client.get(path, headers=ANY_SYNTAX)
        assert answer.status_code == 200, answer.text
        found[uid] = dataset_of(answer.content)
    return found


def _require_readable(client: httpx.Client) -> None:
    """Ask for everything that a viewer asks for: an answer or a problem, never a failure."""
    for path in _archived(client).values():
        metadata = client.get(f"{path}/metadata")
        assert metadata.status_code == 200, metadata.text
        assert metadata.json()[0]["00080018"]["Value"]
        for part in ("rendered", "frames/1", "thumbnail"):
            answer = client.get(f"{path}/{part}")
            assert answer.status_code < 500, (path, part, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["Content-Type"].startswith("application/problem+json")
                assert answer.json()["detail"]


def _require_lists(server: SteckelServer, client: httpx.Client) -> None:
    for level in ("studies", "series", "instances"):
        assert client.get(f"/dicomweb/{level}", params={"includefield": "all"}).status_code == 200
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.PatientName = query.PatientID = query.StudyInstanceUID = query.StudyDescription = ""
    entity = AE("SENDER")
    entity.add_requested_context(StudyRootQueryRetrieveInformationModelFind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values that are wrong, and are repeated as they came
        association = entity.associate("127.0.0.1", server.dicom_port)
        found = association.send_c_find(query, StudyRootQueryRetrieveInformationModelFind)
        studies = [str(one.StudyInstanceUID) for _, one in found if one is not None]
        association.release()
    listed = client.get("/dicomweb/studies", params={"limit": 5000}).json()
    assert sorted(studies) == sorted(item["0020000D"]["Value"][0] for item in listed)


# ---- C-STORE


def test_c_store_keeps_every_byte_or_refuses_with_a_reason(
    server: SteckelServer, corpus: Corpus
) -> None:
    kept: dict[str, bytes] = {}
    for name, offer in zip(corpus, _offers(corpus), strict=True):
        try:
            answer = send(server.dicom_port, offer)
        except NotAccepted:
            continue  # a transfer syntax that nobody knows
        if answer.status == 0:
            kept.setdefault(offer.sop_instance_uid, offer.dataset)
        else:
            assert _REFUSALS.fullmatch(f"{answer.status:04X}"), name
            assert answer.error_comment, name
    with server.client() as client:
        assert _datasets(client) == kept
        _require_readable(client)
        _require_lists(server, client)


def test_dcmsend_is_served_as_far_as_it_takes_the_files(
    server: SteckelServer, corpus: Corpus, tmp_path: Path
) -> None:
    if not _DCMSEND.exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    folder = _write(corpus, tmp_path)
    options = ("-q", "-dn", "--no-halt", "--no-illegal-proposal", "-aec", "STECKEL")
    subprocess.run(
        [_DCMSEND, *options, "127.0.0.1", str(server.dicom_port), "+sd", str(folder)],
        capture_output=True,
        timeout=100,
        check=False,
    )
    with server.client() as client:
        assert len(_archived(client)) > 10


def _write(corpus: Corpus, folder: Path) -> Path:
    target = folder / "files"
    target.mkdir()
    for number, file in enumerate(corpus.values()):
        (target / f"{number:04}.dcm").write_bytes(file)
    return target


# ---- STOW


def _require_kept(client: httpx.Client, corpus: Corpus, stored: set[str]) -> None:
    """Check that the archive has these instances, each as one of the files had it."""
    found = _datasets(client)
    assert set(found) == stored
    for uid, dataset in found.items():
        assert any(_is_dataset_of(file, dataset) for file in corpus.values()), uid


def _is_dataset_of(file: bytes, dataset: bytes) -> bool:
    """Whether a file is this data set, but for a start of usual length."""
    return file.endswith(dataset) and len(file) - len(dataset) <= _LONGEST_START


def _referenced(answer: httpx.Response) -> set[str]:
    sequence = answer.json().get("00081199", {}).get("Value", [])
    return {item["00081155"]["Value"][0] for item in sequence}


def _require_reasons(answer: httpx.Response) -> int:
    failed = answer.json().get("00081198", {}).get("Value", [])
    for item in failed:
        assert _REFUSALS.fullmatch(f"{item['00081197']['Value'][0]:04X}")
        assert item["00000902"]["Value"][0]
    return len(failed)


def test_stow_keeps_every_byte_or_refuses_with_a_reason(
    server: SteckelServer, corpus: Corpus
) -> None:
    stored: set[str] = set()
    with server.client() as client:
        for name, file in corpus.items():
            answer = client.post("/dicomweb/studies", **single(file))
            if not file:
                assert answer.status_code == 400
                continue
            assert answer.status_code in (200, 202, 409), name
            assert _require_reasons(answer) == (answer.status_code == 409), name
            stored |= _referenced(answer)
        _require_kept(client, corpus, stored)


def test_stow_answers_for_each_of_many_files_in_one_request(
    server: SteckelServer, corpus: Corpus
) -> None:
    with server.client() as client:
        answer = client.post("/dicomweb/studies", **multipart(*corpus.values()))
        assert answer.status_code == 202, answer.text
        taken = answer.json()["00081199"]["Value"]
        assert len(taken) + _require_reasons(answer) == len(corpus)
        _require_kept(client, corpus, _referenced(answer))


# ---- import


def test_import_keeps_every_byte_or_quarantines_with_a_reason(
    server: SteckelServer, corpus: Corpus, tmp_path: Path
) -> None:
    folder = _write(corpus, tmp_path)
    imported = server.cli("import", folder)
    assert imported.returncode == 1, imported.stderr
    assert "Traceback" not in imported.stderr
    counts = re.findall(
        r"([\d,]+) (stored|duplicate|conflict|quarantined|refused)", imported.stderr
    )
    assert sum(int(count.replace(",", "")) for count, _ in counts) >= len(corpus)
    problems = Path(imported.stderr.strip().rpartition("The whole list: ")[2])
    rows = [line.split("\t") for line in problems.read_text().splitlines()]
    assert all(outcome == "quarantined" and reason for outcome, _, reason in rows)
    with server.client() as client:
        _require_kept(client, corpus, set(_archived(client)))
        assert client.get("/api/quarantine").json()["count"] == len(rows)
