"""Text of a data set: character sets and person names (PS3.5 6.1, 6.2.1).

The rule: reading never fails. Bytes that are wrong in the declared character
set are read as what they most likely are, because a name with one odd letter
is worth more than no name.
"""

import re
from functools import lru_cache

from steckel.dicom.character_sets import CODECS, ESCAPE_CODES

#: Bytes that end the effect of an escape sequence inside a value (PS3.5 6.1.2.5.3).
_TEXT_DELIMITERS = re.compile(rb"[\r\n\t\f]")
_NAME_DELIMITERS = re.compile(rb"[\^=\\]")
_ESCAPED = re.compile(rb"(^[^\x1b]+|\x1b[^\x1b]*)")
#: Codecs that read their escape sequences themselves.
_STATEFUL = frozenset({"iso2022_jp", "iso2022_jp_2"})

_LATIN_LIKE = frozenset({"iso8859", "iso8859_1", "latin_1"})


@lru_cache(maxsize=256)
def codecs_of(declared: str) -> tuple[str, ...]:
    """Return Python codecs for a Specific Character Set value (backslash separated)."""
    terms = [term.strip() for term in declared.split("\\")]
    codecs: list[str] = []
    for index, term in enumerate(terms):
        normal = term.upper().replace("-", " ").replace("ISO IR", "ISO_IR").replace("_ ", "_")
        if not normal:
            if index == 0:
                codecs.append("iso8859")
            continue
        codec = CODECS.get(term) or CODECS.get(normal)
        if codec is not None:
            codecs.append(codec)
    return tuple(codecs) or ("iso8859",)


def decode(value: bytes, codecs: tuple[str, ...], *, name: bool = False) -> str:
    """Decode a text value; `name` when it is a person name (PN)."""
    if value.isascii() and 0x1B not in value:
        return value.decode("ascii")
    if codecs[0] in _LATIN_LIKE and len(codecs) == 1:
        # No declaration, or Latin-1 declared: UTF-8 is the usual lie, and what is
        # valid UTF-8 beyond ASCII is hardly ever anything else.
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if 0x1B not in value:
        return _decode_plain(value, codecs[0])
    delimiters = _NAME_DELIMITERS if name else _TEXT_DELIMITERS
    return "".join(_decode_part(part, codecs, delimiters) for part in _ESCAPED.findall(value))


def _decode_plain(value: bytes, codec: str) -> str:
    for candidate in (codec, "utf-8"):
        try:
            return value.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return value.decode("latin-1")


def _decode_part(part: bytes, codecs: tuple[str, ...], delimiters: re.Pattern[bytes]) -> str:
    """Decode what one escape sequence governs (PS3.5 6.1.2.5)."""
    if not part.startswith(b"\x1b"):
        return _decode_plain(part, codecs[0])
    size = 4 if part[:3] in (b"\x1b$(", b"\x1b$)") else 3
    codec = ESCAPE_CODES.get(part[:size])
    if codec is None:
        return _decode_plain(part[size:], codecs[0])
    if codec in _STATEFUL:
        return part.decode(codec, errors="replace")
    text = part[size:]
    reset = delimiters.search(text)
    if reset is None:
        return text.decode(codec, errors="replace")
    head, tail = text[: reset.start()], text[reset.start() :]
    return head.decode(codec, errors="replace") + _decode_plain(tail, codecs[0])
