"""Deflated data sets (PS3.5 A.5): a few bytes can hold gigabytes.

The rule: who needs what stands before the pixels inflates no more than that.
The rest is inflated piece by piece and dropped, to see that it is there.
"""

import zlib
from typing import Any

from steckel.dicom import elements
from steckel.dicom.elements import Buffer
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE
from steckel.errors import NotDicom, TooLarge

#: More than this is an attack.
MAX_INFLATED = 1 << 30
#: What stands before the pixels, or all of an object without pixels.
MAX_HEAD = 128 << 20
_STEP = 1 << 20


def inflate(data: Buffer, limit: int = MAX_INFLATED) -> tuple[bytes, bool]:
    """Inflate all of a data set, as far as it goes; say whether its end was there.

    Raises
    ------
    NotDicom
        It is no deflate stream.
    TooLarge
        There is more than `limit`.
    """
    try:
        engine = zlib.decompressobj(_window(data))
        inflated = engine.decompress(data, limit)
        beyond = _more(engine, 1)
    except zlib.error:
        raise NotDicom("the deflated data set is damaged") from None
    if beyond:
        raise TooLarge(f"the deflated data set is larger than {limit} bytes")
    return inflated, engine.eof


def inflate_head(data: Buffer) -> tuple[bytes, bool]:
    """Inflate a data set up to its pixels at least; say whether the end of all was there.

    Raises
    ------
    NotDicom, TooLarge
        As `inflate`; and there is too much before the pixels.
    """
    try:
        engine = zlib.decompressobj(_window(data))
        head = engine.decompress(data, _STEP)
        while not _reaches_pixels(head) and (more := _more(engine, max(len(head), _STEP))):
            head += more
            if len(head) > MAX_HEAD:
                raise TooLarge(f"more than {MAX_HEAD} bytes deflated before any pixels")
        _drain(engine, len(head))
    except zlib.error:
        raise NotDicom("the deflated data set is damaged") from None
    return head, engine.eof


def _window(data: Buffer) -> int:
    """Tell how the stream is wrapped; a zlib wrapper, which some write, is taken too."""
    for window in (-zlib.MAX_WBITS, zlib.MAX_WBITS):
        try:
            zlib.decompressobj(window).decompress(data[:_STEP], _STEP)
        except zlib.error:
            continue
        return window
    raise NotDicom("the data set is said to be deflated, but is not")


def _reaches_pixels(head: bytes) -> bool:
    try:
        return elements.scan(head, 0, len(head), EXPLICIT_LITTLE).pixel is not None
    except NotDicom:
        return False  # perhaps it is only cut in a sequence


def _more(engine: Any, size: int) -> bytes:
    """Inflate on; there may be more although all input was taken. Empty at the end."""
    return b"" if engine.eof else bytes(engine.decompress(engine.unconsumed_tail, size))


def _drain(engine: Any, seen: int) -> None:
    while more := _more(engine, _STEP):
        seen += len(more)
        if seen > MAX_INFLATED:
            raise TooLarge(f"the deflated data set is larger than {MAX_INFLATED} bytes")
