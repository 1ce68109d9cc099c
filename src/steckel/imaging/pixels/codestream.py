"""What a compressed image says of itself, read before it is decoded.

The rule: the size that a decoder will allocate is known, and compared with
the header of the object, before the decoder is called.
"""

from dataclasses import dataclass
from enum import Enum
from struct import error, unpack_from

from steckel.errors import CannotRender

_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_JP2_SIGNATURE = b"\0\0\0\x0cjP"


@dataclass(frozen=True, kw_only=True, slots=True)
class Codestream:
    """The frame header of a JPEG, JPEG-LS or JPEG 2000 image."""

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False  #: JPEG 2000 only
    process: int = 0  #: the second byte of the JPEG frame marker, C0 to CF
    adobe_transform: int | None = None  #: the colour transform of an APP14 segment
    letters: bool = False  #: whether the components are called R, G and B
    jfif: bool = False


class Family(Enum):
    """What an image is by its first bytes."""

    JPEG = "jpeg"  #: JPEG-LS too
    JPEG2000 = "jpeg2000"  #: High-Throughput too


def family_of(data: bytes) -> Family | None:
    """Tell what an image is, where its first bytes leave no doubt."""
    if data[:3] == b"\xff\xd8\xff":
        return Family.JPEG
    if data[:4] == b"\xff\x4f\xff\x51" or data[:6] == _JP2_SIGNATURE:
        return Family.JPEG2000
    return None


def read_codestream(data: bytes) -> Codestream:
    """Read the header.

    Raises
    ------
    CannotRender
        It is no such image.
    """
    try:
        if data[:2] == b"\xff\xd8":
            return _read_jpeg(data)
        if data[:4] == b"\xff\x4f\xff\x51":
            return _read_jpeg2000(data, 4)
        if data[:6] == _JP2_SIGNATURE:
            return _read_jpeg2000(data, data.index(b"\xff\x4f\xff\x51") + 4)
    except (error, IndexError, ValueError):
        raise CannotRender("the compressed image is cut off in its header") from None
    raise CannotRender("the pixel data is no compressed image of its transfer syntax")


def _read_jpeg(data: bytes) -> Codestream:
    position, adobe, jfif = 2, None, False
    while True:
        while data[position] != 0xFF:
            position += 1  # garbage between segments
        while data[position] == 0xFF:
            position += 1
        marker = data[position]
        position += 1
        if marker in _NO_LENGTH:
            continue
        (length,) = unpack_from(">H", data, position)
        if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            precision, rows, columns, components = unpack_from(">BHHB", data, position + 2)
            names = bytes(data[position + 8 + 3 * n] for n in range(components))
            return Codestream(
                rows=rows,
                columns=columns,
                components=components,
                precision=precision,
                process=marker,
                adobe_transform=adobe,
                letters=names.upper() == b"RGB",
                jfif=jfif,
            )
        segment = data[position + 2 : position + length]
        if marker == 0xEE and segment[:5] == b"Adobe" and len(segment) >= 12:
            adobe = segment[11]
        jfif = jfif or (marker == 0xE0 and segment[:5] == b"JFIF\0")
        if marker == 0xDA:
            raise CannotRender("the compressed image has no frame header")
        position += length


def _read_jpeg2000(data: bytes, position: int) -> Codestream:
    """Read the SIZ segment (ISO/IEC 15444-1 A.5.1), which comes first."""
    right, bottom, left, top = unpack_from(">4I", data, position + 4)
    (components,) = unpack_from(">H", data, position + 36)
    depth = data[position + 38]
    return Codestream(
        rows=bottom - top,
        columns=right - left,
        components=components,
        precision=(depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
    )
