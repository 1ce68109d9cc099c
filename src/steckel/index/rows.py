"""From DICOM JSON to the typed columns of patients and studies."""

from typing import Any

import orjson

from steckel.dicom import person_name, tags
from steckel.dicom.json_model import JsonDataset, values_in

#: A broken device may write a page into a short field; indexes have limits.
COLUMN = 256


def to_text(dataset: JsonDataset) -> str:
    """Return a data set as JSON text that any database takes."""
    return orjson.dumps(dataset).replace(b"\\u0000", b"").decode()


def name_of(dataset: JsonDataset, tag: int) -> str:
    """Return a person name with all its groups, as DICOM spells it."""
    found = values_in(dataset, tag)
    return person_name.from_json(found[0]) if found else ""


def text_of(dataset: JsonDataset, tag: int) -> str:
    """Return the first value of an element that is no name, as a column holds it."""
    found = values_in(dataset, tag)
    return str(found[0]).replace("\0", "")[:COLUMN] if found else ""


def normalised(dataset: JsonDataset, tag: int) -> str:
    """Return a person name as a column holds it for matching."""
    return person_name.normalise(name_of(dataset, tag))[:COLUMN]


def searchable(name: str, *others: str) -> str:
    """Return folded words; the parts of a name both as written and apart."""
    words = person_name.words(name)
    return " ".join([*words, *(person_name.fold(other) for other in others if other)]).replace(
        "\0", ""
    )[: 4 * COLUMN]


def patient_columns(dataset: JsonDataset) -> dict[str, Any]:
    """Return the columns of a patient that follow from its demographics."""
    name, patient_id = name_of(dataset, tags.PATIENT_NAME), text_of(dataset, tags.PATIENT_ID)
    return {
        "name": normalised(dataset, tags.PATIENT_NAME),
        "birth_date": text_of(dataset, tags.PATIENT_BIRTH_DATE),
        "sex": text_of(dataset, tags.PATIENT_SEX),
        "search": searchable(name, patient_id),
        "json": to_text(dataset),
    }


def study_columns(dataset: JsonDataset) -> dict[str, Any]:
    """Return the columns of a study that follow from its attributes."""
    name, patient_id = name_of(dataset, tags.PATIENT_NAME), text_of(dataset, tags.PATIENT_ID)
    accession = text_of(dataset, tags.ACCESSION_NUMBER)
    description = text_of(dataset, tags.STUDY_DESCRIPTION)
    return {
        "patient_id": patient_id,
        "patient_name": normalised(dataset, tags.PATIENT_NAME),
        "patient_birth_date": text_of(dataset, tags.PATIENT_BIRTH_DATE),
        "patient_sex": text_of(dataset, tags.PATIENT_SEX),
        "date": text_of(dataset, tags.STUDY_DATE),
        "time": text_of(dataset, tags.STUDY_TIME),
        "accession": accession,
        "study_id": text_of(dataset, tags.STUDY_ID),
        "description": description,
        "referring": normalised(dataset, tags.REFERRING_PHYSICIAN_NAME),
        "institution": text_of(dataset, tags.INSTITUTION_NAME),
        "search": searchable(name, patient_id, accession, description),
        "json": to_text(dataset),
    }
