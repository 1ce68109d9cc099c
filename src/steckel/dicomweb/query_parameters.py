"""QIDO-RS parameters to a `Query` (PS3.18 8.3.4, 10.6.1).

Pure: text in, values out. A parameter that names no attribute is refused, for
a filter that is silently ignored shows studies that nobody asked for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from steckel.dicom import dictionary, tags
from steckel.dicom.uids import is_tolerable_uid
from steckel.dicomweb.numbers import natural
from steckel.errors import InvalidQuery
from steckel.query.model import Fields, Key, Level, Query

#: Results of one answer; the Warning header says that there are more.
MAX_RESULTS = 10_000

_TAG = re.compile(r"[0-9A-Fa-f]{8}\Z")
_UID_SEPARATOR = re.compile(r"[\\,]")
#: Parameters of every request; they are read elsewhere.
_ELSEWHERE = frozenset({"accept", "charset"})


@dataclass(frozen=True, kw_only=True)
class Search:
    """A query that asks for one result more than is answered, to know of the rest."""

    query: Query
    limit: int
    warnings: tuple[str, ...] = ()


@dataclass
class _Reading:
    """What was read so far."""

    values: dict[tuple[int, ...], str] = field(default_factory=dict)  #: by path
    include: set[int] = field(default_factory=set)
    everything: bool = False
    fuzzy: bool = False
    warnings: list[str] = field(default_factory=list)
    limit: int = MAX_RESULTS
    offset: int = 0


def parse_search(
    level: Level, in_path: Mapping[int, str], parameters: Iterable[tuple[str, str]]
) -> Search:
    """Read the parameters of a search.

    `in_path` are the UIDs that the address gives.

    Raises
    ------
    InvalidQuery
        A parameter or its value cannot be understood.
    """
    reading = _Reading()
    for name, value in parameters:
        _read(reading, name, value)
    for tag, uid in in_path.items():
        asked = reading.values.get((tag,))
        if asked is not None and uid not in asked.split("\\"):
            raise InvalidQuery(f"{tags.show(tag)} contradicts the address")
        reading.values[(tag,)] = uid
    query = Query(
        level=level,
        keys=tuple(
            Key(tag=path[-1], value=value, within=path[:-1])
            for path, value in reading.values.items()
        ),
        fields=Fields.ALL if reading.everything else Fields.DEFAULT,
        include=frozenset(reading.include),
        fuzzy=reading.fuzzy,
        combined=True,  # nothing is negotiated here: ranges of a date and a time are one
        limit=reading.limit + 1,
        offset=reading.offset,
    )
    return Search(query=query, limit=reading.limit, warnings=tuple(reading.warnings))


def _read(reading: _Reading, name: str, value: str) -> None:
    match name:
        case "limit":
            reading.limit = min(_number(name, value), MAX_RESULTS)
        case "offset":
            reading.offset = _number(name, value)
        case "fuzzymatching":
            reading.fuzzy = _truth(name, value)
        case "multiplevaluematching":
            _truth(name, value)  # lists are matched either way
        case "emptyvaluematching":
            if _truth(name, value):
                reading.warnings.append(f"The {name} parameter is not supported")
        case "includefield":
            _include(reading, value)
        case _ if name not in _ELSEWHERE:
            _match(reading, name, value)


def _include(reading: _Reading, value: str) -> None:
    for attribute in value.split(","):
        if attribute.strip().lower() == "all":
            reading.everything = True
        elif attribute.strip():
            reading.include.add(_path(attribute.strip())[0])


def _match(reading: _Reading, name: str, value: str) -> None:
    path = _path(name)
    tag = path[-1]
    reading.include.add(path[0])
    if not value:
        return  # universal matching (PS3.4 C.2.2.2.3)
    value = _normalise(tag, value)
    earlier = reading.values.get(path)
    if earlier is None:
        reading.values[path] = value
    elif dictionary.vr_of(tag) == "UI":
        reading.values[path] = f"{earlier}\\{value}"
    else:
        raise InvalidQuery(f"{name} is given twice")


def _path(name: str) -> tuple[int, ...]:
    """Read ``PatientName``, ``00100010`` or ``00400275.00400009``."""
    return tuple(_attribute(step, name) for step in name.split("."))


def _attribute(step: str, name: str) -> int:
    if _TAG.match(step):
        return int(step, 16)
    tag = dictionary.tag_of(step)
    if tag is None:
        raise InvalidQuery(f"{name[:80]!r} is no attribute")
    return tag


def _normalise(tag: int, value: str) -> str:
    """Spell lists with a backslash, as the query engine does."""
    vr = dictionary.vr_of(tag)
    if vr == "UI":
        uids = [uid.strip() for uid in _UID_SEPARATOR.split(value) if uid.strip()]
        if any(uid != "*" and not is_tolerable_uid(uid) for uid in uids):
            raise InvalidQuery(f"a value of {tags.show(tag)} is no UID")
        return "\\".join(uids)
    # A comma is no character of a code string (PS3.5 6.2); clients list with it.
    return value.replace(",", "\\") if vr == "CS" else value


def _number(name: str, value: str) -> int:
    number = natural(value)
    if number is None:
        raise InvalidQuery(f"{name} is no number")
    return number


def _truth(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise InvalidQuery(f"{name} is true or false")
    return value == "true"
