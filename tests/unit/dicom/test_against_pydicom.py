"""Every test file that comes with pydicom is read as pydicom reads it."""

import warnings
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.data.data_manager import DATA_ROOT
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.encaps import generate_frames
from pydicom.errors import InvalidDicomError

from steckel.dicom import part10, tags
from steckel.dicom.elements import UNDEFINED_LENGTH
from steckel.dicom.header import Header, read_header
from steckel.dicom.json_model import json_key
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import IMPLICIT_LITTLE, assume

#: What is no data set in the transfer syntax that it claims, or has none.
_OTHERWISE = {"SC_rgb_jpeg.dcm", "meta_missing_tsyntax.dcm"}

_FILES = sorted(
    path
    for path in (Path(DATA_ROOT) / "test_files").rglob("*.dcm")  # no more than is installed
    if path.is_file() and path.name not in _OTHERWISE
)
#: Of these pydicom can make no JSON: a number is none.
_NO_JSON = {"badVR.dcm"}


def _theirs(path: Path) -> FileDataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return pydicom.dcmread(path)
        except (InvalidDicomError, EOFError, AttributeError) as problem:
            pytest.skip(f"pydicom cannot read it: {type(problem).__name__}")


def _ours(path: Path) -> tuple[int, Header]:
    content = path.read_bytes()
    start = part10.read_start(content)
    syntax = assume(start.transfer_syntax)
    header = read_header(content, start.dataset_offset, len(content), syntax)
    return 0 if header.inflated else start.dataset_offset, header


def _id(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", _FILES, ids=_id)
def test_the_same_elements_are_found(path: Path) -> None:
    theirs = _theirs(path)
    _, header = _ours(path)

    stop = min((tag for tag in tags.PIXEL_TAGS if tag in theirs), default=1 << 32)
    wanted = [tag for tag in theirs.keys() if tag.group != 2 and tag < stop]  # noqa: SIM118
    assert sorted(header.scan.elements) == sorted(wanted)
    for tag in wanted:
        raw = theirs.get_item(tag)
        if isinstance(raw, RawDataElement) and raw.length != UNDEFINED_LENGTH:
            assert header.raw(tag) == (raw.value or b""), tags.show(tag)


def _plain(value: Any) -> Any:
    """Leave out in what the two spell JSON differently: padding, group lengths, emptiness."""
    if isinstance(value, dict):
        return {
            key: plain
            for key, one in value.items()
            if not (len(key) == 8 and key.endswith("0000"))
            and (plain := _plain(one)) not in ([], {}, None)
        }
    if isinstance(value, list):
        listed = [_plain(one) for one in value]
        return [] if not any(one not in ("", None, {}) for one in listed) else listed
    if isinstance(value, str):
        return value.rstrip("^").strip(" \0") or None
    return value


@pytest.mark.parametrize("path", [one for one in _FILES if one.name not in _NO_JSON], ids=_id)
def test_the_same_json_is_made(path: Path) -> None:
    theirs = _theirs(path)
    start, header = _ours(path)
    stop = min((tag for tag in tags.PIXEL_TAGS if tag in theirs), default=1 << 32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = theirs.to_json_dict()

    encoding = header.syntax.encoding
    found = dataset_to_json(
        header.buffer, start, header.scan.header_end, Reading(encoding=encoding), header.codecs
    )

    last = json_key(stop) if stop < 1 << 32 else "G"
    expected = {key: value for key, value in made.items() if key < last and key[:4] != "0002"}
    assert _plain(found) == _plain(expected)


@pytest.mark.parametrize("path", _FILES, ids=_id)
def test_the_same_frames_are_found(path: Path) -> None:
    theirs = _theirs(path)
    _, header = _ours(path)
    pixel = header.scan.pixel
    if pixel is None or pixel.length != UNDEFINED_LENGTH:
        pytest.skip("its pixel data is not encapsulated")
    count = int(theirs.get("NumberOfFrames") or 1)

    table, complete = header.frame_table()

    assert table is not None
    assert complete
    view = memoryview(path.read_bytes())
    found = [
        b"".join(view[one.offset : one.offset + one.length] for one in frame)
        for frame in table.frames
    ]
    assert found == list(generate_frames(theirs.PixelData, number_of_frames=count))


def test_papyrus_is_implicit_and_uncompressed() -> None:
    syntax = assume("1.2.840.10008.1.20")

    assert syntax.encoding == IMPLICIT_LITTLE
    assert not syntax.encapsulated
