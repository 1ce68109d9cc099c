"""What can be asked, free of any protocol.

Doors translate a C-FIND identifier, QIDO-RS parameters or a list filter into
a `Query`; `engine.QueryEngine` answers with DICOM JSON data sets.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Level(StrEnum):
    """Query/Retrieve Level (PS3.4 C.3), spelled as (0008,0052) spells it."""

    PATIENT = "PATIENT"
    STUDY = "STUDY"
    SERIES = "SERIES"
    IMAGE = "IMAGE"


class Fields(Enum):
    """A named set of attributes to return."""

    DEFAULT = "default"  #: what PS3.18 10.6.3.3 requires at the level
    ALL = "all"  #: everything the index holds at the level


@dataclass(frozen=True, kw_only=True)
class Key:
    """A matching key: the raw value as the peer spelled it.

    The engine decides by the attribute's VR whether it is a single value, a
    list of UIDs (backslash), a range (``A-B``), or a wildcard (PS3.4
    C.2.2.2). An empty value matches all.
    """

    tag: int
    value: str
    within: tuple[int, ...] = ()  #: the sequences whose items hold it, from the outside


@dataclass(frozen=True, kw_only=True)
class Order:
    """One sort criterion."""

    tag: int
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question to the index.

    `fields` names tags to return beyond nothing at all, or a named set; the
    unique keys down to `level` and Retrieve AE Title are always returned.
    Keys of any level above are allowed (relational query); keys below the
    level are an `InvalidQuery` unless they are counts or ModalitiesInStudy
    and its like.
    """

    level: Level
    keys: tuple[Key, ...] = ()
    fields: frozenset[int] | Fields = Fields.DEFAULT
    include: frozenset[int] = frozenset()  #: tags to add to a named set
    fuzzy: bool = False  #: person names match by word beginnings, accents ignored
    combined: bool = False  #: ranges of a date and of its time are one of moments
    limit: int | None = None
    offset: int = 0
    order: tuple[Order, ...] = ()
