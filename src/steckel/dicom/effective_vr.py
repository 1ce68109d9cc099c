"""The VR that an element really has, where its data set leaves that open (PS3.5 6.2.2)."""

from steckel.dicom import dictionary, values
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element


class Creators:
    """The private creators of one level (PS3.5 7.8.1), noted as they are passed."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = memoryview(buffer)
        self._names: dict[int, str] = {}

    def vr_of(self, element: Element) -> str:
        """Return the VR of the next element."""
        tag, vr = element.tag, element.vr
        if vr == "UN":
            vr = self._vr_unsaid(element)
        if vr == "LO" and tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
            raw = bytes(self._buffer[element.offset : element.end])
            self._names[tag >> 8 & 0xFFFF00 | tag & 0xFF] = values.text_of(raw, "LO", ("latin_1",))
        return vr

    def _vr_unsaid(self, element: Element) -> str:
        if element.length == UNDEFINED_LENGTH:
            return "SQ"
        tag = element.tag
        if tag >> 16 & 1 and tag & 0xFF00:
            creator = self._names.get(tag >> 8 & 0xFFFF00 | tag >> 8 & 0xFF)
            return dictionary.private_vr(creator, tag) if creator else "UN"
        return dictionary.vr_of(tag)
