"""The header of one instance: what stands before its pixel data, as typed values.

Made once per object by the ingest service; the index, the frame table and the
checks of identity all read from it. Bytes stay where they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from steckel.dicom import charset, elements, pixel_frames, tags, values
from steckel.dicom.elements import Buffer, Element, Scan
from steckel.dicom.frames import FrameTable
from steckel.dicom.inflating import inflate, inflate_head
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.to_json import Reading, selected_to_json
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE, TransferSyntax


@dataclass(frozen=True, slots=True)
class Header:
    """A scanned data set and the buffer it lies in.

    For a deflated data set the buffer is the inflated one, so that offsets
    say nothing about the file: `inflated` is then set and there is no frame table.
    """

    buffer: Buffer
    scan: Scan
    syntax: TransferSyntax
    codecs: tuple[str, ...]
    end: int
    inflated: bool = False
    cut_off: bool = False  #: the deflate stream has no end

    def element(self, tag: int) -> Element | None:
        """Return where an element lies, if it is there."""
        return self.scan.elements.get(tag)

    def raw(self, tag: int) -> bytes:
        """Return the bytes of a value; empty when it is absent."""
        element = self.scan.elements.get(tag)
        if element is None:
            return b""
        return bytes(memoryview(self.buffer)[element.offset : element.end])

    def text(self, tag: int) -> str:
        """Return a value as text, its padding gone, its values joined by backslashes."""
        element = self.scan.elements.get(tag)
        if element is None or element.offset == element.end:
            return ""
        vr = "LO" if element.vr == "UN" else element.vr
        return values.text_of(
            bytes(memoryview(self.buffer)[element.offset : element.end]), vr, self.codecs
        )

    def integer(self, tag: int, default: int = 0) -> int:
        """Return the first value of a US, UL or IS element."""
        element = self.scan.elements.get(tag)
        if element is None:
            return default
        if element.vr == "US" and element.length == 2:  # nearly all of them
            low = self.buffer[element.offset]
            high = self.buffer[element.offset + 1]
            return low | high << 8 if self.syntax.encoding.little else high | low << 8
        raw = self.raw(tag)
        if element.vr in values.NUMBERS:
            found = values.to_json(raw, element.vr, (), little=self.syntax.encoding.little)
            return int(found[0]) if found else default
        first = raw.decode("latin-1").split("\\")[0].strip(" \0")
        try:
            return int(float(first)) if first else default
        except (ValueError, OverflowError):
            return default

    def json(self, wanted: Iterable[int]) -> JsonDataset:
        """Return those of the wanted elements that are there, in the DICOM JSON model."""
        found = [e for tag in wanted if (e := self.scan.elements.get(tag)) is not None]
        reading = Reading(encoding=self.syntax.encoding)
        signed = bool(self.integer(tags.PIXEL_REPRESENTATION))
        return selected_to_json(self.buffer, found, reading, self.codecs, signed=signed)

    def frame_table(self) -> tuple[FrameTable | None, bool]:
        """Return where the frames lie in the buffer, and whether all of them are there.

        Raises
        ------
        TooLarge
            There are more than can be kept account of.
        """
        pixel = self.scan.pixel
        if pixel is None or self.inflated:
            return None, not self.cut_off
        number_of_frames = self.integer(tags.NUMBER_OF_FRAMES, 1)
        if pixel.length == elements.UNDEFINED_LENGTH:
            return pixel_frames.encapsulated(
                self.buffer,
                pixel,
                self.end,
                number_of_frames=number_of_frames,
                extended=self._extended_offsets(),
            )
        available = min(pixel.length, self.end - pixel.offset)
        bits = self._frame_bits(pixel.tag)
        table = pixel_frames.native(
            pixel, frame_bits=bits, number_of_frames=number_of_frames, available=available
        )
        expected = (bits * max(number_of_frames, 1) + 7) // 8
        return table, available >= min(pixel.length, max(expected, 1)) and available >= expected

    def _frame_bits(self, pixel_tag: int) -> int:
        allocated = self.integer(tags.BITS_ALLOCATED)
        if not allocated:
            allocated = {tags.FLOAT_PIXEL_DATA: 32, tags.DOUBLE_FLOAT_PIXEL_DATA: 64}.get(
                pixel_tag, 0
            )
        samples = max(self.integer(tags.SAMPLES_PER_PIXEL, 1), 1)
        bits = self.integer(tags.ROWS) * self.integer(tags.COLUMNS) * samples * allocated
        if samples == 3 and self.text(tags.PHOTOMETRIC_INTERPRETATION) == "YBR_FULL_422":
            # Uncompressed 4:2:2 keeps two samples per pixel on average (PS3.3 C.7.6.3.1.2).
            return bits // 3 * 2
        return bits

    def _extended_offsets(self) -> tuple[int, ...]:
        raw = self.raw(tags.EXTENDED_OFFSET_TABLE)
        return tuple(memoryview(raw[: len(raw) // 8 * 8]).cast("Q")) if raw else ()


def read_header(
    buffer: Buffer, start: int, end: int, syntax: TransferSyntax, *, pixels: bool = True
) -> Header:
    """Scan the data set between `start` and `end`.

    Without `pixels`, of a deflated data set no more is kept than what stands before them.

    Raises
    ------
    NotDicom
        The bytes are no data set in this encoding.
    TooLarge
        A deflated data set inflates to more than is taken.
    """
    if not syntax.deflated:
        encoding = elements.real_encoding(buffer, start, syntax)
        if encoding != syntax.encoding:
            syntax = replace(syntax, encoding=encoding)
        found = elements.scan(buffer, start, end, encoding)
        return Header(buffer, found, syntax, _codecs(buffer, found), end)
    deflated = memoryview(buffer)[start:end]
    inflated, whole = inflate(deflated) if pixels else inflate_head(deflated)
    found = elements.scan(inflated, 0, len(inflated), EXPLICIT_LITTLE)
    codecs = _codecs(inflated, found)
    return Header(inflated, found, syntax, codecs, len(inflated), inflated=True, cut_off=not whole)


def _codecs(buffer: Buffer, found: Scan) -> tuple[str, ...]:
    declared = found.elements.get(tags.SPECIFIC_CHARACTER_SET)
    if declared is None:
        return ("iso8859",)
    raw = bytes(memoryview(buffer)[declared.offset : declared.end])
    return charset.codecs_of(raw.decode("latin-1").strip(" \0"))
