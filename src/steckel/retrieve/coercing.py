"""Putting what was put right about a study into its instances as they leave.

Stands between the engine and `dicom.coerce`. The rule: no more of a file is in memory than
what stands before its pixels, and none of its long values; a deflated data set is made whole.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from steckel.dicom import elements, tags
from steckel.dicom.coerce import coerce
from steckel.dicom.coercion import Coercion, read_coercion
from steckel.dicom.elements import Buffer
from steckel.dicom.frames import Fragment
from steckel.dicom.inflating import inflate
from steckel.dicom.part10 import read_start
from steckel.dicom.placed import Level, read_level
from steckel.dicom.splice import Piece
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE, Encoding, assume
from steckel.errors import CannotCoerce, NotDicom, SteckelError, TooLarge
from steckel.retrieve.model import StoredInstance
from steckel.retrieve.whole import Part, Read, Whole

#: A head of unknown length is read in steps.
_STEP: Final = 1 << 20
#: A range of this length is read again when its turn comes, rather than kept.
_LONG: Final = 64 << 10


class Coercing:
    """Thread-safe. `now` tells when a replacement is made of which nobody said when it was."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def whole(self, instance: StoredInstance, text: str, read: Read) -> Whole:
        """Return the file with what `text` says (`dicom.coercion`).

        Raises
        ------
        CannotCoerce
            That is not possible.
        NotFound, StorageFailure
            It cannot be read.
        """
        if assume(instance.transfer_syntax).deflated:
            return self._deflated(instance, text, read)
        head, level, pieces = self._coerced(instance, text, read)
        rest = Fragment(level.end, instance.location.length - level.end)
        return Whole(read, _in_memory(head, [*pieces, rest]))

    def head(self, instance: StoredInstance, text: str, read: Read) -> bytes:
        """Return the file up to the first bytes of its pixels at least.

        Raises
        ------
        CannotCoerce, NotFound, StorageFailure
            As `whole`.
        """
        if assume(instance.transfer_syntax).deflated:
            return self._deflated(instance, text, read).read()
        head, level, pieces = self._coerced(instance, text, read)
        return b"".join(_bytes(head, piece) for piece in pieces) + head[level.end :]

    def _coerced(
        self, instance: StoredInstance, text: str, read: Read
    ) -> tuple[bytes, Level, list[Piece]]:
        """Return what is read, what is found there, and what stands before the pixels then."""
        with _refusing():
            head, encoding, level = _head(instance, read)
            pieces = coerce(head, level, encoding, self._coercion(text, head))
        return head, level, [Fragment(0, instance.dataset_offset), *pieces]

    def _deflated(self, instance: StoredInstance, text: str, read: Read) -> Whole:
        """Make the data set anew: what is deflated cannot be replaced in its place."""
        part10 = read(0, instance.location.length)
        start = instance.dataset_offset
        with _refusing():
            inflated, _ = inflate(memoryview(part10)[start:])
            level = read_level(inflated, 0, len(inflated), EXPLICIT_LITTLE)
        pieces = coerce(inflated, level, EXPLICIT_LITTLE, self._coercion(text, part10))
        engine = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        made = [engine.compress(_bytes(inflated, piece)) for piece in pieces]
        made += [engine.compress(memoryview(inflated)[level.end :]), engine.flush()]
        body = b"".join(made)
        return Whole(read, (part10[:start], body, bytes(len(body) % 2)))

    def _coercion(self, text: str, head: bytes) -> Coercion:
        coercion = read_coercion(text)
        if not coercion.at:
            coercion = replace(coercion, at=f"{self._now():%Y%m%d%H%M%S.%f%z}")
        if not coercion.source:
            source = _source_of(head)
            coercion = replace(coercion, source=source)
        return coercion


@contextmanager
def _refusing() -> Iterator[None]:
    """Say that nothing can be put into an object that cannot be read."""
    try:
        yield
    except (NotDicom, TooLarge) as problem:
        raise CannotCoerce("what is put right cannot be put into the object") from problem


def _source_of(head: bytes) -> str:
    """Return who sent the instance, as its file meta information has it."""
    try:
        return read_start(head).meta.get(tags.SOURCE_APPLICATION_ENTITY_TITLE, "")
    except SteckelError:
        return ""


def _head(instance: StoredInstance, read: Read) -> tuple[bytes, Encoding, Level]:
    """Read what stands before the pixels, and find its elements."""
    total, start = instance.location.length, instance.dataset_offset
    syntax = assume(instance.transfer_syntax)
    length = min(_known_head(instance) or start + _STEP, total)
    while True:
        head = read(0, length)
        encoding = elements.real_encoding(head, start, syntax)
        try:
            level = read_level(head, start, len(head), encoding)
        except NotDicom:
            if len(head) >= total or len(head) < length:
                raise
        else:
            if level.has_pixels or len(head) >= total or len(head) < length:
                return head, encoding, level
        length = min(length * 4, total)


def _known_head(instance: StoredInstance) -> int:
    """Return how much to read to see where the pixel data starts; 0 where nobody knows."""
    table = instance.frames
    if table is None or not table.count or not table.frames[0]:
        return 0
    # At most the header of the element and of an item stand before a first fragment.
    return table.frames[0][0].offset + 16


def _in_memory(head: Buffer, pieces: Iterable[Piece]) -> list[Part]:
    """Join what is short; what is long, or lies behind the head, stays a range of the file."""
    parts: list[Part] = []
    short: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes) or (
            piece.length < _LONG and piece.offset + piece.length <= len(head)
        ):
            short.append(_bytes(head, piece))
            continue
        if short:
            parts.append(b"".join(short))
            short = []
        parts.append(piece)
    return [*parts, b"".join(short)] if short else parts


def _bytes(buffer: Buffer, piece: Piece) -> bytes:
    if isinstance(piece, bytes):
        return piece
    return bytes(memoryview(buffer)[piece.offset : piece.offset + piece.length])
