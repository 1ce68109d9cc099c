"""What programs of DCMTK get, whatever transfer syntax they prefer and model they ask in."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage
from pynetdicom import AE
from pynetdicom.sop_class import PatientStudyOnlyQueryRetrieveInformationModelFind
from tests.ports import free_port
from tests.steckel_server import SteckelServer

pytestmark = pytest.mark.interop

Maker = Callable[..., Dataset]
GETSCU = Path("/usr/bin/getscu")


@pytest.fixture
def study(make_object: Maker, store: Callable[[Dataset], None]) -> Dataset:
    """Return an image that is stored uncompressed."""
    made = make_object(
        CTImageStorage, Rows=2, Columns=2, BitsAllocated=16, BitsStored=12, HighBit=11,
        PixelRepresentation=0, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2",
    )  # fmt: skip
    made.add_new("PixelData", "OW", bytes(range(8)))
    store(made)
    return made


@pytest.mark.parametrize(
    "preference", "+x= +xe +xb +xs +xy +xx +xv +xw +xt +xu +xm +xn +x4 +xr +xd +xi".split()
)
def test_an_image_comes_whatever_is_preferred(
    server: SteckelServer, study: Dataset, preference: str, tmp_path: Path
) -> None:
    if not GETSCU.exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    call: list[str | Path] = [GETSCU, "-S", "-aec", "STECKEL", preference, "-od", tmp_path]
    call += ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study.StudyInstanceUID}"]
    call += ["127.0.0.1", str(server.dicom_port)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    [got] = map(pydicom.dcmread, tmp_path.iterdir())
    assert got.SOPInstanceUID == study.SOPInstanceUID
    assert got.pixel_array.tolist() == [[0x0100, 0x0302], [0x0504, 0x0706]]


def dcmtk(program: str, *arguments: object) -> None:
    """Run a program of DCMTK, which may not complain."""
    if not Path("/usr/bin", program).exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    call = [f"/usr/bin/{program}", "-aec", "STECKEL", *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


PATIENT_STUDY_ONLY = "-O"


@pytest.fixture(scope="module")
def old_workstation(server: SteckelServer) -> int:
    """Register a destination, before anybody asks for one; return its port."""
    port = free_port()
    assert server.cli("ae", "add", "OLD", "127.0.0.1", port).returncode == 0
    return port


@pytest.mark.parametrize("level", ["PATIENT", "STUDY"])
def test_patient_study_only_is_answered_at_its_two_levels(
    server: SteckelServer, study: Dataset, old_workstation: int, level: str, tmp_path: Path
) -> None:
    """The retired information model, which old workstations ask for (PS3.4 C.6.3)."""
    keys = ["-k", f"QueryRetrieveLevel={level}", "-k", f"PatientID={study.PatientID}"]
    keys += ["-k", f"StudyInstanceUID={study.StudyInstanceUID if level == 'STUDY' else ''}"]
    at = ("127.0.0.1", server.dicom_port)
    found, got, moved = (tmp_path / name for name in ("found", "got", "moved"))
    for folder in (found, got, moved):
        folder.mkdir()
    dcmtk("findscu", PATIENT_STUDY_ONLY, "-X", "-od", found, *keys, "-k", "PatientName", *at)
    [answer] = [pydicom.dcmread(file, force=True) for file in found.iterdir()]
    assert (answer.PatientID, answer.PatientName) == (study.PatientID, study.PatientName)
    dcmtk("getscu", PATIENT_STUDY_ONLY, "-od", got, *keys, *at)
    destination = ("-aem", "OLD", "--port", old_workstation)
    dcmtk("movescu", PATIENT_STUDY_ONLY, *destination, "-od", moved, *keys, *at)
    for folder in (got, moved):
        [instance] = map(pydicom.dcmread, folder.iterdir())
        assert instance.SOPInstanceUID == study.SOPInstanceUID


def test_patient_study_only_knows_no_series(server: SteckelServer, study: Dataset) -> None:
    model = PatientStudyOnlyQueryRetrieveInformationModelFind
    entity = AE("PYNET")
    entity.add_requested_context(model)
    association = entity.associate("127.0.0.1", server.dicom_port)
    asked = Dataset()
    asked.QueryRetrieveLevel, asked.StudyInstanceUID = "SERIES", study.StudyInstanceUID
    [(status, _)] = list(association.send_c_find(asked, model))
    association.release()
    assert status.Status == 0xA900
