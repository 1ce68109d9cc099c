"""DCMTK as the peer: every service, as its tools use it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from tests.ports import free_port
from tests.steckel_server import wait_for_port
from tests.unit.dimse.fakes import make_part10
from tests.unit.dimse.running import EXPLICIT, IMPLICIT, JPEG, House, running

from steckel.dicom.part10 import read_start
from steckel.dimse.ports import RemoteEntity
from steckel.errors import IdentityMismatch
from steckel.query.model import Key, Level

pytestmark = pytest.mark.interop

Run = Callable[..., subprocess.CompletedProcess[str]]
DEFLATED = "1.2.840.10008.1.2.1.99"


#: JPEG XL, High-Throughput JPEG 2000, deflated frames, which DCMTK 3.6.7 does not know.
TOO_NEW = {f"1.2.840.10008.1.2.4.{n}" for n in (110, 111, 112, 201, 202, 203)} | {
    "1.2.840.10008.1.2.8.1"
}


def write(folder: Path, name: str, part10: bytes) -> Path:
    path = folder / name
    path.write_bytes(part10)
    return path


def dataset_of(part10: bytes) -> bytes:
    return part10[read_start(part10).dataset_offset :]


def received(house: House) -> list[bytes]:
    return [bytes(a.draft.read(0, a.draft.size)) for a in house.receiver.arrivals]


def test_echoscu(house: House, dcmtk: Run) -> None:
    done = dcmtk("echoscu", "-v", "--repeat", 3, "127.0.0.1", house.server.port)
    assert done.returncode == 0
    assert done.stderr.count("Received Echo Response (Success)") == 3


@pytest.mark.parametrize("syntax", [EXPLICIT, JPEG])
def test_dcmsend_stores_byte_for_byte(
    house: House, dcmtk: Run, tmp_path: Path, syntax: str
) -> None:
    sent = make_part10("1.2.3.9", transfer_syntax=syntax, pixels=300_032)
    done = dcmtk(
        "dcmsend", "-v", "-dn", "127.0.0.1", house.server.port, write(tmp_path, "one", sent)
    )
    assert done.returncode == 0, done.stderr
    [got] = received(house)
    assert dataset_of(got) == dataset_of(sent)
    assert read_start(got).transfer_syntax == syntax


@pytest.mark.parametrize(
    ("option", "syntax"), [("-xi", IMPLICIT), ("-xe", EXPLICIT), ("-xd", DEFLATED)]
)
def test_storescu_gets_the_transfer_syntax_it_prefers(
    house: House, dcmtk: Run, tmp_path: Path, option: str, syntax: str
) -> None:
    path = write(tmp_path, "one", make_part10("1.2.3.9"))
    done = dcmtk("storescu", option, "127.0.0.1", house.server.port, path)
    assert done.returncode == 0, done.stderr
    [got] = received(house)
    assert read_start(got).transfer_syntax == syntax


def test_storescu_sees_a_refusal(house: House, dcmtk: Run, tmp_path: Path) -> None:
    house.receiver.error = IdentityMismatch("it is another instance")
    path = write(tmp_path, "one", make_part10("1.2.3.9"))
    done = dcmtk("storescu", "-v", "127.0.0.1", house.server.port, path)
    assert "DataSetDoesNotMatchSOPClass" in done.stderr


@pytest.mark.parametrize("length", [4096, 16384, 131072])
def test_any_pdu_length_of_the_peer_will_do(
    house: House, dcmtk: Run, tmp_path: Path, length: int
) -> None:
    sent = make_part10("1.2.3.9", pixels=1_000_192)
    path = write(tmp_path, "one", sent)
    done = dcmtk("storescu", "-xe", "--max-send-pdu", length, "127.0.0.1", house.server.port, path)
    assert done.returncode == 0, done.stderr
    assert dataset_of(received(house)[0])[-1000:] == sent[-1000:]


def test_findscu_gets_what_it_asked_for(house: House, dcmtk: Run) -> None:
    house.finder.matches = [
        {
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": f"Łukasz^{n}"}]},
            "0020000D": {"vr": "UI", "Value": [f"1.2.{n}"]},
        }
        for n in range(3)
    ]
    done = dcmtk(
        "findscu", "-v", "-S", "-k", "0008,0052=STUDY", "-k", "PatientName=L*",
        "-k", "StudyInstanceUID", "-k", "AccessionNumber",
        "127.0.0.1", house.server.port,
    )  # fmt: skip
    told = done.stderr + done.stdout
    assert done.returncode == 0, told
    assert told.count("Find Response") >= 3
    assert "ISO_IR 192" in told
    assert "[STECKEL" in told
    [query] = house.finder.queries
    assert query.level is Level.STUDY
    assert query.keys == (Key(tag=0x00100010, value="L*"),)
    assert query.fields == frozenset({0x00100010, 0x0020000D, 0x00080050})


def test_findscu_is_told_of_a_wrong_level(house: House, dcmtk: Run) -> None:
    done = dcmtk(
        "findscu", "-v", "-S", "-k", "0008,0052=PATIENT", "-k", "PatientID",
        "127.0.0.1", house.server.port,
    )  # fmt: skip
    assert "DataSetDoesNotMatchSOPClass" in done.stderr + done.stdout


def test_findscu_can_cancel(house: House, dcmtk: Run) -> None:
    house.finder.matches = [{"0020000D": {"vr": "UI", "Value": ["1.2"]}}] * 20_000
    done = dcmtk(
        "findscu", "-v", "-S", "--cancel", 5, "-k", "0008,0052=STUDY", "-k",
        "StudyInstanceUID", "127.0.0.1", house.server.port,
    )  # fmt: skip
    assert "Cancel" in done.stderr + done.stdout


def fill(house: House, count: int = 3, syntax: str = EXPLICIT) -> list[bytes]:
    files = [make_part10(f"1.2.3.4.{n}", transfer_syntax=syntax) for n in range(count)]
    for part10 in files:
        house.retriever.add(part10)
    return files


def fetched(folder: Path) -> list[pydicom.Dataset]:
    found = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    return sorted(found, key=lambda dataset: dataset.SOPInstanceUID)


def test_getscu_gets_the_series(house: House, dcmtk: Run, tmp_path: Path) -> None:
    files = fill(house)
    done = dcmtk(
        "getscu", "-v", "-S", "+B", "-od", tmp_path, "-k", "0008,0052=SERIES", "-k",
        "StudyInstanceUID=1.2.3", "-k", "SeriesInstanceUID=1.2.3.4",
        "127.0.0.1", house.server.port,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    got = [dataset_of(path.read_bytes()) for path in tmp_path.iterdir()]
    assert sorted(got) == sorted(map(dataset_of, files))
    assert house.retriever.selections[0].series_uids == ("1.2.3.4",)
    assert not house.transcoder.calls


def test_getscu_gets_another_syntax_where_it_does_not_take_the_stored_one(
    house: House, dcmtk: Run, tmp_path: Path
) -> None:
    fill(house, syntax=IMPLICIT)  # it offers Explicit too, which is what it gets
    done = dcmtk(
        "getscu", "-v", "-S", "-od", tmp_path, "-k", "0008,0052=STUDY", "-k",
        "StudyInstanceUID=1.2.3", "127.0.0.1", house.server.port,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [one.file_meta.TransferSyntaxUID for one in fetched(tmp_path)] == [EXPLICIT] * 3
    assert house.transcoder.calls == [EXPLICIT] * 3


def move(dcmtk: Run, house: House, destination: str, *more: object) -> str:
    done = dcmtk(
        "movescu", "-d", "-S", "-aem", destination, *more, "-k", "0008,0052=STUDY", "-k",
        "StudyInstanceUID=1.2.3", "127.0.0.1", house.server.port,
    )  # fmt: skip
    return done.stderr + done.stdout


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, JPEG])
def test_movescu_moves_a_study_in_its_stored_syntax(house: House, dcmtk: Run, syntax: str) -> None:
    files = fill(house, syntax=syntax)
    with running(aet="TARGET") as target:
        house.peers.remotes["TARGET"] = target.remote
        told = move(dcmtk, house, "TARGET")
        assert [dataset_of(one) for one in received(target)] == list(map(dataset_of, files))
        assert {read_start(one).transfer_syntax for one in received(target)} == {syntax}
    assert not house.transcoder.calls
    assert "DIMSE Status                  : 0x0000" in told


def test_movescu_is_told_of_an_unknown_destination(house: House, dcmtk: Run) -> None:
    fill(house)
    assert "0xa801" in move(dcmtk, house, "NOBODY").lower()


def test_movescu_is_told_of_a_destination_that_is_down(house: House, dcmtk: Run) -> None:
    fill(house)
    with running(aet="TARGET") as target:
        house.peers.remotes["TARGET"] = target.remote
    told = move(dcmtk, house, "TARGET").lower()
    assert "0xa702" in told
    assert "1.2.3.4.2" in told


def test_storescp_of_dcmtk_takes_what_we_move(house: House, dcmtk: Run, tmp_path: Path) -> None:
    files = fill(house)
    port = free_port()
    with subprocess.Popen(
        ["/usr/bin/storescp", "-od", str(tmp_path), "+B", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as storescp:
        try:
            house.peers.remotes["DCMTK"] = RemoteEntity(aet="DCMTK", host="127.0.0.1", port=port)
            wait_for_port(port)
            told = move(dcmtk, house, "DCMTK")
        finally:
            storescp.terminate()
    assert "DIMSE Status                  : 0x0000" in told
    got = [dataset_of(path.read_bytes()) for path in tmp_path.iterdir()]
    assert sorted(got) == sorted(map(dataset_of, files))


def test_a_whole_folder_of_real_files_arrives(house: House, dcmtk: Run) -> None:
    folder = Path(__file__).parents[4] / "shared" / "data" / "dicom" / "transfer_syntax"
    if not folder.is_dir():
        pytest.skip("the shared test data is not there")
    sent = [path for path in sorted(folder.rglob("*.dcm")) if _is_complete(path)]
    assert len(sent) > 3
    for path in sent:
        done = dcmtk("dcmsend", "-v", "-dn", "127.0.0.1", house.server.port, path)
        assert done.returncode == 0, (path.name, done.stderr)
    assert len(received(house)) == len(sent)


def _is_complete(path: Path) -> bool:
    """Whether DCMTK 3.6.7 can send it: a whole file in a syntax of its time."""
    start = read_start(path.read_bytes())
    return start.complete and start.transfer_syntax not in TOO_NEW
