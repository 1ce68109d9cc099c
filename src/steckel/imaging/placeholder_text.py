"""What is written on the thumbnail of an object without a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from steckel.dicom.tables import UIDS
from steckel.dicom.transfer_syntax import assume
from steckel.retrieve.model import StoredInstance

_STORAGE = "1.2.840.10008.5.1.4.1.1."

#: Short signs by the start of the SOP class, the longer start first.
_SIGNS: Final[Mapping[str, str]] = {
    _STORAGE + "88.59": "KO",
    _STORAGE + "88.67": "DOSE",
    _STORAGE + "88.": "SR",
    _STORAGE + "104.1": "PDF",
    _STORAGE + "104.2": "CDA",
    _STORAGE + "104.": "3D",
    _STORAGE + "11.": "PR",
    _STORAGE + "481.3": "RTSTRUCT",
    _STORAGE + "481.": "RT",
    _STORAGE + "9.": "WAVE",
    _STORAGE + "66.5": "SURFACE",
    _STORAGE + "66.": "REG",
    _STORAGE + "67": "MAP",
}

#: MPEG-2, MPEG-4 AVC and HEVC: a stream, not frames (PS3.5 8.2.5 to 8.2.8).
_VIDEO = tuple(f"1.2.840.10008.1.2.4.{n}" for n in range(100, 109))


@dataclass(frozen=True, kw_only=True)
class PlaceholderText:
    """Lines to write, the first one large."""

    lines: tuple[str, ...]
    always: bool  #: whether there is surely no picture


def is_video(transfer_syntax: str) -> bool:
    """Whether pixel data in a transfer syntax is a video stream."""
    return transfer_syntax.removesuffix(".1") in _VIDEO


def placeholder_text(instance: StoredInstance) -> PlaceholderText:
    """Tell what an instance is, in a few words and without a look at it."""
    video = is_video(instance.transfer_syntax)
    no_pixels = instance.frames is None and not assume(instance.transfer_syntax).deflated
    sign = "VIDEO" if video else _sign(instance.sop_class_uid)
    lines = (sign, _kind(instance.sop_class_uid))
    return PlaceholderText(lines=lines, always=video or no_pixels)


def _sign(sop_class: str) -> str:
    for start, sign in _SIGNS.items():
        if sop_class.startswith(start):
            return sign
    return "DATA"


def _kind(sop_class: str) -> str:
    name = UIDS.get(sop_class, ("Other",))[0]
    name = name.partition(" - ")[0].removesuffix(" (Retired)")
    return name.removesuffix(" Storage").removesuffix(" SR") or "Other"
