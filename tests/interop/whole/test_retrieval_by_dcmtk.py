"""What DCMTK's getscu gets, whatever transfer syntax it prefers."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage
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
