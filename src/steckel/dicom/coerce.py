"""A data set with some attributes replaced, and what they were in it (PS3.3 C.12.1.1.9).

The rule: what is not replaced stays to the byte. The one exception is a new value that the
character set of the data set cannot say: then all text is written in ISO_IR 192, whose
declaration is recorded as a replaced attribute like any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import error as StructError  # noqa: N812
from typing import Final

from steckel.dicom import charset, person_name, tags
from steckel.dicom.coercion import (
    ATTRIBUTE_MODIFICATION_DATE_TIME,
    INSTANCE_COERCION_DATE_TIME,
    MODIFIED_ATTRIBUTES_SEQUENCE,
    MODIFYING_SYSTEM,
    ORIGINAL_ATTRIBUTES_SEQUENCE,
    REASON_FOR_THE_ATTRIBUTE_MODIFICATION,
    SOURCE_OF_PREVIOUS_VALUES,
    Coercion,
)
from steckel.dicom.effective_vr import Creators
from steckel.dicom.element_bytes import (
    dataset_bytes,
    element_bytes,
    item_bytes,
    sequence_bytes,
    with_head,
)
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.frames import Fragment
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.dicom.placed import Level, Placed
from steckel.dicom.reencode import ToUtf8
from steckel.dicom.splice import Piece, splice
from steckel.dicom.text_encoding import UTF_8, UnencodableText
from steckel.dicom.to_json import Reading, selected_to_json
from steckel.dicom.transfer_syntax import Encoding
from steckel.errors import CannotCoerce, NotDicom

#: Bytes from here to the end of the data set: retired, and wrong after any change.
_LENGTH_TO_END: Final = 0x00080001


def coerce(buffer: Buffer, level: Level, encoding: Encoding, coercion: Coercion) -> list[Piece]:
    """Return the elements of a level with the replacements made, as far as they change anything.

    Raises
    ------
    CannotCoerce
        It cannot be done.
    """
    try:
        return _Coercing(buffer, level, encoding, coercion).pieces()
    except (NotDicom, StructError, UnencodableText, ValueError) as problem:
        raise CannotCoerce("what is put right cannot be put into the object") from problem


@dataclass(frozen=True)
class _Coercing:
    buffer: Buffer
    level: Level
    encoding: Encoding
    coercion: Coercion

    def pieces(self) -> list[Piece]:
        found = self._found()
        changed = self._changed(found)
        if not changed:
            start = self.level.placed[0].start if self.level.placed else self.level.end
            return [Fragment(start, self.level.end - start)]
        declared = self._declared(found)
        try:
            new = self._encoded(changed, declared)
            rewriter = None
        except UnencodableText:
            changed[tags.SPECIFIC_CHARACTER_SET] = {"vr": "CS", "Value": [UTF_8]}
            new = self._encoded(changed, UTF_8)
            rewriter = ToUtf8(self.buffer, declared)
        changed[INSTANCE_COERCION_DATE_TIME] = {"vr": "DT", "Value": [self.coercion.at]}
        new |= self._encoded({INSTANCE_COERCION_DATE_TIME: changed[INSTANCE_COERCION_DATE_TIME]})
        before = [found[tag] for tag in sorted(changed) if tag in found]
        if before:
            existing = found.get(ORIGINAL_ATTRIBUTES_SEQUENCE)
            new[ORIGINAL_ATTRIBUTES_SEQUENCE] = self._original(before, existing, rewriter)
        return list(self._spliced(new, rewriter))

    def _found(self) -> dict[int, Placed]:
        """Return the elements that may matter; of one that is there twice the last, as read."""
        wanted = self.coercion.replacements.keys() | {
            tags.SPECIFIC_CHARACTER_SET,
            INSTANCE_COERCION_DATE_TIME,
            ORIGINAL_ATTRIBUTES_SEQUENCE,
        }
        return {one.element.tag: one for one in self.level.placed if one.element.tag in wanted}

    def _declared(self, found: Mapping[int, Placed]) -> str:
        placed = found.get(tags.SPECIFIC_CHARACTER_SET)
        return "" if placed is None else self._raw(placed.element).decode("latin-1").strip(" \0")

    def _raw(self, element: Element) -> bytes:
        return bytes(memoryview(self.buffer)[element.offset : element.end])

    def _changed(self, found: Mapping[int, Placed]) -> dict[int, JsonElement]:
        """Return the replacements that say something else than what is there."""
        codecs = charset.codecs_of(self._declared(found))
        here = [found[tag].element for tag in self.coercion.replacements if tag in found]
        said = selected_to_json(self.buffer, here, Reading(encoding=self.encoding), codecs)
        return {
            tag: element
            for tag, element in self.coercion.replacements.items()
            if tag not in found or not _is_same(said.get(json_key(tag)), element)
        }

    def _encoded(self, changed: Mapping[int, JsonElement], declared: str = "") -> dict[int, bytes]:
        return {
            tag: element_bytes(tag, element, self.encoding, declared)
            for tag, element in changed.items()
        }

    def _original(
        self, before: list[Placed], existing: Placed | None, rewriter: ToUtf8 | None
    ) -> bytes:
        """Return the sequence of original attributes with another item."""
        tag, encoding = ORIGINAL_ATTRIBUTES_SEQUENCE, self.encoding
        item = item_bytes(self._told(before, rewriter), encoding)
        if existing is None:
            return sequence_bytes(tag, "SQ", item, encoding)
        element = existing.element
        if element.vr == "UN":  # its items are in Implicit VR Little Endian (PS3.5 6.2.2)
            return sequence_bytes(tag, "SQ", self._respelt(element) + item, encoding)
        content = rewriter.content(element, encoding) if rewriter else None
        if content is None:
            end = element.end - 8 if element.length == UNDEFINED_LENGTH else element.end
            content = bytes(memoryview(self.buffer)[element.offset : end])
        return sequence_bytes(tag, "SQ", content + item, encoding)

    def _respelt(self, sequence: Element) -> bytes:
        reading = Reading(encoding=self.encoding)
        found = selected_to_json(self.buffer, [sequence], reading, ("iso8859",))
        items = found.get(json_key(sequence.tag), {"vr": "SQ"}).get("Value") or []
        return b"".join(
            item_bytes(dataset_bytes(item, self.encoding, UTF_8), self.encoding) for item in items
        )

    def _told(self, before: list[Placed], rewriter: ToUtf8 | None) -> bytes:
        """Return the content of one item (PS3.3 table C.12.1.1.9-1), in order of tags."""
        encoding, coercion = self.encoding, self.coercion
        # With a declaration of its own, an item is read in the character set that it was in.
        has_own = any(one.element.tag == tags.SPECIFIC_CHARACTER_SET for one in before)
        inside = None if has_own else rewriter
        modified = b"".join(self._as_it_was(one, inside) for one in before)
        told: JsonDataset = {
            json_key(ATTRIBUTE_MODIFICATION_DATE_TIME): {"vr": "DT", "Value": [coercion.at]},
            json_key(MODIFYING_SYSTEM): {"vr": "LO", "Value": [coercion.system]},
            json_key(SOURCE_OF_PREVIOUS_VALUES): {"vr": "LO", "Value": [coercion.source]},
            json_key(REASON_FOR_THE_ATTRIBUTE_MODIFICATION): {
                "vr": "CS",
                "Value": [coercion.reason],
            },
        }
        return sequence_bytes(
            MODIFIED_ATTRIBUTES_SEQUENCE, "SQ", item_bytes(modified, encoding), encoding
        ) + dataset_bytes(_in_ascii(told), encoding, "")

    def _as_it_was(self, placed: Placed, rewriter: ToUtf8 | None) -> bytes:
        element = placed.element
        if rewriter is not None:
            made = rewriter.element(placed, self.encoding, Creators(self.buffer))
            if made is not None:
                return made
        raw = bytes(memoryview(self.buffer)[placed.start : element.end])
        if element.length in (UNDEFINED_LENGTH, element.end - element.offset):
            return raw
        # Cut off: its length says more than there is.
        return with_head(element.tag, element.vr, self._raw(element), self.encoding)

    def _spliced(self, new: Mapping[int, bytes], rewriter: ToUtf8 | None) -> Iterator[Piece]:
        placed = self.level.placed
        # Group lengths would be wrong (PS3.5 7.2).
        if rewriter is None:
            lengths = {tag & 0xFFFF0000 for tag in new}
        else:
            lengths = {one.element.tag for one in placed if not one.element.tag & 0xFFFF}
        gone = new.keys() | lengths | {_LENGTH_TO_END}
        # What is cut off says that it is longer: it would take in what comes behind it.
        cut = placed[-1] if self.level.is_cut and placed else None
        if rewriter is None and cut is None:
            return splice(self.level, new, gone, None)
        creators = Creators(self.buffer)

        def anew(one: Placed) -> bytes | None:
            made = rewriter.element(one, self.encoding, creators) if rewriter else None
            return self._as_it_was(one, None) if made is None and one is cut else made

        return splice(self.level, new, gone, anew)


def _is_same(said: JsonElement | None, element: JsonElement) -> bool:
    """Whether a replacement says what is there already."""
    if said is None:
        return False
    old, new = (_comparable(one) for one in (said, element))
    return old == new and said.get("InlineBinary") == element.get("InlineBinary")


def _comparable(element: JsonElement) -> list[object]:
    found = element.get("Value") or []
    if element["vr"] == "SQ":
        return [
            {key: (_comparable(inner), inner.get("InlineBinary")) for key, inner in item.items()}
            for item in found
        ]
    if element["vr"] == "PN":
        return [person_name.to_json(person_name.from_json(value)) for value in found]
    return [value.strip() if isinstance(value, str) else value for value in found]


def _in_ascii(dataset: JsonDataset) -> JsonDataset:
    """Return what every character set can say: the item has none of its own."""
    return {
        key: {
            "vr": element["vr"],
            "Value": [value.encode("ascii", "replace").decode() for value in element["Value"]],
        }
        for key, element in dataset.items()
    }
