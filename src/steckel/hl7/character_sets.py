"""Character sets: MSH-18 (table 0211), and what the bytes turn out to be.

The rule: the bytes decide. Senders declare one thing and send another, so a declaration is
believed only as far as the bytes agree with it: text that is UTF-8 is read as UTF-8. Every
deviation is a warning, none is a reason not to read a message.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

_NOISE: Final = re.compile(r"[\s_/.:-]+")
_LATIN: Final = "1 2 3 4 5 6 7 8 9 10 11 13 14 15 16".split()

#: Spelling without blanks and signs, upper case, to the codec of Python.
_CODECS: Final = {
    "": "",
    "ASCII": "ascii", "USASCII": "ascii", "ISOIR6": "ascii",
    "UNICODEUTF8": "utf-8", "UTF8": "utf-8", "UNICODE": "utf-8", "ISOIR192": "utf-8",
    "ISO10646": "utf-8", "UNICODEUTF": "utf-8",
    "UNICODEUTF16": "utf-16", "UTF16": "utf-16", "UNICODEUTF32": "utf-32", "UTF32": "utf-32",
    **{f"8859{n}": f"iso8859-{n}" for n in _LATIN},
    **{f"ISO8859{n}": f"iso8859-{n}" for n in _LATIN},
    **{f"ISOIR{ir}": f"iso8859-{n}" for n, ir in (
        ("1", 100), ("2", 101), ("3", 109), ("4", 110), ("5", 144), ("6", 127), ("7", 126),
        ("8", 138), ("9", 148), ("15", 203))},
    "LATIN1": "iso8859-1", "LATIN9": "iso8859-15",
    "WINDOWS1252": "cp1252", "CP1252": "cp1252", "ANSI": "cp1252",
    "WINDOWS1250": "cp1250", "CP1250": "cp1250", "CP850": "cp850",
    "ISOIR14": "iso2022_jp_2", "ISOIR87": "iso2022_jp_2", "ISOIR159": "iso2022_jp_2",
    "GB180302000": "gb18030", "GB18030": "gb18030", "KSX1001": "euc_kr", "BIG5": "big5",
    "TIS620": "tis_620", "SHIFTJIS": "cp932", "EUCJP": "euc_jp",
}  # fmt: skip

#: Codec of an 8-bit character set that leaves ASCII alone, to its name in table 0211.
_WRITABLE: Final = {
    "ascii": "ASCII",
    "utf-8": "UNICODE UTF-8",
    **{f"iso8859-{n}": f"8859/{n}" for n in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "15")},
}
#: Codecs whose text may look like UTF-8 by accident.
_EAST_ASIAN: Final = frozenset({"gb18030", "big5", "euc_kr", "cp932", "euc_jp"})
_WIDE: Final = frozenset({"utf-16", "utf-32"})
_C1: Final = re.compile("[\x80-\x9f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A text, the codec that was really used for it, and what was wrong with its declaration."""

    text: str
    codec: str
    warning: str = ""


def codec_of(name: str) -> str | None:
    """Return the codec of a name in MSH-18, tolerant of its spelling; ``None``: unknown or none."""
    return _CODECS.get(_NOISE.sub("", name).upper()) or None


def writable(name: str) -> tuple[str, str]:
    """Return name in table 0211 and codec for an answer to a sender that declares `name`."""
    codec = codec_of(name) or "utf-8"
    if codec not in _WRITABLE:
        codec = "utf-8"
    return _WRITABLE[codec], codec


def decode(raw: bytes, declared: list[str], default: str) -> Decoded:
    """Return the text of a message that declares `declared` (the repetitions of MSH-18).

    `default` is the character set of a source that declares none.
    """
    names = [name for name in declared if name.strip()]
    known = [codec for codec in map(codec_of, names) if codec]
    codec = "iso2022_jp_2" if "iso2022_jp_2" in known else (known[0] if known else "")
    codec = "" if codec in _WIDE else codec
    if raw.isascii() and not (codec == "iso2022_jp_2" and b"\x1b" in raw):
        warning = "" if known or not names else f"MSH-18 says {_shown(names)}, which is unknown"
        used = codec or codec_of(default) or "utf-8"
        return Decoded(text=raw.decode("ascii"), codec=used, warning=warning)
    return _decode(raw, codec, _shown(names), codec_of(default) or "utf-8")


def _decode(raw: bytes, codec: str, said: str, default: str) -> Decoded:
    for candidate in _candidates(raw, codec):
        try:
            text = raw.decode(candidate)
        except UnicodeDecodeError:
            continue
        is_windows = candidate == "iso8859-1" and _C1.search(text)
        used, text = _windows(raw, text) if is_windows else (candidate, text)
        is_as_said = used == (codec or "utf-8") and (codec or not said)
        warning = "" if is_as_said else _warning(said, used)
        return Decoded(text=text, codec=used, warning=warning)
    return _damaged(raw, said, default)


def _candidates(raw: bytes, codec: str) -> list[str]:
    """Return the codecs to try in turn, best first."""
    if codec in _EAST_ASIAN or (codec == "iso2022_jp_2" and b"\x1b" in raw):
        return [codec, "utf-8"]
    if codec in ("", "utf-8", "ascii", "iso2022_jp_2"):
        return ["utf-8"]
    return ["utf-8", codec]


def _windows(raw: bytes, text: str) -> tuple[str, str]:
    """Return codec and text of what has the control characters of ISO 8859-1: Windows's letters."""
    try:
        return "cp1252", raw.decode("cp1252")
    except UnicodeDecodeError:
        return "iso8859-1", text


def _damaged(raw: bytes, said: str, default: str) -> Decoded:
    """Read what is not UTF-8 all through: a few torn characters, or another character set."""
    text = raw.decode("utf-8", "replace")
    torn = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - torn
    if sound > torn:
        return Decoded(text=text, codec="utf-8", warning=f"{torn} characters are no UTF-8")
    candidates = [default] if default != "utf-8" else []
    for candidate in [*candidates, "cp1252", "iso8859-1"]:
        try:
            text = raw.decode(candidate)
        except UnicodeDecodeError:
            continue
        wrong = said or candidate != default
        return Decoded(text=text, codec=candidate, warning=_warning(said, candidate) * bool(wrong))
    raise AssertionError("ISO 8859-1 reads all bytes")


def _warning(said: str, used: str) -> str:
    return f"MSH-18 says {said or 'nothing'}, the bytes are {_spoken(used)}"


def _spoken(codec: str) -> str:
    return codecs.lookup(codec).name.upper().replace("ISO8859", "ISO-8859")


def _shown(names: list[str]) -> str:
    """Return declared names for a warning: short, without anything that is no name."""
    return ascii("~".join(names)[:40])[1:-1]
