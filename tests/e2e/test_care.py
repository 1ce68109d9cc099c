"""``verify``, ``--repair``, ``backup``, ``restore``, ``reindex``, ``status`` on a real home."""

import contextlib
import io
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from tests.steckel_server import SteckelServer, running_server

_MARK = b"THE-PIXELS-OF-THIS-INSTANCE"


def dicom(number: int) -> bytes:
    """Return an object that can be found again in a container by `_MARK` and its number."""
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66"
    dataset.SOPInstanceUID = f"1.2.826.77.1.{number}"
    dataset.StudyInstanceUID = "1.2.826.77.2"
    dataset.SeriesInstanceUID = f"1.2.826.77.3.{number // 3}"
    dataset.PatientID = "CARE"
    dataset.PatientName = "Care^Test"
    dataset.Modality = "OT"
    dataset.add_new(0x00091001, "OB", _MARK + b"%03d" % number + bytes(500))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six files, and a home that has them in two containers, to be copied."""
    root = tmp_path_factory.mktemp("filled")
    folder = root / "files"
    folder.mkdir()
    for number in range(6):
        (folder / str(number)).write_bytes(dicom(number))
    server = SteckelServer(root / "home")
    assert server.cli("import", folder).returncode == 0
    return root


@pytest.fixture
def node(filled: Path, tmp_path: Path) -> SteckelServer:
    """Such a home with the files beside it, whose server does not run."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return SteckelServer(tmp_path / "home")


def containers(home: Path) -> list[Path]:
    return sorted(home.glob("store/containers/*/*.zip"))


def flip(home: Path, mark: bytes, offset: int = 0) -> None:
    """Flip one bit behind a mark in whichever container has it."""
    for path in containers(home):
        content = bytearray(path.read_bytes())
        at = content.find(mark)
        if at >= 0:
            content[at + offset] ^= 0x10
            path.write_bytes(bytes(content))
            return
    raise AssertionError(f"{mark!r} is in no container")


def forget(home: Path, uid: str) -> None:
    """Take an instance out of the index, as an older copy of it would not know it."""
    series = "pk = (SELECT series_pk FROM instances WHERE uid = ?)"
    study = f"pk = (SELECT study_pk FROM series WHERE {series})"
    with sqlite3.connect(home / "index.sqlite3") as index:
        index.execute(f"UPDATE studies SET instances = instances - 1 WHERE {study}", [uid])
        index.execute(f"UPDATE series SET instances = instances - 1 WHERE {series}", [uid])
        index.execute("DELETE FROM instances WHERE uid = ?", [uid])


def status(node: SteckelServer) -> dict[str, object]:
    report = json.loads(node.cli("status", "--json").stdout)["report"]
    return {**report["counts"], "quarantine": report["quarantine"]}


def test_a_good_archive_is_said_to_be_good(node: SteckelServer) -> None:
    done = node.cli("verify")
    assert done.returncode == 0
    assert "6 instances were read" in done.stderr
    assert "everything is as it was archived" in done.stderr


@pytest.mark.parametrize(
    ("mark", "offset"),
    [(_MARK + b"002", 10), (b"1.2.826.77.1.2", 0), (b"DICM", -50)],
    ids=["in the data set", "in the meta information", "in the preamble"],
)
def test_a_flipped_bit_is_found(node: SteckelServer, mark: bytes, offset: int) -> None:
    flip(node.home, mark, offset)
    done = node.cli("verify")
    assert done.returncode == 1
    assert "damaged: instance 1.2.826.77.1." in done.stderr
    assert "1 damaged" in done.stderr
    assert "verify --repair" in done.stderr


def test_without_a_backup_what_is_damaged_goes_to_quarantine_and_can_be_sent_again(
    node: SteckelServer, tmp_path: Path
) -> None:
    flip(node.home, _MARK + b"002", 10)

    repaired = node.cli("verify", "--repair")

    assert repaired.returncode == 1
    assert "1 taken out of the archive and put into quarantine" in repaired.stderr
    assert status(node) == {
        "patients": 1, "studies": 1, "series": 2, "instances": 5, "quarantine": 1,
    }  # fmt: skip
    again = node.cli("import", tmp_path / "files" / "2")
    assert again.stderr.startswith("1 stored")
    assert node.cli("verify").returncode == 0


