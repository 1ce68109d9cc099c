"""What of a request for an image or a search is not done, is said."""

from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset
from tests.steckel_server import SteckelServer

pytestmark = pytest.mark.interop


def test_an_annotation_that_is_not_drawn_is_said(
    server: SteckelServer, make_object: Callable[..., Dataset], store: Callable[[Dataset], None]
) -> None:
    image = make_object(
        Rows=2, Columns=2, BitsAllocated=8, BitsStored=8, HighBit=7, PixelRepresentation=0,
        SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2",
    )  # fmt: skip
    image.add_new("PixelData", "OB", bytes(4))
    store(image)
    study = f"/dicomweb/studies/{image.StudyInstanceUID}"
    with server.client() as client:
        plain = client.get(f"{study}/rendered")
        annotated = client.get(f"{study}/rendered?annotation=patient,technique&iccprofile=no")
        [found] = client.get("/dicomweb/studies?emptyvaluematching=false&limit=1").json()
        unsure = client.get("/dicomweb/studies?emptyvaluematching=true&limit=0")
    assert plain.status_code == annotated.status_code == 200
    assert "Warning" not in plain.headers
    assert "not supported: patient,technique" in annotated.headers["Warning"]
    assert found["00080005"] == {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert "emptyvaluematching" in unsure.headers["Warning"]
