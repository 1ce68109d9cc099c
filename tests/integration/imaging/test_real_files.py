"""Files of many makers: each is rendered, or refused with a reason."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.unit.imaging.memory_retriever import MemoryRetriever

from steckel.errors import CannotRender, InputError, NotFound
from steckel.imaging.model import RenderRequest
from steckel.imaging.service import ImagingService

_DATA = Path(__file__).parents[4] / "shared" / "data" / "dicom"
_FOLDERS = ("edge", "pixel", "transfer_syntax")
_FILES = sorted(
    path for folder in _FOLDERS for path in _DATA.glob(f"{folder}/**/*") if path.is_file()
)

#: What no frame can be shown of, and why.
_REFUSED = {
    "1.2.840.10008.1.2.4.100_mpeg2.dcm": "video",
    "1.2.840.10008.1.2.4.102_mpeg4_h264.dcm": "video",
}

_SERIES = sorted({path.parent for path in _DATA.glob("demo/**/*") if path.is_file()})

pytestmark = pytest.mark.skipif(not _FILES, reason=f"no test data in {_DATA}")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_a_file_is_rendered_or_refused_with_a_reason(
    service: ImagingService, retriever: MemoryRetriever, run: Callable[[Any], Any], path: Path
) -> None:
    try:
        instance = retriever.add(path.read_bytes())
    except InputError as refusal:
        pytest.skip(f"not taken by the ingest: {refusal}")
    request = RenderRequest(width=64, height=64)
    thumbnail = Image.open(BytesIO(run(service.thumbnail(instance, 1, request)).data))
    assert thumbnail.size == (64, 64)
    if path.name in _REFUSED:
        with pytest.raises(CannotRender, match=_REFUSED[path.name]):
            run(service.render(instance, 1, request))
    elif instance.frames is None and "deflated" not in path.name:
        with pytest.raises(NotFound):
            run(service.render(instance, 1, request))
    elif "report" not in path.name:
        assert max(Image.open(BytesIO(run(service.render(instance, 1, request)).data)).size) == 64


@pytest.mark.parametrize("folder", _SERIES, ids=lambda folder: folder.name)
def test_each_image_of_a_series_is_rendered(
    service: ImagingService, retriever: MemoryRetriever, run: Callable[[Any], Any], folder: Path
) -> None:
    request = RenderRequest(width=32, height=32)
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        instance = retriever.add(path.read_bytes())
        if instance.frames is not None:
            last = run(service.render(instance, instance.frames.count, request))
            assert max(Image.open(BytesIO(last.data)).size) == 32
        retriever.files.clear()
