"""What is inline in metadata, and what is fetched, as the suite of npm's dicomweb-client has it."""

from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset
from tests.steckel_server import SteckelServer

pytestmark = pytest.mark.interop


def test_a_palette_is_bulk_data_and_a_few_bytes_are_not(
    server: SteckelServer,
    make_object: Callable[..., Dataset],
    store: Callable[[Dataset], None],
) -> None:
    palette = bytes(range(256)) * 2
    made = make_object()
    made.add_new("RedPaletteColorLookupTableData", "OW", palette)
    made.add_new("EncryptedContent", "OB", b"few!")
    store(made)
    with server.client() as client:
        [found] = client.get(f"/dicomweb/studies/{made.StudyInstanceUID}/metadata").json()
        got = client.get(
            found["00281201"]["BulkDataURI"], headers={"Accept": "application/octet-stream"}
        )
    assert got.content == palette
    assert found["04000520"] == {"vr": "OB", "InlineBinary": "ZmV3IQ=="}
