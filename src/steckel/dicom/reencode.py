"""The text of a data set in another character set: all of it, in sequences too (PS3.5 6.1).

The rule: what is no text, or is of ASCII alone, stays to the byte; so does an item that
declares a character set of its own. Private elements whose VR nobody knows are no text.
Items nested deeper than any real object has them are given the old declaration instead.
"""

from steckel.dicom import charset, elements, tags
from steckel.dicom.effective_vr import Creators
from steckel.dicom.element_bytes import ENCODED_TEXT, item_bytes, sequence_bytes, with_head
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.placed import Placed
from steckel.dicom.to_json import MAX_DEPTH
from steckel.dicom.transfer_syntax import IMPLICIT_LITTLE, Encoding


class ToUtf8:
    """Rewrites elements of one buffer, whose text is as `declared` says, in ISO_IR 192."""

    def __init__(self, buffer: Buffer, declared: str) -> None:
        self._buffer = memoryview(buffer)
        self._declared = declared.encode("latin-1")
        self._codecs = charset.codecs_of(declared)

    def element(
        self, placed: Placed, encoding: Encoding, creators: Creators, depth: int = 0
    ) -> bytes | None:
        """Return an element anew, or ``None`` where its bytes can stay.

        Raises
        ------
        NotDicom
            A sequence has no items where they belong.
        """
        element = placed.element
        vr = creators.vr_of(element)
        if vr in ENCODED_TEXT:
            return self._text(element, vr, encoding)
        if vr == "SQ":
            return self._sequence(element, encoding, depth)
        return None

    def content(self, element: Element, encoding: Encoding, depth: int = 0) -> bytes | None:
        """Return the items of a sequence anew, or ``None`` where they can stay."""
        made: list[bytes] = []
        is_changed = False
        for start, end in elements.items_of(self._buffer, element, encoding):
            body = self._item(start, end, encoding, depth)
            is_changed = is_changed or body is not None
            kept = bytes(self._buffer[start:end]) if body is None else body
            made.append(item_bytes(kept, encoding))
        return b"".join(made) if is_changed else None

    def _text(self, element: Element, vr: str, encoding: Encoding) -> bytes | None:
        raw = bytes(self._buffer[element.offset : element.end])
        if raw.isascii() and b"\x1b" not in raw:
            return None
        text = charset.decode(raw, self._codecs, name=vr == "PN")
        encoded = text.encode("utf-8", "replace")
        if encoded == raw:
            return None
        encoded += b" " * (len(encoded) & 1)
        return with_head(element.tag, element.vr, encoded, encoding)

    def _sequence(self, element: Element, encoding: Encoding, depth: int) -> bytes | None:
        inside = IMPLICIT_LITTLE if element.vr == "UN" else encoding
        items = self.content(element, inside, depth + 1)
        if items is None:
            return None
        if element.length != UNDEFINED_LENGTH:
            return sequence_bytes(element.tag, element.vr, items, encoding)
        # Of a VR that is not said, the undefined length is what makes it a sequence.
        return sequence_bytes(element.tag, element.vr, items, encoding, undefined=True)

    def _item(self, start: int, end: int, encoding: Encoding, depth: int) -> bytes | None:
        creators = Creators(self._buffer)
        pieces: list[bytes] = []
        is_changed, position = False, start
        for element in elements.elements_between(self._buffer, start, end, encoding):
            if element.tag == tags.SPECIFIC_CHARACTER_SET:
                return None
            if depth > MAX_DEPTH:
                own = with_head(tags.SPECIFIC_CHARACTER_SET, "CS", self._declared, encoding)
                return own + bytes(self._buffer[start:end])
            made = self.element(Placed(position, element), encoding, creators, depth)
            is_changed = is_changed or made is not None
            if element.tag & 0xFFFF:  # a group length would be wrong (PS3.5 7.2)
                kept = bytes(self._buffer[position : element.end])
                pieces.append(kept if made is None else made)
            position = element.end
        return b"".join(pieces) if is_changed else None
