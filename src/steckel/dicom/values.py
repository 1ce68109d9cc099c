"""Values of elements: from bytes to the DICOM JSON model (PS3.18 F.2.3).

The rule: no value makes a data set unreadable. What does not parse as its VR
says is given as the text it is.
"""

import base64
import math
from collections.abc import Callable
from struct import unpack_from
from typing import Any, Final

from steckel.dicom import charset, person_name

#: Binary numbers: VR to (struct letter, size).
NUMBERS: Final = {
    "US": ("H", 2), "SS": ("h", 2), "UL": ("I", 4), "SL": ("i", 4), "UV": ("Q", 8),
    "SV": ("q", 8), "FL": ("f", 4), "FD": ("d", 8),
}  # fmt: skip

#: VRs whose values are bytes.
BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
#: Text VRs with one value, in which a backslash is a character (PS3.5 6.2).
_SINGLE_TEXT: Final = frozenset({"LT", "ST", "UT"})
#: VRs whose values are text, and few.
TEXT: Final = frozenset("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split())
#: VRs to which Specific Character Set applies (PS3.5 6.1.2.3).
_ENCODED_TEXT: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})


def text_of(raw: bytes, vr: str, codecs: tuple[str, ...]) -> str:
    """Return the text of a value with its padding gone (PS3.5 6.2)."""
    if raw.isascii() and b"\x1b" not in raw:
        text = raw.decode("ascii")
    elif vr in _ENCODED_TEXT:
        text = charset.decode(raw, codecs, name=vr == "PN")
    else:
        text = charset.decode(raw, ("latin_1",))
    if vr in _SINGLE_TEXT:
        return text.rstrip(" \0")
    return text.rstrip(" \0") if vr == "UI" else text.strip(" \0")


def _integer(text: str) -> int | float | str | None:
    text = text.strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        return _decimal(text)


def _decimal(text: str) -> float | str | None:
    text = text.strip(" \0")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _trimmed(text: str) -> str | None:
    return text.strip(" \0") or None


def _name(text: str) -> dict[str, str] | None:
    return person_name.to_json(text) or None


_PARSERS: dict[str, Callable[[str], Any]] = {"IS": _integer, "DS": _decimal, "PN": _name}


def to_json(raw: bytes, vr: str, codecs: tuple[str, ...], *, little: bool = True) -> list[Any]:
    """Return the values of an element as the DICOM JSON model spells them.

    An empty list stands for no value. Binary VRs are not for here.
    """
    if not raw:
        return []
    number = NUMBERS.get(vr)
    if number is not None:
        return _numbers(raw, number, little=little)
    if vr == "AT":
        flat = unpack_from(f"{'<' if little else '>'}{len(raw) // 4 * 2}H", raw)
        return [f"{flat[i]:04X}{flat[i + 1]:04X}" for i in range(0, len(flat), 2)]
    text = text_of(raw, vr, codecs)
    if vr in _SINGLE_TEXT or vr == "UR":
        return [text] if text else []
    parse = _PARSERS.get(vr, _trimmed)
    if "\\" not in text:
        value = parse(text)
        return [] if value is None else [value]
    return [parse(part) for part in text.split("\\")]


def _numbers(raw: bytes, kind: tuple[str, int], *, little: bool) -> list[Any]:
    letter, size = kind
    values = unpack_from(f"{'<' if little else '>'}{len(raw) // size}{letter}", raw)
    if letter in "fd":
        # JSON has no NaN or infinity (PS3.18 F.2.3 spells them as strings).
        return [v if math.isfinite(v) else str(v).replace("nan", "NaN") for v in values]
    return list(values)


def inline(raw: bytes) -> str:
    """Return bytes as InlineBinary has them (PS3.18 F.2.7)."""
    return base64.b64encode(raw).decode("ascii")