def test_a_good_copy_from_the_backup_takes_the_place_of_damaged_and_missing_ones(
    node: SteckelServer, tmp_path: Path
) -> None:
    assert node.cli("backup", tmp_path / "backup").returncode == 0
    flip(node.home, _MARK + b"001", 10)
    (gone,) = [path for path in containers(node.home) if _MARK + b"004" in path.read_bytes()]
    gone.unlink()

    done = node.cli("verify", "--repair", "--backup", tmp_path / "backup")

    assert done.returncode == 0, done.stderr
    assert "4 replaced by a good copy" in done.stderr
    assert "everything was repaired" in done.stderr
    assert node.cli("verify").returncode == 0
    assert status(node)["instances"] == 6


def test_what_is_missing_stays_in_the_index_without_a_backup(node: SteckelServer) -> None:
    containers(node.home)[0].unlink()
    done = node.cli("verify", "--repair")
    assert done.returncode == 1
    assert "3 missing" in done.stderr
    assert "3 left as it is" in done.stderr
    assert status(node)["instances"] == 6


def test_a_damaged_header_in_a_container_costs_no_image(node: SteckelServer) -> None:
    flip(node.home, b"PK\x03\x04", 1)  # the first member: the walk finds none of the container
    found = node.cli("verify")
    assert found.returncode == 1
    assert "3 damaged header" in found.stderr

    repaired = node.cli("verify", "--repair")

    assert repaired.returncode == 0, repaired.stderr
    assert "3 replaced by a good copy" in repaired.stderr
    assert node.cli("verify").returncode == 0
    assert status(node)["instances"] == 6


def test_what_the_index_lost_is_indexed_again(node: SteckelServer) -> None:
    forget(node.home, "1.2.826.77.1.5")
    assert node.cli("verify").returncode == 1
    repaired = node.cli("verify", "--repair")
    assert repaired.returncode == 0, repaired.stderr
    assert "1 images were added to the index" in repaired.stderr
    assert node.cli("verify").returncode == 0
    assert status(node)["instances"] == 6


def test_a_second_copy_is_no_flaw_for_long(node: SteckelServer, tmp_path: Path) -> None:
    forget(node.home, "1.2.826.77.1.5")
    node.cli("import", tmp_path / "files" / "5")
    assert node.cli("verify").returncode == 1
    repaired = node.cli("verify", "--repair")
    assert repaired.returncode == 0, repaired.stderr
    assert node.cli("verify").returncode == 0
    assert status(node)["instances"] == 6


def test_an_index_that_is_lost_is_made_from_the_store(node: SteckelServer) -> None:
    (node.home / "index.sqlite3").unlink()
    assert node.cli("status").returncode != 0
    assert node.cli("reindex").returncode == 0
    assert status(node)["instances"] == 6
    assert node.cli("verify").returncode == 0


def test_a_backup_comes_back_whole_in_another_home(node: SteckelServer, tmp_path: Path) -> None:
    token = node.cli("token", "create", "robot").stdout.strip()
    node.cli("ae", "add", "WORKSTATION", "127.0.0.1", "11113")
    (node.home / "steckel.toml").write_text('site_name = "Saint Elsewhere"\n')
    assert node.cli("backup", tmp_path / "backup").returncode == 0
    other = SteckelServer(tmp_path / "restored")

    done = other.cli("restore", tmp_path / "backup")

    assert done.returncode == 0, done.stderr
    assert "6 instances were read" in done.stderr
    assert "everything is as it was archived" in done.stderr
    assert "WORKSTATION" in other.cli("ae", "list").stdout
    assert (other.home / "steckel.toml").read_text() == 'site_name = "Saint Elsewhere"\n'
    assert token.startswith("stk_")
    other.start()
    try:
        with other.client() as client:
            found = client.get("/dicomweb/instances", headers={"Authorization": f"Bearer {token}"})
        assert len(found.json()) == 6
    finally:
        other.stop()


