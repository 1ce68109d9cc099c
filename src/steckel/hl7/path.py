"""Paths to values: ``PID-3[2].4.1``, ``OBX[3]-5``.

Counted from 1 as the standard counts: segment, field, repetition in brackets, component,
subcomponent. What is left out is the first.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_PATH: Final = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(?:\[(?P<occurrence>[0-9]{1,6})\])?"
    r"(?:-(?P<field>[0-9]{1,4})(?:\[(?P<repetition>[0-9]{1,6})\])?"
    r"(?:\.(?P<component>[0-9]{1,4})(?:\.(?P<subcomponent>[0-9]{1,4}))?)?)?\Z",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """Where a value is; 0 stands for what the path does not say."""

    segment: str
    occurrence: int = 0
    field: int = 0
    repetition: int = 0
    component: int = 0
    subcomponent: int = 0


@lru_cache(maxsize=1024)
def parse_path(text: str) -> Path | None:
    """Return a path, or ``None`` when the text is none."""
    match = _PATH.match(text)
    if match is None:
        return None
    numbers = {
        name: int(value or 0) for name, value in match.groupdict().items() if name != "segment"
    }
    return Path(segment=match["segment"], **numbers)
