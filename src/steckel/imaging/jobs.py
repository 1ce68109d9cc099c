"""The jobs of a worker process; this module and what it imports load the decoders."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from steckel.dicom.header import Header, read_header
from steckel.dicom.transfer_syntax import TransferSyntax, assume
from steckel.errors import CannotRender, NotFound
from steckel.imaging.model import Region, RenderRequest, Window
from steckel.imaging.pixels.attributes import attributes_of
from steckel.imaging.pixels.colour import show_colour
from steckel.imaging.pixels.decoding import NativeFrame, decode_frame
from steckel.imaging.pixels.grey import GreyView, show_grey
from steckel.imaging.pixels.htj2k import encode_htj2k
from steckel.imaging.pixels.picture import encode, on_black, picture, thumbnail_size
from steckel.imaging.pixels.placeholder import placeholder
from steckel.imaging.pixels.samples import samples_of
from steckel.imaging.pixels.transcode import transcode
from steckel.imaging.wire import Message

_GREY = ("MONOCHROME1", "MONOCHROME2")

# What is read here was checked by those who sent it; a picture of any size is
# bounded by the formats of `pixel_format` and `picture`.
Image.MAX_IMAGE_PIXELS = None


def do(request: Message) -> Message:
    """Do one job.

    Raises
    ------
    CannotRender
        The image cannot be used.
    NotFound
        There is no such frame.
    """
    return _JOBS[request.document["job"]](request)


def _decode(request: Message) -> Message:
    _, frame = _frame(request)
    return Message(document={"missing": frame.missing}, values=(frame.data,))


def _render(request: Message) -> Message:
    asked = _asked(request)
    image, missing = _picture(request, asked)
    return _answer(image, asked, missing)


def _thumbnail(request: Message) -> Message:
    asked = _asked(request)
    header, _ = _header(request)
    if header.scan.pixel is None:
        return _placeholder(request)
    width, height = thumbnail_size(asked)
    asked = replace(asked, width=width, height=height)
    try:
        image, missing = _picture(request, asked)
    except CannotRender:
        # A list of series is better off with a sign than with a gap; who opens
        # the image is told why.
        return _placeholder(request)
    return _answer(on_black(image, asked), asked, missing)


def _placeholder(request: Message) -> Message:
    asked = _asked(request)
    return _answer(placeholder(request.document["text"], *thumbnail_size(asked)), asked)


def _transcode(request: Message) -> Message:
    return Message(document={}, values=(transcode(request.values[0], request.document["to"]),))


def _encode(request: Message) -> Message:
    """Encode frames of one instance."""
    header, syntax = _header(request)
    frames = zip(request.values[1:], request.document["bit_offsets"], strict=True)
    encoded = (encode_htj2k(header, syntax, data, offset) for data, offset in frames)
    return Message(document={}, values=tuple(encoded))


_JOBS: dict[str, Callable[[Message], Message]] = {
    "decode": _decode,
    "encode": _encode,
    "render": _render,
    "thumbnail": _thumbnail,
    "placeholder": _placeholder,
    "transcode": _transcode,
}


def _picture(request: Message, asked: RenderRequest) -> tuple[Image.Image, int]:
    """Return a picture, and how many bytes of its frame were missing."""
    header, frame = _frame(request)
    attributes = attributes_of(header, request.document["frame"])
    values = samples_of(frame)
    shown: NDArray[np.uint8]
    if frame.form.photometric in _GREY and frame.form.samples == 1:
        view = GreyView(form=frame.form, attributes=attributes, window=asked.window)
        shown = show_grey(values, view)
    else:
        shown = show_colour(values, frame.form, attributes)
    return picture(shown, asked, attributes), frame.missing


def _frame(request: Message) -> tuple[Header, NativeFrame]:
    header, syntax = _header(request)
    document = request.document
    data = request.values[1]
    if document["whole"]:
        data = _frame_inside(header, document["frame"])
    return header, decode_frame(header, syntax, data, document["bit_offset"])


def _header(request: Message) -> tuple[Header, TransferSyntax]:
    syntax = assume(request.document["syntax"])
    dataset = request.values[0]
    return read_header(dataset, 0, len(dataset), syntax), syntax


def _frame_inside(header: Header, number: int) -> bytes:
    """Cut a frame out of a data set that was deflated as a whole."""
    table, _ = replace(header, inflated=False).frame_table()
    if table is None:
        raise NotFound("the instance has no pixel data")
    if not table.count:
        raise CannotRender("bit-packed frames of a deflated object cannot be told apart")
    if not 1 <= number <= table.count:
        raise NotFound(f"there is no frame {number}: the instance has {table.count}")
    view = memoryview(header.buffer)
    return b"".join(view[f.offset : f.offset + f.length] for f in table.frames[number - 1])


def _asked(request: Message) -> RenderRequest:
    fields: dict[str, Any] = dict(request.document["request"])
    region, window = fields.pop("region"), fields.pop("window")
    return RenderRequest(
        **fields,
        region=Region(**region) if region else None,
        window=Window(**window) if window else None,
    )


def _answer(image: Image.Image, asked: RenderRequest, missing: int = 0) -> Message:
    document = {"media_type": asked.media_type, "missing": missing}
    return Message(document=document, values=(encode(image, asked),))
