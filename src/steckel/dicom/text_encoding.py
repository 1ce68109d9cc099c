"""From text to bytes in the character set that a data set declares (PS3.5 6.1, PS3.3 C.12.1.1.2).

The rule: what is written is read again as what it was, or it is not written. Code
extensions are read (`charset`), not written: text that needs one is for ISO_IR 192.
"""

from typing import Final

from steckel.dicom import charset

UTF_8: Final = "ISO_IR 192"

#: Their bytes depend on escape sequences, or on a repertoire that is smaller than the codec's.
_NOT_WRITTEN: Final = frozenset(
    {"iso8859", "shift_jis", "iso2022_jp", "iso2022_jp_2", "euc_kr", "iso_ir_58", "gb2312"}
)


class UnencodableText(Exception):
    """A text has a character that the declared character set has not."""


def encode_text(text: str, declared: str, *, name: bool = False) -> bytes:
    """Encode a text; `declared` is the value of Specific Character Set, `name` says PN.

    Raises
    ------
    UnencodableText
        The character set does not have all of it.
    """
    if text.isascii():
        return text.encode("ascii")
    if declared == UTF_8:
        return text.encode("utf-8", "replace")
    codecs = charset.codecs_of(declared)
    if codecs[0] in _NOT_WRITTEN:
        raise UnencodableText
    try:
        raw = text.encode(codecs[0])
    except UnicodeEncodeError:
        raise UnencodableText from None
    if charset.decode(raw, codecs, name=name) != text:
        raise UnencodableText
    return raw
