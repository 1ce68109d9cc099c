r"""Segments of a message: where one line ends and the next begins.

The rule: a segment begins where a line begins with a segment name and the field separator.
Whatever else stands at the beginning of a line belongs to the field before it: a line break
inside base64 or a text, which the standard forbids and senders send. CR, LF and CRLF all end
a line; lines without anything are skipped.
"""

import re
from typing import Final

from steckel.hl7.labels_en import SEGMENTS

#: Segments that are known without any field behind their name.
_BARE: Final = "|".join([*SEGMENTS, "Z[A-Z0-9]{2}"])


def _segment(separator: str) -> re.Pattern[str]:
    return re.compile(rf"[A-Z][A-Z0-9]{{2}}{re.escape(separator)}")


def _start(separator: str) -> re.Pattern[str]:
    # Each branch is bounded, so that no run of blanks or line ends costs more than its length.
    return re.compile(
        rf"[\r\n][ \t]{{0,8}}(?=[A-Z][A-Z0-9]{{2}}{re.escape(separator)}|(?:{_BARE})(?:[\r\n]|\Z))"
    )


_USUAL_SEGMENT: Final = _segment("|")
_USUAL: Final = _start("|")
_BREAK: Final = re.compile(r"\r\n?|\n")


def split_segments(text: str, separator: str) -> tuple[list[str], list[tuple[int, int]]]:
    r"""Return the segments of a text, and which have how many line breaks inside.

    A line break inside is ``\n`` in what is returned. The pairs are (index, line breaks).
    """
    usual = separator == "|"
    if "\n" in text:
        text = text.replace("\r\n", "\r")
    parts = text.rstrip("\r").split("\r")
    is_segment = (_USUAL_SEGMENT if usual else _segment(separator)).match
    if "\n" not in text and all(map(is_segment, parts)):
        return parts, []
    parts = (_USUAL if usual else _start(separator)).split(text)
    joined: list[tuple[int, int]] = []
    for index, part in enumerate(parts):
        if "\r" in part or "\n" in part:
            parts[index], breaks = _BREAK.subn("\n", _without_blank_lines(part))
            if breaks:
                joined.append((index, breaks))
    return parts, joined


def _without_blank_lines(part: str) -> str:
    """Return a segment without the blank lines after it; blanks that end its own line stay."""
    stripped = part.rstrip(" \t\r\n")
    return stripped + _BREAK.split(part[len(stripped) :], maxsplit=1)[0]
