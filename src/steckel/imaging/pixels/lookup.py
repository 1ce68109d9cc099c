"""Lookup tables as data sets have them (PS3.3 C.11.1.1, C.7.6.3.1.5, C.7.9)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steckel.errors import CannotRender
from steckel.imaging.pixels import attributes as attribute
from steckel.imaging.pixels.attributes import Attributes

_MOST_ENTRIES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class LookupTable:
    """A table; what is below its first value gets its first entry, above its last the last."""

    first: int
    entries: NDArray[np.uint16]
    bits: int

    @property
    def highest(self) -> int:
        """The highest value that an entry can have."""
        return (1 << self.bits) - 1

    def look_up(self, values: NDArray[Any]) -> NDArray[np.uint16]:
        """Return an entry for each value."""
        index = np.clip(values - float(self.first), 0, self.entries.size - 1)
        return self.entries[index.astype(np.int32)]


def lookup_table(item: Attributes) -> LookupTable | None:
    """Read a modality or VOI LUT; ``None`` where there is no data."""
    descriptor = item.numbers(attribute.LUT_DESCRIPTOR)
    if len(descriptor) < 3:
        return None
    length, first, bits = _read_descriptor(descriptor)
    entries = np.array(_entries(item, attribute.LUT_DATA, length, bits), np.uint16)
    if not entries.size:
        return None
    # Some writers give 16 where the entries have fewer bits, and the other way round.
    bits = max(bits, int(entries.max()).bit_length(), 1)
    return LookupTable(first=first, entries=entries, bits=min(bits, 16))


def palette(attributes: Attributes) -> tuple[LookupTable, ...]:
    """Read the three palettes.

    Raises
    ------
    CannotRender
        One is missing.
    """
    return tuple(_palette(attributes, channel) for channel in range(3))


def _palette(attributes: Attributes, channel: int) -> LookupTable:
    descriptor = attributes.numbers(attribute.PALETTES[channel])
    if len(descriptor) < 3:
        raise CannotRender("the image has no palette")
    length, first, bits = _read_descriptor(descriptor)
    if attribute.SEGMENTED_PALETTE_DATA[channel] in attributes:
        tag = attribute.SEGMENTED_PALETTE_DATA[channel]
        entries = expand_segments(attributes.words(tag, bytewise=bits <= 8))
    else:
        entries = _entries(attributes, attribute.PALETTE_DATA[channel], length, bits)
    if not entries:
        raise CannotRender("the palette of the image is empty")
    table = np.array(entries[:_MOST_ENTRIES], np.uint16)
    # 8-bit entries that were widened by writing them twice (PS3.3 C.7.6.3.1.5).
    return LookupTable(first=first, entries=table, bits=16 if table.max() > 255 else 8)


def _read_descriptor(descriptor: list[float]) -> tuple[int, int, int]:
    # As a 16-bit number, 65536 entries are written as 0.
    length = int(descriptor[0]) & 0xFFFF or _MOST_ENTRIES
    return length, int(descriptor[1]), int(descriptor[2])


def _entries(item: Attributes, tag: int, length: int, bits: int) -> list[int]:
    """Read entries of 16 bits, or of 8 bits two in a word."""
    words = item.words(tag)
    if bits <= 8 and len(words) < length:
        words = [half for word in words for half in (word & 0xFF, word >> 8)]
    return words[:length]


def expand_segments(data: list[int]) -> list[int]:
    """Expand a segmented palette (PS3.3 C.7.9.2).

    Raises
    ------
    CannotRender
        It is not one.
    """
    entries: list[int] = []
    try:
        _expand(data, 0, len(data), entries, nested=False)
    except (IndexError, ZeroDivisionError):
        raise CannotRender("the segmented palette of the image is damaged") from None
    return entries


def _expand(data: list[int], position: int, most: int, entries: list[int], *, nested: bool) -> None:
    """Expand up to `most` segments from a position on."""
    for _ in range(most):
        if position + 1 >= len(data) or len(entries) > _MOST_ENTRIES:
            return
        code, length = data[position], data[position + 1]
        if code == 0:
            entries.extend(data[position + 2 : position + 2 + length])
            position += 2 + length
        elif code == 1:
            start, end = entries[-1], data[position + 2]
            step = (end - start) / length
            entries.extend(round(start + step * n) for n in range(1, length + 1))
            position += 3
        elif code == 2 and not nested:
            # The offset is in bytes; entries here are words or bytes as the table is.
            offset = data[position + 2] | data[position + 3] << 16
            _expand(data, _index(data, offset), length, entries, nested=True)
            position += 4
        else:
            raise CannotRender("the segmented palette of the image is damaged")


def _index(data: list[int], offset: int) -> int:
    wide = any(value > 0xFF for value in data)
    return offset // 2 if wide else offset
