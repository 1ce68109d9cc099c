"""Reading from the archive what a worker needs for one frame.

The rule: the header and the bytes of one frame, never the whole object, so
that a frame of a cine of a gigabyte costs one frame. Two kinds of object do
not let a frame be found without reading more: deflated ones, which are read
whole, and bit-packed ones, whose frames start inside a byte (PS3.5 8.1.1).
"""

from dataclasses import dataclass

from steckel.dicom import tags
from steckel.dicom.elements import Element
from steckel.dicom.frames import FrameTable
from steckel.dicom.header import Header, read_header
from steckel.dicom.transfer_syntax import TransferSyntax, assume
from steckel.errors import CannotRender, NotDicom, NotFound
from steckel.retrieve.model import Retriever, StoredInstance

#: Bytes that are read for one frame at most.
MAX_READ = 1 << 30

#: A header with more before its pixels is of no image that exists.
_MAX_HEADER = 64 << 20


@dataclass(frozen=True, kw_only=True)
class FrameBytes:
    """What a worker is given for one frame."""

    dataset: bytes  #: the data set up to the first bytes of its pixels, or whole
    data: bytes  #: the stored bytes of the frame; nothing where the data set is whole
    bit_offset: int = 0  #: of the frame's first bit in `data`
    whole: bool = False


def read_frame(retriever: Retriever, instance: StoredInstance, frame: int) -> FrameBytes:
    """Read one frame (from 1).

    Raises
    ------
    NotFound
        There is no such frame.
    CannotRender
        It is too large.
    """
    syntax = assume(instance.transfer_syntax)
    if syntax.deflated:
        _check_size(instance.dataset_length)
        part10 = retriever.read(instance)
        return FrameBytes(dataset=part10[instance.dataset_offset :], data=b"", whole=True)
    table = instance.frames
    if table is None:
        raise NotFound("the instance has no pixel data")
    if not table.count and not table.encapsulated:
        return _bit_packed(retriever, instance, frame, syntax)
    if not 1 <= frame <= table.count:
        raise NotFound(f"there is no frame {frame}: the instance has {table.count}")
    _check_size(sum(fragment.length for fragment in table.frames[frame - 1]))
    if not syntax.encoding.little and not table.encapsulated:
        return _whole_words(retriever, instance, table, frame)
    return FrameBytes(
        dataset=_header_bytes(retriever, instance, table),
        data=retriever.frame(instance, frame),
    )


def _whole_words(
    retriever: Retriever, instance: StoredInstance, table: FrameTable, frame: int
) -> FrameBytes:
    """Read from and to an even byte: big endian bytes may stand in words (PS3.5 8.1.1)."""
    first, own = table.frames[0][0].offset, table.frames[frame - 1][0]
    odd = (own.offset - first) % 2
    length = odd + own.length
    return FrameBytes(
        dataset=_header_bytes(retriever, instance, table),
        data=retriever.read(instance, own.offset - odd, length + length % 2),
        bit_offset=odd * 8,
    )


def _header_bytes(retriever: Retriever, instance: StoredInstance, table: FrameTable) -> bytes:
    first = min(fragment.offset for frame in table.frames for fragment in frame[:1])
    _check_size(first)
    return retriever.read(instance, 0, first + 16)[instance.dataset_offset :]


def _bit_packed(
    retriever: Retriever, instance: StoredInstance, frame: int, syntax: TransferSyntax
) -> FrameBytes:
    header, pixel = _find_pixels(retriever, instance, syntax)
    count = max(header.integer(tags.NUMBER_OF_FRAMES, 1), 1)
    if not 1 <= frame <= count:
        raise NotFound(f"there is no frame {frame}: the instance has {count}")
    bits = header.integer(tags.ROWS) * header.integer(tags.COLUMNS)
    bits *= max(header.integer(tags.SAMPLES_PER_PIXEL, 1), 1)
    # From an even byte on, for a big endian data set has its bits in words.
    start = (frame - 1) * bits // 16 * 2
    length = (frame * bits + 15) // 16 * 2 - start
    _check_size(length)
    return FrameBytes(
        dataset=bytes(header.buffer[: pixel.offset + 16]),
        data=retriever.read(instance, instance.dataset_offset + pixel.offset + start, length),
        bit_offset=(frame - 1) * bits - start * 8,
    )


def _find_pixels(
    retriever: Retriever, instance: StoredInstance, syntax: TransferSyntax
) -> tuple[Header, Element]:
    """Read more and more until the pixel data element is seen."""
    length = 1 << 18
    while length <= _MAX_HEADER:
        part10 = retriever.read(instance, 0, length)
        try:
            header = read_header(
                part10[instance.dataset_offset :], 0, len(part10) - instance.dataset_offset, syntax
            )
        except NotDicom:
            pass  # cut inside a sequence
        else:
            if header.scan.pixel is not None:
                return header, header.scan.pixel
        if len(part10) < length:
            break
        length *= 4
    raise CannotRender("the pixel data of the instance cannot be found")


def _check_size(length: int) -> None:
    if length > MAX_READ:
        raise CannotRender(f"the frame is larger than {MAX_READ >> 20} MiB")
