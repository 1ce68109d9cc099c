"""From a header to the rows of the index."""

from steckel.dicom import person_name, tags
from steckel.dicom.header import Header
from steckel.index import attributes
from steckel.index.model import SeriesFacts
from steckel.index.rows import COLUMN, name_of, searchable, to_text

_STUDY_JSON = attributes.PATIENT + attributes.STUDY + (tags.INSTITUTION_NAME,)


def describe_series(header: Header) -> SeriesFacts:
    """Return what a new series brings: its patient, its study, itself."""
    body_part = _column(header, tags.BODY_PART_EXAMINED)
    modality = _column(header, tags.MODALITY)
    return SeriesFacts(
        patient=_patient(header),
        study=_study(header),
        series=_series(header, modality, body_part),
        modality=modality,
        body_part=body_part,
    )


def instance_json(header: Header) -> str:
    """Return the DICOM JSON that a query at image level returns."""
    return to_text(header.json(attributes.IMAGE))


def instance_number(header: Header) -> int | None:
    """Return Instance Number, where it is a number that a column holds."""
    return _number(header, tags.INSTANCE_NUMBER)


def _patient(header: Header) -> dict[str, str]:
    dataset = header.json(attributes.PATIENT)
    name = name_of(dataset, tags.PATIENT_NAME)
    patient_id = _column(header, tags.PATIENT_ID)
    return {
        "issuer": _column(header, tags.ISSUER_OF_PATIENT_ID),
        "patient_id": patient_id,
        "name": person_name.normalise(name)[:COLUMN],
        "birth_date": _column(header, tags.PATIENT_BIRTH_DATE),
        "sex": _column(header, tags.PATIENT_SEX),
        "search": searchable(name, patient_id),
        "json": to_text(dataset),
    }


def _study(header: Header) -> dict[str, str]:
    dataset = header.json(_STUDY_JSON)
    name = name_of(dataset, tags.PATIENT_NAME)
    patient_id = _column(header, tags.PATIENT_ID)
    accession = _column(header, tags.ACCESSION_NUMBER)
    description = _column(header, tags.STUDY_DESCRIPTION)
    referring = name_of(dataset, tags.REFERRING_PHYSICIAN_NAME)
    return {
        "patient_id": patient_id,
        "patient_name": person_name.normalise(name)[:COLUMN],
        "patient_birth_date": _column(header, tags.PATIENT_BIRTH_DATE),
        "patient_sex": _column(header, tags.PATIENT_SEX),
        "date": _column(header, tags.STUDY_DATE),
        "time": _column(header, tags.STUDY_TIME),
        "accession": accession,
        "study_id": _column(header, tags.STUDY_ID),
        "description": description,
        "referring": person_name.normalise(referring)[:COLUMN],
        "institution": _column(header, tags.INSTITUTION_NAME),
        "search": searchable(name, patient_id, accession, description),
        "json": to_text(dataset),
    }


def _series(header: Header, modality: str, body_part: str) -> dict[str, str | int | bool | None]:
    return {
        "modality": modality,
        "number": _number(header, tags.SERIES_NUMBER),
        "description": _column(header, tags.SERIES_DESCRIPTION),
        "body_part": body_part,
        "station": _column(header, tags.STATION_NAME),
        "department": _column(header, tags.INSTITUTIONAL_DEPARTMENT_NAME),
        "is_deidentified": _column(header, tags.PATIENT_IDENTITY_REMOVED).strip() == "YES",
        "date": _column(header, tags.SERIES_DATE),
        "time": _column(header, tags.SERIES_TIME),
        "json": to_text(header.json(attributes.SERIES)),
    }


def _column(header: Header, tag: int) -> str:
    return header.text(tag).replace("\0", "")[:COLUMN]


def _number(header: Header, tag: int) -> int | None:
    if not header.raw(tag).strip(b" \0"):
        return None
    number = header.integer(tag)
    return number if -(2**31) <= number < 2**31 else None
