"""How each attribute is matched: the table between PS3.4 C.6 and the columns of the index."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement

from steckel.dicom import tags
from steckel.index import attributes as held
from steckel.index.schema import instances, patients, series, studies
from steckel.query.model import Level


class Matching(Enum):
    """Kinds of matching (PS3.4 C.2.2.2)."""

    TEXT = "text"  #: single value and wildcard
    NAME = "name"  #: the same, on normalised person names
    DATE = "date"  #: single value and range
    TIME = "time"  #: the same
    UID = "uid"  #: list of UIDs
    NUMBER = "number"
    SET = "set"  #: any of several, on a set kept as text
    WORDS = "words"  #: an attribute of the ready JSON, without a column


@dataclass(frozen=True, slots=True)
class Attribute:
    """Where and how an attribute is matched."""

    matching: Matching
    column: ColumnElement[Any]


_T, _N, _D, _M = Matching.TEXT, Matching.NAME, Matching.DATE, Matching.TIME
_U, _I, _S = Matching.UID, Matching.NUMBER, Matching.SET

_PATIENT: Final = {
    tags.PATIENT_NAME: Attribute(_N, patients.c.name),
    tags.PATIENT_ID: Attribute(_T, patients.c.patient_id),
    tags.ISSUER_OF_PATIENT_ID: Attribute(_T, patients.c.issuer),
    tags.PATIENT_BIRTH_DATE: Attribute(_D, patients.c.birth_date),
    tags.PATIENT_SEX: Attribute(_T, patients.c.sex),
}
_STUDY: Final = {
    tags.PATIENT_NAME: Attribute(_N, studies.c.patient_name),
    tags.PATIENT_ID: Attribute(_T, studies.c.patient_id),
    tags.PATIENT_BIRTH_DATE: Attribute(_D, studies.c.patient_birth_date),
    tags.PATIENT_SEX: Attribute(_T, studies.c.patient_sex),
    tags.STUDY_INSTANCE_UID: Attribute(_U, studies.c.uid),
    tags.STUDY_DATE: Attribute(_D, studies.c.date),
    tags.STUDY_TIME: Attribute(_M, studies.c.time),
    tags.ACCESSION_NUMBER: Attribute(_T, studies.c.accession),
    tags.STUDY_ID: Attribute(_T, studies.c.study_id),
    tags.STUDY_DESCRIPTION: Attribute(_T, studies.c.description),
    tags.REFERRING_PHYSICIAN_NAME: Attribute(_N, studies.c.referring),
    tags.INSTITUTION_NAME: Attribute(_T, studies.c.institution),
    tags.MODALITIES_IN_STUDY: Attribute(_S, studies.c.modalities),
    tags.SOP_CLASSES_IN_STUDY: Attribute(_S, studies.c.sop_classes),
    tags.MODALITY: Attribute(_S, studies.c.modalities),
    tags.SOP_CLASS_UID: Attribute(_S, studies.c.sop_classes),
    tags.BODY_PART_EXAMINED: Attribute(_S, studies.c.body_parts),
    tags.NUMBER_OF_STUDY_RELATED_SERIES: Attribute(_I, studies.c.series),
    tags.NUMBER_OF_STUDY_RELATED_INSTANCES: Attribute(_I, studies.c.instances),
}
_SERIES: Final = {
    tags.SERIES_INSTANCE_UID: Attribute(_U, series.c.uid),
    tags.MODALITY: Attribute(_T, series.c.modality),
    tags.SERIES_NUMBER: Attribute(_I, series.c.number),
    tags.SERIES_DESCRIPTION: Attribute(_T, series.c.description),
    tags.BODY_PART_EXAMINED: Attribute(_T, series.c.body_part),
    tags.STATION_NAME: Attribute(_T, series.c.station),
    tags.SERIES_DATE: Attribute(_D, series.c.date),
    tags.SERIES_TIME: Attribute(_M, series.c.time),
    tags.NUMBER_OF_SERIES_RELATED_INSTANCES: Attribute(_I, series.c.instances),
}
_IMAGE: Final = {
    tags.SOP_INSTANCE_UID: Attribute(_U, instances.c.uid),
    tags.SOP_CLASS_UID: Attribute(_U, instances.c.sop_class),
    tags.INSTANCE_NUMBER: Attribute(_I, instances.c.number),
}

COLUMNS: Final[Mapping[Level, Mapping[int, Attribute]]] = {
    Level.PATIENT: _PATIENT,
    Level.STUDY: _STUDY,
    Level.SERIES: _SERIES,
    Level.IMAGE: _IMAGE,
}

#: The ready JSON of each level, and what is in it.
_JSON: Final = (
    (Level.STUDY, studies.c.json, frozenset((*held.PATIENT, *held.STUDY, tags.INSTITUTION_NAME))),
    (Level.SERIES, series.c.json, frozenset(held.SERIES)),
    (Level.IMAGE, instances.c.json, frozenset(held.IMAGE)),
)
_PATIENT_HELD = frozenset(held.PATIENT)

#: Dates and the times that go with them.
TIME_OF: Final[Mapping[int, int]] = {
    0x00080012: 0x00080013,  # Instance Creation
    tags.STUDY_DATE: tags.STUDY_TIME,
    tags.SERIES_DATE: tags.SERIES_TIME,
    tags.ACQUISITION_DATE: 0x00080032,
    tags.CONTENT_DATE: tags.CONTENT_TIME,
    tags.PATIENT_BIRTH_DATE: tags.PATIENT_BIRTH_TIME,
    tags.PERFORMED_PROCEDURE_STEP_START_DATE: tags.PERFORMED_PROCEDURE_STEP_START_TIME,
    0x00700082: 0x00700083,  # Presentation Creation
}

#: Columns of a study that say what is in it: only a query for studies or patients uses them.
_STAND_INS: Final = frozenset({tags.MODALITY, tags.SOP_CLASS_UID, tags.BODY_PART_EXAMINED})

ORDER: Final = {Level.PATIENT: 0, Level.STUDY: 1, Level.SERIES: 2, Level.IMAGE: 3}


def locate(level: Level, tag: int) -> tuple[Level, Attribute] | None:
    """Return the level whose table answers a key of a query at `level`, and how.

    The query's own level first, then those above, then those below: a study
    query by Station Name asks for studies with such a series.
    """
    if level is Level.PATIENT and tag in _PATIENT_HELD:
        found = _PATIENT.get(tag)
        return Level.PATIENT, found or Attribute(Matching.WORDS, patients.c.json)
    candidates = [Level.IMAGE, Level.SERIES, Level.STUDY]
    near = [item for item in candidates if ORDER[item] <= ORDER[level]]
    far = [item for item in reversed(candidates) if ORDER[item] > ORDER[level]]
    for candidate in (*near, *far):
        attribute = COLUMNS[candidate].get(tag)
        if candidate is Level.STUDY and level is Level.SERIES and tag in _STAND_INS:
            continue
        if attribute is not None:
            return candidate, attribute
        for json_level, column, content in _JSON:
            if json_level is candidate and tag in content:
                return candidate, Attribute(Matching.WORDS, column)
    return None


def locate_items(level: Level, sequence: int) -> tuple[Level, Attribute] | None:
    """Return the level whose ready JSON has this sequence with its items."""
    found = locate(level, sequence)
    return found if found and found[1].matching is Matching.WORDS else None


UNIQUE: Final = {
    Level.PATIENT: frozenset({tags.PATIENT_ID}),
    Level.STUDY: frozenset({tags.STUDY_INSTANCE_UID}),
    Level.SERIES: frozenset({tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID}),
    Level.IMAGE: frozenset(
        {tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID, tags.SOP_INSTANCE_UID}
    ),
}

#: Returned by default whether there is a value or not: what PS3.18 10.6.3.3 asks for
#: without a condition. Clients read them unasked.
_STUDY_REQUIRED = frozenset(
    {
        tags.STUDY_DATE,
        tags.STUDY_TIME,
        tags.ACCESSION_NUMBER,
        tags.MODALITIES_IN_STUDY,
        tags.REFERRING_PHYSICIAN_NAME,
        tags.PATIENT_NAME,
        tags.PATIENT_ID,
        tags.PATIENT_BIRTH_DATE,
        tags.PATIENT_SEX,
        tags.STUDY_ID,
    }
)
REQUIRED: Final = {
    Level.PATIENT: frozenset({tags.PATIENT_NAME, tags.PATIENT_ID}),
    Level.STUDY: _STUDY_REQUIRED,
    Level.SERIES: _STUDY_REQUIRED | {tags.MODALITY, tags.SERIES_NUMBER},
    Level.IMAGE: _STUDY_REQUIRED | {tags.MODALITY, tags.SERIES_NUMBER, tags.INSTANCE_NUMBER},
}

_PATIENT_DEFAULT = frozenset(
    {
        tags.PATIENT_NAME,
        tags.PATIENT_ID,
        tags.ISSUER_OF_PATIENT_ID,
        tags.PATIENT_BIRTH_DATE,
        tags.PATIENT_SEX,
        tags.NUMBER_OF_PATIENT_RELATED_STUDIES,
    }
)
_STUDY_DEFAULT = frozenset(
    {
        tags.PATIENT_NAME,
        tags.PATIENT_ID,
        tags.ISSUER_OF_PATIENT_ID,
        tags.PATIENT_BIRTH_DATE,
        tags.PATIENT_SEX,
        tags.STUDY_DATE,
        tags.STUDY_TIME,
        tags.ACCESSION_NUMBER,
        tags.INSTANCE_AVAILABILITY,
        tags.MODALITIES_IN_STUDY,
        tags.REFERRING_PHYSICIAN_NAME,
        tags.TIMEZONE_OFFSET_FROM_UTC,
        tags.STUDY_DESCRIPTION,
        tags.STUDY_INSTANCE_UID,
        tags.STUDY_ID,
        tags.NUMBER_OF_STUDY_RELATED_SERIES,
        tags.NUMBER_OF_STUDY_RELATED_INSTANCES,
    }
)
_SERIES_DEFAULT = _STUDY_DEFAULT | {
    tags.MODALITY,
    tags.SERIES_DESCRIPTION,
    tags.SERIES_INSTANCE_UID,
    tags.SERIES_NUMBER,
    tags.SERIES_DATE,
    tags.SERIES_TIME,
    tags.NUMBER_OF_SERIES_RELATED_INSTANCES,
    tags.PERFORMED_PROCEDURE_STEP_START_DATE,
    tags.PERFORMED_PROCEDURE_STEP_START_TIME,
    tags.REQUEST_ATTRIBUTES_SEQUENCE,
}
#: PS3.18 tables 10.6.3-3 to 10.6.3-5, and what is above each level.
DEFAULT: Final = {
    Level.PATIENT: _PATIENT_DEFAULT,
    Level.STUDY: _STUDY_DEFAULT,
    Level.SERIES: _SERIES_DEFAULT,
    Level.IMAGE: _SERIES_DEFAULT
    | {
        tags.SOP_CLASS_UID,
        tags.SOP_INSTANCE_UID,
        tags.INSTANCE_NUMBER,
        tags.ROWS,
        tags.COLUMNS,
        tags.BITS_ALLOCATED,
        tags.NUMBER_OF_FRAMES,
    },
}
