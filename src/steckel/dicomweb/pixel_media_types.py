"""Which media type pixel data in a transfer syntax has (PS3.18 tables 8.7.3-2 to 8.7.3-6)."""

from collections.abc import Mapping
from typing import Final

from steckel.dicom.transfer_syntax import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    assume,
)

_JPEG, _JLS, _JP2 = "image/jpeg", "image/jls", "image/jp2"
HTJ2K: Final = "image/jphc"
_PREFIX = "1.2.840.10008.1.2."

_BY_SYNTAX: Final[Mapping[str, str]] = {
    _PREFIX + suffix: media_type
    for suffixes, media_type in (
        ("5", "image/dicom-rle"),
        ("4.50 4.51 4.57 4.70", _JPEG),
        # Retired long ago, and still in archives.
        ("4.52 4.53 4.54 4.55 4.56 4.58 4.59 4.60 4.61 4.62 4.63 4.64 4.65 4.66", _JPEG),
        ("4.80 4.81", _JLS),
        ("4.90 4.91", _JP2),
        ("4.92 4.93", "image/jpx"),
        ("4.201 4.202 4.203", HTJ2K),
        ("4.110 4.111 4.112", "image/jxl"),
        ("4.100 4.100.1 4.101 4.101.1", "video/mpeg"),
        ("4.102 4.102.1 4.103 4.103.1 4.104 4.104.1 4.105 4.105.1 4.106 4.106.1", "video/mp4"),
        ("4.107 4.108", "video/mp4"),
    )
    for suffix in suffixes.split()
}
#: All of them.
COMPRESSED: Final = tuple(dict.fromkeys(_BY_SYNTAX.values()))
#: Names that older editions and clients use.
_ALIASES: Final[Mapping[str, frozenset[str]]] = {
    "image/dicom-rle": frozenset({"image/x-dicom-rle", "image/dicom+rle"}),
    _JPEG: frozenset({"image/dicom+jpeg", "image/x-dicom-jpeg"}),
    _JLS: frozenset({"image/x-jls", "image/dicom+jpeg-ls"}),
    _JP2: frozenset({"image/dicom+jp2", "image/j2c"}),
    "image/jpx": frozenset({"image/dicom+jpx"}),
    HTJ2K: frozenset({"image/jph"}),
    "video/mpeg": frozenset({"video/mpeg2"}),
}

#: Frames of both are the same bytes.
_NATIVE_LITTLE = frozenset({IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN})


def media_types_of(syntax: str) -> tuple[str, ...]:
    """Return the media type of compressed pixel data, then its other names."""
    media_type = _BY_SYNTAX.get(syntax)
    if media_type is None:
        return ()
    return (media_type, *sorted(_ALIASES.get(media_type, ())))


def is_video(syntax: str) -> bool:
    """Whether pixel data is one stream, not frames."""
    return _BY_SYNTAX.get(syntax, "").startswith("video/")


def is_native_little(syntax: str) -> bool:
    """Whether stored frames are what `application/octet-stream` stands for."""
    return syntax in _NATIVE_LITTLE


def is_native(syntax: str) -> bool:
    """Whether pixel data is not compressed."""
    found = assume(syntax)
    return not (found.encapsulated or found.deflated)


def means_uncompressed(asked: str | None) -> bool:
    """Whether a transfer-syntax parameter of octet-stream asks for native pixels."""
    return asked is None or asked in _NATIVE_LITTLE


def describe(essence: str, syntax: str) -> str:
    """Spell a Content-Type with its transfer syntax."""
    return f"{essence}; transfer-syntax={syntax}"


def is_encapsulated(syntax: str) -> bool:
    """Whether pixel data is in fragments."""
    return assume(syntax).encapsulated
