"""An instance in another transfer syntax.

To the native ones and the deflated one (PS3.5 A.1 to A.5), from whatever can
be decoded. The SOP Instance UID stays: the image is the same (PS3.4 C.4.2).
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import numpy as np

from steckel.dicom import elements, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.header import Header, read_header
from steckel.dicom.part10 import FileStart, encode_meta, read_start
from steckel.dicom.transfer_syntax import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_LITTLE,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    TransferSyntax,
    assume,
)
from steckel.errors import CannotRender, NotDicom
from steckel.imaging.pixels.decoding import NativeFrame, decode_frame
from steckel.imaging.pixels.pixel_format import MAX_FRAME
from steckel.imaging.placeholder_text import is_video
from steckel.imaging.recode import NewElement, Recoding, recode, swapped

_TARGETS: Final = frozenset(
    {
        IMPLICIT_VR_LITTLE_ENDIAN,
        EXPLICIT_VR_LITTLE_ENDIAN,
        DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        EXPLICIT_VR_BIG_ENDIAN,
    }
)
_GE_PRIVATE_BIG_ENDIAN: Final = "1.2.840.113619.5.2"
_PLANAR_CONFIGURATION: Final = 0x00280006
_LOSSY_IMAGE_COMPRESSION: Final = 0x00282110
_OFFSET_TABLES: Final = (0x7FE00001, 0x7FE00002, 0x7FE00003)  #: and their lengths

#: Transfer syntaxes that cannot hold an image without loss (PS3.5 10).
_LOSSY: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 52, 53, 54, 55, 56))


def transcode(part10: bytes, to: str) -> bytes:
    """Return a Part 10 file with the same instance in another transfer syntax.

    Raises
    ------
    CannotRender
        It cannot be decoded, or the syntax cannot be made.
    """
    if to not in _TARGETS:
        raise CannotRender(f"objects cannot be encoded in transfer syntax {to}")
    start = read_start(part10)
    if start.transfer_syntax == to and start.complete:
        return part10
    syntax = assume(start.transfer_syntax)
    if is_video(syntax.uid):
        raise CannotRender("a video stream has no uncompressed form")
    header = read_header(part10, start.dataset_offset, len(part10), syntax)
    pieces = b"".join(_Transcoding(header, syntax, assume(to)).pieces(start))
    if to == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        engine = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        pieces = engine.compress(pieces) + engine.flush()
        pieces += bytes(len(pieces) % 2)
    return _meta(start, header, to) + pieces


class _Transcoding:
    def __init__(self, header: Header, syntax: TransferSyntax, target: TransferSyntax) -> None:
        self._header = header
        self._syntax = syntax
        self._source = EXPLICIT_LITTLE if header.inflated else header.syntax.encoding
        self._target = target.encoding

    def pieces(self, start: FileStart) -> Iterator[Buffer]:
        """Yield the data set in the target's encoding."""
        header = self._header
        first = 0 if header.inflated else start.dataset_offset
        pixel = header.scan.pixel
        signed = bool(header.integer(tags.PIXEL_REPRESENTATION))
        recoding = Recoding(source=self._source, target=self._target, signed=signed)
        changes = self._changes(pixel) if pixel else {}
        yield from recode(header.buffer, first, header.scan.header_end, recoding, changes)
        if pixel is not None:
            # Garbage after the pixels is what some writers leave; it stays behind.
            with suppress(NotDicom):
                yield from recode(header.buffer, self._after(pixel), header.end, recoding, {})

    def _changes(self, pixel: Element) -> dict[int, NewElement | None]:
        if pixel.length == UNDEFINED_LENGTH:
            return self._decoded()
        raw: Buffer = memoryview(self._header.buffer)[pixel.offset : self._after(pixel)]
        little = self._source.little and self._syntax.uid != _GE_PRIVATE_BIG_ENDIAN
        allocated = self._header.integer(tags.BITS_ALLOCATED)
        vr = pixel.vr if self._source.explicit and pixel.vr != "UN" else _native_vr(pixel.tag)
        size = _swap_size(vr, allocated)
        if size > 1 and little != self._target.little:
            raw = swapped(raw, size)
        if not self._target.explicit and size == 1 and pixel.tag == tags.PIXEL_DATA:
            vr = "OW"
        return {pixel.tag: NewElement(vr, raw)}

    def _decoded(self) -> dict[int, NewElement | None]:
        frames = self._frames()
        form = frames[0].form
        data = _joined(frames)
        size = form.sample_bytes
        if size > 1 and not self._target.little:
            data = swapped(data, size)
        photometric = form.photometric.encode()
        photometric += b" " * (len(photometric) % 2)
        changes: dict[int, NewElement | None] = {
            tags.PHOTOMETRIC_INTERPRETATION: NewElement("CS", photometric),
            tags.PIXEL_DATA: NewElement("OW" if size > 1 else "OB", data),
        } | dict.fromkeys(_OFFSET_TABLES)
        if form.samples > 1:
            changes[_PLANAR_CONFIGURATION] = NewElement("US", bytes(2))
        if self._syntax.uid in _LOSSY and not self._header.text(_LOSSY_IMAGE_COMPRESSION):
            # What was lossy stays marked so (PS3.3 C.7.6.1.1.5).
            changes[_LOSSY_IMAGE_COMPRESSION] = NewElement("CS", b"01")
        return changes

    def _frames(self) -> list[NativeFrame]:
        header = self._header
        table, _ = header.frame_table()
        wanted = max(header.integer(tags.NUMBER_OF_FRAMES, 1), 1)
        found = table.count if table else 0
        if table is None or found < wanted:
            raise CannotRender(f"the object has {found} of its {wanted} frames")
        view = memoryview(header.buffer)
        frames: list[NativeFrame] = []
        for fragments in table.frames[:wanted]:
            data = b"".join(view[f.offset : f.offset + f.length] for f in fragments)
            frame = decode_frame(header, self._syntax, data)
            if frame.form.frame_length * wanted > MAX_FRAME:
                raise CannotRender(f"uncompressed it would be larger than {MAX_FRAME >> 20} MiB")
            if frames and frame.form != frames[0].form:
                raise CannotRender("the frames of the object are not all of one kind")
            frames.append(frame)
        return frames

    def _after(self, pixel: Element) -> int:
        """Return where the pixel data element ends."""
        header = self._header
        if pixel.length != UNDEFINED_LENGTH:
            return min(pixel.offset + pixel.length, header.end)
        try:
            return elements.skip_sequence(header.buffer, pixel.offset, header.end, self._source)
        except NotDicom:
            return header.end  # cut off before its delimiter


