"""One item of the modality worklist, from all that is known of its step (PS3.4 table K.6-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, values_in
from steckel.index.rows import normalised, text_of, to_text
from steckel.index.summary import set_of
from steckel.ris.model import OPEN_STEPS, StepStatus

STEP_SEQUENCE: Final = 0x00400100
_STEP_ID, _STEP_STATUS = 0x00400009, 0x00400020
_STATION_AE, _STATION, _LOCATION = 0x00400001, 0x00400010, 0x00400011
_START_DATE, _START_TIME = 0x00400002, 0x00400003
_PHYSICIAN, _STEP_DESCRIPTION = 0x00400006, 0x00400007
_PROCEDURE_ID, _ADMISSION_ID = 0x00401001, 0x00380010


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """The patient of an order, as known now."""

    identity: str
    json: JsonDataset


def item_columns(
    whose: Whose, order: JsonDataset, step: Mapping[str, Any], status: StepStatus
) -> dict[str, Any]:
    """Return the columns of a row of `steps` that follow from patient, order and step.

    `step` holds the attributes of the item of Scheduled Procedure Step Sequence.
    """
    inner: JsonDataset = {**step, f"{_STEP_STATUS:08X}": {"vr": "CS", "Value": [status]}}
    whole: JsonDataset = {
        **whose.json,
        **order,
        f"{STEP_SEQUENCE:08X}": {"vr": "SQ", "Value": [dict(sorted(inner.items()))]},
    }
    return {
        "status": status,
        "is_open": status in OPEN_STEPS,
        "modality": text_of(inner, tags.MODALITY),
        "date": text_of(inner, _START_DATE),
        "time": text_of(inner, _START_TIME),
        "aets": set_of(str(value) for value in values_in(inner, _STATION_AE)),
        "station": text_of(inner, _STATION),
        "location": text_of(inner, _LOCATION),
        "physician": normalised(inner, _PHYSICIAN),
        "description": text_of(inner, _STEP_DESCRIPTION),
        "identity": whose.identity,
        "patient_id": text_of(whole, tags.PATIENT_ID),
        "patient_name": normalised(whole, tags.PATIENT_NAME),
        "patient_birth_date": text_of(whole, tags.PATIENT_BIRTH_DATE),
        "patient_sex": text_of(whole, tags.PATIENT_SEX),
        "accession": text_of(whole, tags.ACCESSION_NUMBER),
        "study_uid": text_of(whole, tags.STUDY_INSTANCE_UID),
        "procedure_id": text_of(whole, _PROCEDURE_ID),
        "admission_id": text_of(whole, _ADMISSION_ID),
        "json": to_text(dict(sorted(whole.items()))),
    }
