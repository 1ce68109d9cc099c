"""Identifiers of C-FIND, C-MOVE and C-GET as questions (PS3.4 C.2.2, C.4.1).

Matching values are taken as the peer spelled them; what they mean is the
query engine's to say. What is checked here is the shape: the level belongs to
the information model, and the unique keys above it are there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from steckel.dicom import charset, elements, tags, values
from steckel.dicom.elements import Element
from steckel.dicom.encode import decode_dataset
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicom.transfer_syntax import assume
from steckel.dicom.uids import SeriesUid, SopInstanceUid, StudyUid
from steckel.errors import InvalidQuery, NotDicom
from steckel.query.model import Key, Level, Query
from steckel.retrieve.model import Selection

#: PS3.4 C.6: the unique key of each level.
UNIQUE_KEYS: dict[Level, int] = {
    Level.PATIENT: tags.PATIENT_ID,
    Level.STUDY: tags.STUDY_INSTANCE_UID,
    Level.SERIES: tags.SERIES_INSTANCE_UID,
    Level.IMAGE: tags.SOP_INSTANCE_UID,
}

#: Elements of an identifier that say something about it and match nothing.
_ABOUT = frozenset(
    {
        tags.QUERY_RETRIEVE_LEVEL,
        tags.RETRIEVE_AE_TITLE,
    }
)
#: And these, which are answered where they are asked for: in UTF-8, and as the study says.
_ECHOED = frozenset({tags.SPECIFIC_CHARACTER_SET, tags.TIMEZONE_OFFSET_FROM_UTC})


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """What a peer asks.

    `requested` holds all elements it wants back, `keys` those with a value to
    match, `in_items` those of them that are in the items of sequences.
    """

    level: Level | None  #: none in an information model without levels
    keys: dict[int, str]
    requested: JsonDataset
    in_items: tuple[Key, ...] = ()

    @property
    def matching(self) -> tuple[Key, ...]:
        """All keys with a value to match."""
        return (
            *(Key(tag=tag, value=value) for tag, value in self.keys.items()),
            *self.in_items,
        )


def read_identifier(raw: bytes, transfer_syntax: str, levels: tuple[Level, ...]) -> Identifier:
    """Read an identifier of an information model with these levels, or without any.

    Raises
    ------
    InvalidQuery
        It is none of this information model.
    """
    try:
        dataset = decode_dataset(raw, transfer_syntax)
        texts = _texts(raw, transfer_syntax)
    except NotDicom as error:
        raise InvalidQuery("the identifier cannot be read") from error
    requested = {key: one for key, one in dataset.items() if int(key, 16) not in _ABOUT}
    keys = {}
    for key, element in requested.items():
        if int(key, 16) in _ECHOED:
            continue
        value = _matching_value(element["vr"], element.get("Value"), texts.get(int(key, 16), ""))
        if value:
            keys[int(key, 16)] = value
    return Identifier(
        level=_level(texts.get(tags.QUERY_RETRIEVE_LEVEL, ""), levels) if levels else None,
        keys=keys,
        requested=requested,
        in_items=tuple(_in_items(requested, ())),
    )


def _level(value: str, levels: tuple[Level, ...]) -> Level:
    name = value.upper()
    if name in levels:
        return Level(name)
    if not name:
        raise InvalidQuery("Query/Retrieve Level (0008,0052) is missing")
    raise InvalidQuery(f"level {name[:16]} is not in this information model")


def _level_of(identifier: Identifier) -> Level:
    if identifier.level is None:
        raise InvalidQuery("Query/Retrieve Level (0008,0052) is missing")
    return identifier.level


def _texts(raw: bytes, transfer_syntax: str) -> dict[int, str]:
    """Return the text of each value of the top level as it stands there."""
    view, encoding = memoryview(raw), assume(transfer_syntax).encoding
    codecs: tuple[str, ...] = ("iso8859",)
    texts = {}
    for element in elements.elements_between(view, 0, len(view), encoding):
        if element.tag == tags.SPECIFIC_CHARACTER_SET:
            codecs = charset.codecs_of(_text(view, element, codecs))
        elif element.length != elements.UNDEFINED_LENGTH:
            texts[element.tag] = _text(view, element, codecs)
    return texts


def _text(view: memoryview, element: Element, codecs: tuple[str, ...]) -> str:
    return values.text_of(bytes(view[element.offset : element.end]), element.vr, codecs)


def _matching_value(vr: str, found: list[object] | None, text: str) -> str:
    if vr == "SQ" or vr in values.BINARY:
        return ""
    if vr in values.NUMBERS or vr == "AT":
        return "\\".join(str(one) for one in found or ())
    return text


def _in_items(dataset: JsonDataset, path: tuple[int, ...]) -> Iterator[Key]:
    """Yield what is to be matched inside sequences, which have one item here (PS3.4 C.2.2.2.6)."""
    for key, element in dataset.items():
        tag, found = int(key, 16), element.get("Value") or []
        if element["vr"] == "SQ":
            for item in found[:1]:
                yield from _in_items(item, (*path, tag))
        elif path and found:
            yield Key(tag=tag, value="\\".join(map(_spelled, found)), within=path)


def _spelled(value: object) -> str:
    return str(value.get("Alphabetic", "")) if isinstance(value, dict) else str(value)


def to_query(
    identifier: Identifier,
    levels: tuple[Level, ...],
    *,
    relational: bool,
    fuzzy: bool,
    combined: bool = False,
) -> Query:
    """Return the question to the index.

    Raises
    ------
    InvalidQuery
        A unique key above the level is missing and the query may not be relational.
    """
    own = _level_of(identifier)
    if not relational:
        for level in levels[: levels.index(own)]:
            value = identifier.keys.get(UNIQUE_KEYS[level], "")
            if not value or any(sign in value for sign in "\\*?"):
                tag = tags.show(UNIQUE_KEYS[level])
                raise InvalidQuery(f"{tag} must have a single value: not relational")
    return Query(
        level=own,
        keys=identifier.matching,
        fields=frozenset(int(key, 16) for key in identifier.requested),
        fuzzy=fuzzy,
        combined=combined,
    )


def to_selection(identifier: Identifier, levels: tuple[Level, ...]) -> Selection:
    """Return what is to be retrieved (PS3.4 C.4.2.1.4).

    Raises
    ------
    InvalidQuery
        The unique key of the level is missing.
    """
    level = _level_of(identifier)
    own = UNIQUE_KEYS[level]
    if not identifier.keys.get(own):
        raise InvalidQuery(f"{tags.show(own)} is missing: it says what to retrieve")
    used = levels[: levels.index(level) + 1]

    def uids(level: Level) -> list[str]:
        value = identifier.keys.get(UNIQUE_KEYS[level], "") if level in used else ""
        return [one.strip() for one in value.split("\\") if one.strip()]

    return Selection(
        patient_ids=tuple(uids(Level.PATIENT)),
        study_uids=tuple(map(StudyUid, uids(Level.STUDY))),
        series_uids=tuple(map(SeriesUid, uids(Level.SERIES))),
        sop_instance_uids=tuple(map(SopInstanceUid, uids(Level.IMAGE))),
    )


def to_answer(identifier: Identifier, found: JsonDataset, aet: str) -> JsonDataset:
    """Return a match with exactly what was asked for, and where to retrieve it."""
    answer: JsonDataset = {
        key: found.get(key) or {"vr": element["vr"]}
        for key, element in identifier.requested.items()
    }
    level = _level_of(identifier)
    level_key, aet_key = json_key(tags.QUERY_RETRIEVE_LEVEL), json_key(tags.RETRIEVE_AE_TITLE)
    answer[level_key] = {"vr": "CS", "Value": [level.value]}
    answer[aet_key] = {"vr": "AE", "Value": [aet]}
    return answer