def test_the_next_backup_copies_only_what_is_new(node: SteckelServer, tmp_path: Path) -> None:
    node.cli("backup", tmp_path / "backup")
    (tmp_path / "more").write_bytes(dicom(90))
    node.cli("import", tmp_path / "more")
    second = node.cli("backup", tmp_path / "backup")
    assert "1 containers were copied, 2 were there from before, 0 were removed" in second.stderr


def test_a_restore_does_not_touch_a_home_in_use(node: SteckelServer, tmp_path: Path) -> None:
    node.cli("backup", tmp_path / "backup")
    done = node.cli("restore", tmp_path / "backup")
    assert done.returncode == 2
    assert "there is an archive already" in done.stderr


@pytest.mark.parametrize("where", ["home/backup", "files"])
def test_a_backup_is_not_put_where_it_would_be_lost_or_do_harm(
    node: SteckelServer, tmp_path: Path, where: str
) -> None:
    assert node.cli("backup", tmp_path / where).returncode == 2
    assert node.cli("restore", tmp_path / "files").returncode == 2


def test_status_of_nothing_says_so(tmp_path: Path) -> None:
    done = SteckelServer(tmp_path / "none").cli("status")
    assert done.returncode == 3
    assert "nothing is at" in done.stdout
    assert not (tmp_path / "none").exists()


def test_status_changes_nothing(node: SteckelServer) -> None:
    file = node.home / "index.sqlite3"

    def everything() -> dict[Path, bytes]:
        found = (path for path in node.home.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in found}

    def execute(statement: str) -> None:
        with contextlib.closing(sqlite3.connect(file)) as index:
            index.execute(statement)
            index.commit()

    execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = everything()
    assert node.cli("status").returncode == 3
    assert everything() == before
    execute("UPDATE alembic_version SET version_num = '0001'")
    before = everything()
    done = node.cli("status")
    assert done.returncode == 2
    assert "older version" in done.stderr
    assert everything() == before
    file.unlink()
    assert node.cli("status").returncode == 2
    assert not file.exists()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    with running_server(tmp_path_factory.mktemp("care") / "home") as running:
        yield running


def test_status_of_a_running_server_is_well(server: SteckelServer) -> None:
    done = server.cli("status")
    assert done.returncode == 0
    assert all(role in done.stdout for role in ("web (", "dicom (", "worker ("))


def test_the_size_of_the_store_is_that_of_its_files(node: SteckelServer) -> None:
    def told() -> tuple[object, object]:
        report = json.loads(node.cli("status", "--json").stdout)["report"]
        with node.client() as client:
            shown = client.get("/api/system").json()
        return report["store"]["used_bytes"], shown["store"]["used_bytes"]

    node.start()
    try:
        deadline = time.monotonic() + 60
        while told() != (_size(node.home / "store"),) * 2:
            assert time.monotonic() < deadline
    finally:
        node.stop()


def _size(folder: Path) -> int:
    """Add up the files of a store, some of which may be moved meanwhile."""
    sizes = []
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            sizes.append(path.stat().st_size if path.is_file() else 0)
    return sum(sizes)


def test_a_backup_of_a_running_server_has_what_is_not_sealed_yet(
    server: SteckelServer, tmp_path: Path
) -> None:
    with server.client() as client:
        answer = client.post(
            "/api/uploads", content=dicom(40), headers={"X-Steckel-Filename": "40"}
        )
        assert answer.status_code == 200
    assert server.cli("backup", tmp_path / "backup").returncode == 0
    other = SteckelServer(tmp_path / "restored")
    done = other.cli("restore", tmp_path / "backup")
    assert done.returncode == 0, done.stderr
    assert status(other)["instances"] == 1


def test_reindex_is_refused_while_the_server_runs(server: SteckelServer) -> None:
    done = server.cli("reindex")
    assert done.returncode == 2
    assert "stop it, then reindex" in done.stderr
