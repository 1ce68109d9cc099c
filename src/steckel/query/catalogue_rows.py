"""From rows of the index to rows of the workstation's lists."""

from typing import Any

import orjson

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, values_in
from steckel.index.summary import values_of
from steckel.query.catalogue_model import (
    PatientRow,
    PersonName,
    SeriesKind,
    SeriesRow,
    StudyRow,
)

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_KEY_OBJECTS = f"{_STORAGE}88.59"
_REPORTS = f"{_STORAGE}88."
_DOCUMENTS = f"{_STORAGE}104."
#: Dose and procedure records are structured, but nobody's report.
_RECORDS = frozenset(f"{_STORAGE}88.{n}" for n in ("40", "59", "67", "68", "69", "74", "75", "76"))
#: Presentation states, waveforms, raw data, registration, segmentation, surfaces, RT objects.
_OTHERS = tuple(
    _STORAGE + part
    for part in ("11.", "9.", "66", "67", "68", "77.1.5.7", "78.", "79.", "80.", "81.", "481.")
)
_RT_IMAGE = f"{_STORAGE}481.1"


def patient_row(row: Any) -> PatientRow:
    """Return a patient."""
    dataset: JsonDataset = orjson.loads(row.json)
    return PatientRow(
        key=str(row.pk),
        id=row.patient_id,
        issuer=row.issuer,
        name=_name(dataset, tags.PATIENT_NAME),
        birth_date=row.birth_date or None,
        sex=row.sex or None,
        studies=row.studies,
    )


def study_row(row: Any, open_conflicts: int) -> StudyRow:
    """Return a study, with the patient as its images name them."""
    dataset: JsonDataset = orjson.loads(row.json)
    return StudyRow(
        uid=row.uid,
        patient=PatientRow(
            key=str(row.patient_pk),
            id=row.patient_id,
            issuer=row.issuer,
            name=_name(dataset, tags.PATIENT_NAME),
            birth_date=row.patient_birth_date or None,
            sex=row.patient_sex or None,
        ),
        date=row.date or None,
        time=row.time or None,
        timezone=_first(dataset, tags.TIMEZONE_OFFSET_FROM_UTC) or None,
        description=row.description,
        accession=row.accession,
        study_id=row.study_id,
        modalities=tuple(values_of(row.modalities)),
        series=row.series,
        instances=row.instances,
        institution=row.institution,
        referring=_name(dataset, tags.REFERRING_PHYSICIAN_NAME),
        body_parts=tuple(values_of(row.body_parts)),
        received=row.received,
        age=_first(dataset, tags.PATIENT_AGE) or None,
        has_report=any(_is_report(uid) for uid in values_of(row.sop_classes)),
        conflicts=open_conflicts,
    )


def series_row(row: Any) -> SeriesRow:
    """Return a series."""
    dataset: JsonDataset = orjson.loads(row.json)
    return SeriesRow(
        uid=row.uid,
        number=row.number,
        modality=row.modality,
        description=row.description,
        body_part=row.body_part,
        instances=row.instances,
        date=row.date or None,
        time=row.time or None,
        laterality=_first(dataset, tags.LATERALITY),
        station=row.station,
        kind=kind_of(row.sop_class or ""),
    )


def kind_of(sop_class: str) -> SeriesKind:
    """Return what a person does with objects of a SOP class."""
    if sop_class.startswith(_DOCUMENTS):
        return SeriesKind.DOCUMENT
    if sop_class.startswith(_REPORTS):
        return SeriesKind.OTHER if sop_class == _KEY_OBJECTS else SeriesKind.REPORT
    if sop_class != _RT_IMAGE and sop_class.startswith(_OTHERS):
        return SeriesKind.OTHER
    return SeriesKind.IMAGE


def _is_report(sop_class: str) -> bool:
    return sop_class.startswith(_DOCUMENTS) or (
        sop_class.startswith(_REPORTS) and sop_class not in _RECORDS
    )


def _name(dataset: JsonDataset, tag: int) -> PersonName:
    found = values_in(dataset, tag)
    groups = found[0] if found and isinstance(found[0], dict) else {}
    return PersonName(
        alphabetic=groups.get("Alphabetic", ""),
        ideographic=groups.get("Ideographic", ""),
        phonetic=groups.get("Phonetic", ""),
    )


def _first(dataset: JsonDataset, tag: int) -> str:
    found = values_in(dataset, tag)
    return str(found[0]) if found and found[0] is not None else ""
