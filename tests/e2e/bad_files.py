"""Files that are broken, odd or hostile: a collection from outside, and one made here."""

import random
import re
import zlib
from pathlib import Path
from struct import pack

from pydicom.data import get_testdata_file
from tests.e2e.made_instances import make_instance

Corpus = dict[str, bytes]

_SHARED = Path(__file__).parents[3] / "shared" / "data" / "dicom"
_BASES = (
    "CT_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "JPEG2000.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "image_dfl.dcm",
    "reportsi.dcm",
    "rtplan.dcm",
)
_PATIENT_NAME = b"\x10\x00\x10\x00PN"
_UID = re.compile(rb"\x08\x00\x18\x00(?:UI)?[\x00-\xff]{2,4}?([0-9.]{20,64})")


def shared_files() -> Corpus:
    """Return the files of the shared test data; empty where it is absent."""
    return {
        str(path.relative_to(_SHARED)): path.read_bytes()
        for folder in ("broken", "edge", "charset")
        for path in sorted((_SHARED / folder).rglob("*.dcm"))
    }


def made_files() -> Corpus:
    """Return variants of whole files, each under a SOP Instance UID of its own."""
    found: Corpus = {}
    for name in _BASES:
        whole = Path(str(get_testdata_file(name))).read_bytes()
        for kind, broken in _variants(whole).items():
            found[f"{name} {kind}"] = _renamed(broken, len(found))
    return found | _hostile()


def _variants(whole: bytes) -> Corpus:
    found = {
        f"cut at {percent} %": whole[: len(whole) * percent // 100] for percent in (2, 20, 60, 97)
    }
    for seed in range(4):
        found[f"with flipped bits {seed}"] = _flipped(whole, seed)
    found["followed by zeros"] = whole + bytes(5000)
    found["followed by garbage"] = whole + random.Random(0).randbytes(5000)
    found["without preamble"] = whole[128:]
    found["without meta information"] = whole[_dataset_start(whole) :]
    return found


def _flipped(whole: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    broken = bytearray(whole)
    for _ in range(12):
        at = chance.randrange(_dataset_start(whole), min(len(whole), 4000))
        broken[at] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _dataset_start(whole: bytes) -> int:
    return 144 + int.from_bytes(whole[140:144], "little")


def _renamed(file: bytes, number: int) -> bytes:
    """Give a file another SOP Instance UID of the same length, wherever the first one stands."""
    found = _UID.search(file)
    if found is None or len(found[1]) < 8:
        return file
    old = found[1]
    return file.replace(old, old[:-3] + b"%d" % (100 + number))


def _hostile() -> Corpus:
    whole = make_instance(1, series=7).file
    large = pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 0xFFFFFFFE)
    return {
        "nothing": b"",
        "one byte": b"\0",
        "a preamble alone": bytes(128) + b"DICM",
        "random bytes": random.Random(1).randbytes(10_000),
        "a text": b"This is no DICOM file.\n" * 100,
        "zeros": bytes(10_000),
        "a program in the preamble": b"MZ" + whole[2:],
        "pixel data of 4 GiB": _cut_before_pixels(whole) + large + bytes(10),
        "sequences 5,000 deep": whole.replace(_PATIENT_NAME, _nested(5000) + _PATIENT_NAME),
        "a deflate stream of nothing but zeros": _deflated(whole, bytes(300 << 20)),
        "65,535 rows and columns": _enlarged(whole),
    }


def _cut_before_pixels(whole: bytes) -> bytes:
    return whole[: whole.index(b"\xe0\x7f\x10\x00OW")]


def _nested(depth: int) -> bytes:
    """Return a private sequence in a sequence in a sequence …, all of undefined length."""
    opening = pack("<HH2sHI", 0x0009, 0x1001, b"SQ", 0, 0xFFFFFFFF)
    opening += pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    closing = pack("<HHI", 0xFFFE, 0xE00D, 0) + pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return opening * depth + closing * depth


def _deflated(whole: bytes, pixels: bytes) -> bytes:
    uncompressed, deflated = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"
    head = _cut_before_pixels(whole)
    start = _dataset_start(head)
    meta = head[:start].replace(
        pack("<HH2sH", 2, 0x10, b"UI", len(uncompressed)) + uncompressed,
        pack("<HH2sH", 2, 0x10, b"UI", len(deflated)) + deflated,
    )
    meta = meta[:140] + pack("<I", len(meta) - 144) + meta[144:]
    element = pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, len(pixels)) + pixels
    engine = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return meta + engine.compress(head[start:] + element) + engine.flush()


def _enlarged(whole: bytes) -> bytes:
    for number in (0x10, 0x11):
        tag = pack("<HH2sH", 0x0028, number, b"US", 2)
        at = whole.index(tag) + len(tag)
        whole = whole[:at] + b"\xff\xff" + whole[at + 2 :]
    return whole
