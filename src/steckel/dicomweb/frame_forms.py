"""Choosing the form of frames: stored, second or native, in parts or alone (PS3.18 8.7.3.3).

Pure. Of equal wishes the stored form wins, for it costs nothing, unless a second one
is kept for those who can read it. A client that says nothing at all gets native pixels,
the default of the standard.
"""

from dataclasses import dataclass
from itertools import groupby

from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.dicomweb.media_types import MULTIPART, OCTET_STREAM, Range, in_parts
from steckel.dicomweb.pixel_media_types import (
    COMPRESSED,
    HTJ2K,
    describe,
    is_encapsulated,
    is_native,
    is_native_little,
    means_uncompressed,
    media_types_of,
)
from steckel.retrieve.second import HTJ2K_LOSSLESS_RPCL

#: All that frames are sent as; which of them there are, the stored syntax decides.
EVERY_FORM = tuple(form for t in (OCTET_STREAM, *COMPRESSED) for form in (in_parts(t), t))


@dataclass(frozen=True, kw_only=True)
class FrameForm:
    """How frames are sent."""

    essence: str
    syntax: str
    multipart: bool
    decoded: bool  #: whether the stored bytes have to be decoded for it
    second: bool = False  #: whether it is kept beside the stored bytes, or encoded

    @property
    def content_type(self) -> str:
        """The Content-Type of one frame."""
        return describe(self.essence, self.syntax)


def forms(
    ranges: list[Range], stored: str, count: int, *, prefer_second: bool = False
) -> list[FrameForm]:
    """Return the forms that the client takes for `count` frames, the best first."""
    found: list[FrameForm] = []
    for _, group in groupby(ranges, key=lambda wanted: wanted.quality):
        equals = list(group)
        as_stored = [form for wanted in equals if (form := _stored(wanted, stored, count))]
        decoded = [form for wanted in equals if (form := _decoded(wanted, stored, count))]
        second = [form for wanted in equals if (form := _second(wanted, stored, count))]
        usual = as_stored + decoded
        found += second + usual if prefer_second else usual + second
        # The last resort where nothing is asked for and nothing can be decoded.
        found += [form for wanted in equals if (form := _anything(wanted, stored, count))]
    return found


def available(stored: str) -> tuple[str, ...]:
    """Name the forms that there are, for a client that accepts none of them."""
    types = [describe(OCTET_STREAM, EXPLICIT_VR_LITTLE_ENDIAN)]
    types += [describe(essence, stored) for essence in media_types_of(stored)[:1]]
    if is_native(stored):
        types.append(describe(HTJ2K, HTJ2K_LOSSLESS_RPCL))
    packed = [f'{MULTIPART}; type="{t.partition(";")[0]}";{t.partition(";")[2]}' for t in types]
    return (*packed, *types)


def _packing(wanted: Range, count: int) -> bool | None:
    """Whether to pack the frames; ``None`` where the client cannot take so many."""
    if wanted.takes_multipart:
        return True
    return False if count == 1 else None


def _stored(wanted: Range, stored: str, count: int) -> FrameForm | None:
    """Offer the stored bytes to a client that asks for them."""
    multipart = _packing(wanted, count)
    if multipart is None or not wanted.takes_syntax(stored):
        return None
    if wanted.essence == OCTET_STREAM:
        fits = wanted.transfer_syntax is not None and is_encapsulated(stored)
        essence: str | None = OCTET_STREAM if fits else None
    elif wanted.essence == "*/*":
        fits = wanted.transfer_syntax is not None
        essence = next(iter(media_types_of(stored)), None) if fits else None
    else:
        essence = next((t for t in media_types_of(stored) if wanted.takes(t)), None)
    if essence is None:
        return None
    return FrameForm(essence=essence, syntax=stored, multipart=multipart, decoded=False)


def asks_for_second(ranges: list[Range], stored: str, count: int) -> bool:
    """Whether the client takes HTJ2K of what is stored natively."""
    return any(_second(wanted, stored, count) for wanted in ranges)


def _second(wanted: Range, stored: str, count: int) -> FrameForm | None:
    """Offer HTJ2K to a client that names it."""
    multipart = _packing(wanted, count)
    if multipart is None or not is_native(stored):
        return None
    essence = next((t for t in media_types_of(HTJ2K_LOSSLESS_RPCL) if wanted.essence == t), None)
    if essence is None and wanted.transfer_syntax == HTJ2K_LOSSLESS_RPCL and wanted.takes(HTJ2K):
        essence = HTJ2K
    if essence is None or not wanted.takes_syntax(HTJ2K_LOSSLESS_RPCL):
        return None
    return FrameForm(
        essence=essence,
        syntax=HTJ2K_LOSSLESS_RPCL,
        multipart=multipart,
        decoded=False,
        second=True,
    )


def _decoded(wanted: Range, stored: str, count: int) -> FrameForm | None:
    """Offer native pixels."""
    multipart = _packing(wanted, count)
    any_syntax = wanted.transfer_syntax == "*" or means_uncompressed(wanted.transfer_syntax)
    if multipart is None or not wanted.takes(OCTET_STREAM) or not any_syntax:
        return None
    return FrameForm(
        essence=OCTET_STREAM,
        syntax=EXPLICIT_VR_LITTLE_ENDIAN,
        multipart=multipart,
        decoded=not is_native_little(stored),
    )


def _anything(wanted: Range, stored: str, count: int) -> FrameForm | None:
    if wanted.essence != "*/*":
        return None
    asking = Range(essence="*/*", multipart=wanted.multipart, transfer_syntax="*")
    return _stored(asking, stored, count)
