"""Every test file that comes with pydicom is read as pydicom reads it."""

import warnings
from pathlib import Path
from struct import pack
from typing import Any

import pydicom
import pytest
from pydicom.data.data_manager import DATA_ROOT
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import get_expected_length

from steckel.dicom import part10, tags
from steckel.dicom.elements import UNDEFINED_LENGTH
from steckel.dicom.header import Header, read_header
from steckel.dicom.json_model import json_key
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_LITTLE,
    IMPLICIT_VR_LITTLE_ENDIAN,
    assume,
)
from steckel.ingest.examine import examine

#: Of these nobody can tell where the data set starts, or in what it is.
_UNREADABLE = {"meta_missing_tsyntax.dcm", "no_meta.dcm"}
#: No more than is installed.
_FOLDERS = [Path(DATA_ROOT) / "test_files", Path(DATA_ROOT) / "charset_files"]
#: Real files beside the checkout, where there are some.
_SHARED = Path(__file__).parents[4] / "shared" / "data" / "dicom"


def _shared_files() -> list[Path]:
    folders = ("charset", "edge", "modality", "pixel", "transfer_syntax")
    found = [path for one in folders for path in sorted((_SHARED / one).rglob("*.dcm"))]
    return [
        path for path in found if path.stat().st_size < 4 << 20 and path.name not in _UNREADABLE
    ]


_FILES = [
    *sorted(
        path
        for folder in _FOLDERS
        for path in folder.rglob("*.dcm")
        if path.is_file() and path.name not in _UNREADABLE
    ),
    *_shared_files(),
]
#: Of these our JSON is another one, on purpose.
_OTHER_JSON = {
    "badVR.dcm": "a number is none: pydicom can make no JSON",
    "chrGB2312.dcm": "pydicom does not take the escape sequences out",
    "declared_latin1_but_utf8_bytes.dcm": "UTF-8 is read as what it is",
    "CT-RDSR-Siemens_Flash-TAP-SS.dcm": "the same, in one of its texts",
    "GH626.dcm": "a private sequence is in another encoding: pydicom shows its bytes",
    "GH133.dcm": "the compressed pixels of an icon are bulk data",
    "1.2.840.10008.1.2.4.202_CT1_JPH.dcm": "the padding value of signed pixels is signed",
}

#: Of these pydicom cannot say how large a frame is.
_NO_NUMBERS = {"badVR.dcm"}


def _theirs(path: Path) -> FileDataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(path, force=True)


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
    wanted = [tag for tag in theirs.keys() if tag.group not in (0, 2) and tag < stop]  # noqa: SIM118
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


@pytest.mark.parametrize("path", [one for one in _FILES if one.name not in _OTHER_JSON], ids=_id)
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
    if (
        header.scan.pixel is None
        or header.inflated
        or path.name in _NO_NUMBERS
        or not header.integer(tags.ROWS)
    ):
        pytest.skip("it has no pixel data in the file")
    count = header.integer(tags.NUMBER_OF_FRAMES, 1)

    table, complete = header.frame_table()

    assert table is not None
    view = memoryview(path.read_bytes())
    found = [
        b"".join(view[one.offset : one.offset + one.length] for one in frame)
        for frame in table.frames
    ]
    if table.encapsulated:
        assert found == list(generate_frames(theirs.PixelData, number_of_frames=count))
    elif found:
        pixels = bytes(view[header.scan.pixel.offset :])[: header.scan.pixel.length]
        assert b"".join(found) == pixels[: get_expected_length(theirs)]
        assert complete == (len(pixels) >= get_expected_length(theirs))
    else:
        assert theirs.BitsAllocated == 1
        assert count > 1


def test_papyrus_is_implicit_and_uncompressed() -> None:
    syntax = assume("1.2.840.10008.1.20")

    assert syntax.encoding == IMPLICIT_LITTLE
    assert not syntax.encapsulated


def _in_implicit(claimed: str) -> bytes:
    meta = part10.encode_meta(sop_class_uid="1.2", sop_instance_uid="1.3", transfer_syntax=claimed)
    return meta + pack("<HHI", 0x0008, 0x0060, 2) + b"OT"


@pytest.mark.parametrize("claimed", [EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])
def test_a_plain_data_set_is_in_what_its_first_element_shows(claimed: str) -> None:
    file = memoryview(_in_implicit(claimed))
    start = part10.read_start(file).dataset_offset

    found = part10.true_syntax(file, start, claimed, explicit=True)

    assert found == IMPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize("claimed", ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.94"])
def test_a_compressed_data_set_stays_in_what_it_claims(claimed: str) -> None:
    file = memoryview(_in_implicit(claimed))
    start = part10.read_start(file).dataset_offset

    assert part10.true_syntax(file, start, claimed, explicit=True) == claimed


def test_jpeg_in_implicit_vr_is_read_and_kept_to_the_byte() -> None:
    content = (Path(DATA_ROOT) / "test_files" / "SC_rgb_jpeg.dcm").read_bytes()

    examined = examine(memoryview(content))

    assert examined.transfer_syntax == "1.2.840.10008.1.2.4.50"
    assert b"".join(examined.pieces) == content
    assert examined.frames is not None
    assert examined.frames.encapsulated
    assert any("Implicit VR" in warning for warning in examined.warnings)