def _native_vr(tag: int) -> str:
    return {tags.FLOAT_PIXEL_DATA: "OF", tags.DOUBLE_FLOAT_PIXEL_DATA: "OD"}.get(tag, "OW")


def _swap_size(vr: str, allocated: int) -> int:
    if vr == "OB":
        return 1
    return {"OF": 4, "OD": 8}.get(vr, max(allocated // 8, 2))


def _joined(frames: list[NativeFrame]) -> bytes:
    """Put frames behind each other; bit-packed ones without a gap (PS3.5 8.1.1)."""
    form = frames[0].form
    count = form.rows * form.columns * form.samples
    if form.bits_allocated > 1 or count % 8 == 0:
        return b"".join(frame.data for frame in frames)
    bits = [
        np.unpackbits(np.frombuffer(frame.data, np.uint8), count=count, bitorder="little")
        for frame in frames
    ]
    return np.packbits(np.concatenate(bits), bitorder="little").tobytes()


def _meta(start: FileStart, header: Header, to: str) -> bytes:
    return encode_meta(
        sop_class_uid=start.meta.get(tags.MEDIA_STORAGE_SOP_CLASS_UID)
        or header.text(tags.SOP_CLASS_UID),
        sop_instance_uid=start.meta.get(tags.MEDIA_STORAGE_SOP_INSTANCE_UID)
        or header.text(tags.SOP_INSTANCE_UID),
        transfer_syntax=to,
        source_aet=start.meta.get(tags.SOURCE_APPLICATION_ENTITY_TITLE, ""),
    )
