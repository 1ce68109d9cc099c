r"""Escape sequences (HL7 v2.5.1 2.7): from what is sent to what is meant, and back.

The rule: what is no escape sequence of the standard is text and stays, so that a path such as
``\\server\share`` survives a sender that escapes nothing. Formatting commands become line
breaks and blanks; highlighting goes.
"""

import re
from typing import Final

from steckel.hl7.delimiters import STANDARD, Delimiters


def _pattern(escape: str) -> re.Pattern[str]:
    """Return what matches an escape sequence of the standard between two `escape`.

    Delimiters, highlighting, hex data, formatting, switches of character set, and what two
    parties agree on.
    """
    mark = re.escape(escape)
    return re.compile(
        rf"{mark}(?P<code>[FSTREPHN]|X[0-9A-Fa-f]*|\.[a-z]{{2}}[ ]?[+-]?[0-9]{{0,4}}"
        rf"|C[0-9A-Fa-f]{{4}}|M[0-9A-Fa-f]{{4}}(?:[0-9A-Fa-f]{{2}})?|Z[^{mark}\r\n]{{0,64}}){mark}"
    )


_BACKSLASH: Final = _pattern("\\")
#: A switch of character set that could not be carried out.
_SWITCHED: Final = re.compile(r"\x1b[\x20-\x7e]{2,3}")
_MAX_SKIP: Final = 200  # lines or blanks of one command; more is no layout but an attack


def unescape(text: str, delimiters: Delimiters, charset: str) -> str:
    r"""Return what is meant by a text of a message; `charset` is the codec of ``\X..\`` data."""
    escape = delimiters.escape
    if not escape or escape not in text:
        return text
    pattern = _BACKSLASH if escape == "\\" else _pattern(escape)
    switched = False

    def replace(match: re.Match[str]) -> str:
        nonlocal switched
        code = match["code"]
        switched = switched or code[0] in "CM"
        return _meaning(code, match[0], delimiters, charset)

    meant = pattern.sub(replace, text)
    return _SWITCHED.sub("", _iso_2022(meant)) if switched else meant


def _meaning(code: str, whole: str, delimiters: Delimiters, charset: str) -> str:
    if len(code) == 1 and code not in "XZ":
        return {
            "F": delimiters.field,
            "S": delimiters.component,
            "T": delimiters.subcomponent,
            "R": delimiters.repetition,
            "E": delimiters.escape,
            "P": delimiters.truncation,
        }.get(code, "")
    if code[0] == "X":
        return _hex(code[1:], whole, charset)
    if code[0] == ".":
        return _layout(code[1:3], code[3:])
    if code[0] in "CM":
        return f"\x1b{bytes.fromhex(code[1:]).decode('latin_1')}"
    return whole


def _hex(digits: str, whole: str, charset: str) -> str:
    if len(digits) % 2:
        return whole
    data = bytes.fromhex(digits)
    try:
        return data.decode(charset)
    except UnicodeDecodeError:
        return data.decode("latin_1")


def _layout(command: str, count: str) -> str:
    """Return what a formatting command of FT does to a text without columns (2.7.6)."""
    number = min(int(count), _MAX_SKIP) if count.strip().isdigit() else 1
    if command in ("br", "ce"):
        return "\n"
    if command == "sp":
        return "\n" * number
    return " " * number if command == "sk" else ""


def _iso_2022(text: str) -> str:
    """Return a text whose switches of character set are carried out, where they can be."""
    if not text.isascii():
        return text
    try:
        return text.encode("ascii").decode("iso2022_jp_2")
    except UnicodeDecodeError:
        return text


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_WRITTEN: Final = {
    ord(STANDARD.field): "\\F\\",
    ord(STANDARD.component): "\\S\\",
    ord(STANDARD.subcomponent): "\\T\\",
    ord(STANDARD.repetition): "\\R\\",
    ord(STANDARD.escape): "\\E\\",
}


def escape(text: str) -> str:
    r"""Return a text as it is written between `STANDARD` delimiters.

    A line break becomes ``\.br\``, every other control character hex data: what is written
    has no control character.
    """
    written = text.translate(_WRITTEN)
    if _CONTROL.search(written) is None:
        return written
    written = _LINE_BREAK.sub(r"\\.br\\", written)
    return _CONTROL.sub(lambda match: f"\\X{ord(match[0]):02X}\\", written)


def without_controls(text: str) -> str:
    """Return a text without control characters, which must not be echoed to a sender."""
    return _CONTROL.sub("", text)
