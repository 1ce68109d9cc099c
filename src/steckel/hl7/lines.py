r"""Segments of a message: where one line ends and the next begins.

The rule: a segment begins where a line begins with a segment name and the field separator.
Whatever else stands at the beginning of a line belongs to the field before it: a line break
inside base64 or a text, which the standard forbids and senders send. CR, LF and CRLF all end
a line; lines without anything are skipped.
"""

import re
from typing import Final

#: Segments that may come without any field.
_BARE: Final = "|".join(
    "MSH MSA ERR EVN PID PD1 PV1 PV2 NK1 MRG ORC OBR OBX NTE TQ1 IPC ZDS SCH AIS AIG AIL AIP RGS"
    " TXA AL1 DG1 IN1 GT1 PRT SFT ZBE ZFA ZFD ZFP ZFV ZFM ZFS".split()
)


def _start(separator: str) -> re.Pattern[str]:
    # Each branch is bounded, so that no run of blanks or line ends costs more than its length.
    return re.compile(
        rf"[\r\n][ \t]{{0,8}}(?=[A-Z][A-Z0-9]{{2}}{re.escape(separator)}|(?:{_BARE})(?:[\r\n]|\Z))"
    )


_USUAL: Final = _start("|")
_BREAK: Final = re.compile(r"\r\n?|\n")


def split_segments(text: str, separator: str) -> tuple[list[str], list[tuple[int, int]]]:
    r"""Return the segments of a text, and which have how many line breaks inside.

    A line break inside is ``\n`` in what is returned. The pairs are (index, line breaks).
    """
    pattern = _USUAL if separator == "|" else _start(separator)
    parts = pattern.split(text)
    joined: list[tuple[int, int]] = []
    for index, part in enumerate(parts):
        if "\r" in part or "\n" in part:
            line = part.rstrip("\r\n")
            line, breaks = _BREAK.subn("\n", line)
            parts[index] = line
            if breaks:
                joined.append((index, breaks))
    return parts, joined
