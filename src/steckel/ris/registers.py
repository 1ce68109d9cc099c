"""Last-writer-wins registers: what statements add up to, in whatever order they came.

Each field keeps the value that was said last, by the time of saying it and not of
hearing it. Two that were said at the same time are put in order by the digest of what said
them. So the fold is commutative, and to hear a thing twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class Moment:
    """When something was said."""

    at: int  #: milliseconds since 1970, UTC
    tie: str = ""  #: hex digest of what said it


class Registers:
    """Fields, each with its value and the moment it was said."""

    def __init__(self, text: str = "{}") -> None:
        self._fields: dict[str, tuple[Any, int, str]] = {
            name: (value, at, tie) for name, (value, at, tie) in orjson.loads(text).items()
        }

    def say(self, values: Mapping[str, Any], moment: Moment) -> bool:
        """Take values that are newer than ours; whether any was."""
        changed = False
        for name, value in values.items():
            held = self._fields.get(name)
            if held is not None and (held[1], held[2]) >= (moment.at, moment.tie):
                continue
            changed = changed or held is None or held[0] != value
            self._fields[name] = (value, moment.at, moment.tie)
        return changed

    def absorb(self, other: "Registers") -> None:
        """Take what is newer from others, each value with its own moment."""
        for name, (value, at, tie) in other._fields.items():
            self.say({name: value}, Moment(at=at, tie=tie))

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a field."""
        held = self._fields.get(name)
        return default if held is None else held[0]

    def moment(self, name: str) -> Moment | None:
        """Return when a field was said last."""
        held = self._fields.get(name)
        return None if held is None else Moment(at=held[1], tie=held[2])

    def newest(self) -> int:
        """Return when the newest of them was said; zero without any."""
        return max((at for _, at, _ in self._fields.values()), default=0)

    def values(self) -> dict[str, Any]:
        """Return all fields."""
        return {name: value for name, (value, _, _) in self._fields.items()}

    def text(self) -> str:
        """Return them as they are kept."""
        return orjson.dumps(dict(sorted(self._fields.items()))).decode()
