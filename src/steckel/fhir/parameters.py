"""What each resource is searched by: the table behind search and CapabilityStatement."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from steckel.ris.record_model import RecordKind


class ParameterType(StrEnum):
    """Types of search parameters (R4 3.1.1.4)."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    DATE = "date"
    STRING = "string"
    REFERENCE = "reference"
    URI = "uri"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A search parameter."""

    type: ParameterType
    documentation: str
    target: str = ""  #: resource that a reference names
    ours: str = ""  #: name in `ris.record_kinds`, where it is another one


@dataclass(frozen=True, kw_only=True, slots=True)
class Searchable:
    """How a resource is searched."""

    parameters: Mapping[str, Parameter]
    sorts: frozenset[str] = frozenset()
    includes: Mapping[str, str] | None = None  #: parameter and the resource it brings
    revincludes: tuple[str, ...] = ()
    create: bool = False


_TOKEN, _DATE = ParameterType.TOKEN, ParameterType.DATE
_STRING, _REFERENCE = ParameterType.STRING, ParameterType.REFERENCE

_ID: Final = Parameter(type=_TOKEN, documentation="Logical id")
_UPDATED: Final = Parameter(type=_DATE, documentation="When the record changed")
_PATIENT: Final = Parameter(
    type=_REFERENCE, documentation="Whose it is, merged patients included", target="Patient"
)
_SUBJECT: Final = Parameter(
    type=_REFERENCE, documentation="The same as patient", target="Patient", ours="patient"
)
_PATIENT_NUMBER: Final = Parameter(
    type=_TOKEN, documentation="Identifier of the patient, in the place of a chain"
)

SEARCHABLE: Final[Mapping[RecordKind, Searchable]] = {
    RecordKind.PATIENT: Searchable(
        parameters={
            "_id": _ID,
            "_lastUpdated": _UPDATED,
            "identifier": Parameter(type=_TOKEN, documentation="Any identifier of the patient"),
            "name": Parameter(type=_STRING, documentation="Beginning of any part of the name"),
            "family": Parameter(type=_STRING, documentation="Beginning of the family name"),
            "given": Parameter(type=_STRING, documentation="Beginning of a given name"),
            "birthdate": Parameter(type=_DATE, documentation="Date of birth"),
            "gender": Parameter(type=_TOKEN, documentation="male, female, other, unknown"),
        },
        sorts=frozenset({"birthdate", "name", "_lastUpdated"}),
    ),
    RecordKind.STUDY: Searchable(
        parameters={
            "_id": _ID,
            "_lastUpdated": Parameter(type=_DATE, documentation="When the study arrived"),
            "identifier": Parameter(
                type=_TOKEN, documentation="urn:dicom:uid|urn:oid:UID, or the accession number"
            ),
            "patient": _PATIENT,
            "subject": _SUBJECT,
            "patient.identifier": _PATIENT_NUMBER,
            "started": Parameter(type=_DATE, documentation="Study date and time"),
            "modality": Parameter(type=_TOKEN, documentation="A modality of its series"),
            "bodysite": Parameter(type=_TOKEN, documentation="Body part examined"),
            "status": Parameter(type=_TOKEN, documentation="available: all that are here"),
            "basedon": Parameter(
                type=_REFERENCE, documentation="The order", target="ServiceRequest"
            ),
            "endpoint": Parameter(
                type=_REFERENCE, documentation="Where it is retrieved", target="Endpoint"
            ),
            "series": Parameter(type=_TOKEN, documentation="Series Instance UID"),
            "instance": Parameter(type=_TOKEN, documentation="SOP Instance UID"),
            "dicom-class": Parameter(type=ParameterType.URI, documentation="A SOP Class of it"),
        },
        sorts=frozenset({"started", "_lastUpdated"}),
        includes={
            "endpoint": "Endpoint", "subject": "Patient", "patient": "Patient",
            "basedon": "ServiceRequest",
        },
        revincludes=("DiagnosticReport:imaging-study",),
    ),
    RecordKind.ORDER: Searchable(
        parameters={
            "_id": _ID,
            "_lastUpdated": _UPDATED,
            "identifier": Parameter(
                type=_TOKEN, documentation="Placer, filler or accession number"
            ),
            "patient": _PATIENT,
            "subject": _SUBJECT,
            "patient.identifier": _PATIENT_NUMBER,
            "status": Parameter(type=_TOKEN, documentation="Status of the order"),
            "authored": Parameter(type=_DATE, documentation="When it was placed"),
            "occurrence": Parameter(type=_DATE, documentation="When it is scheduled"),
        },
        sorts=frozenset({"authored", "occurrence", "_lastUpdated"}),
        create=True,
    ),
    RecordKind.REPORT: Searchable(
        parameters={
            "_id": _ID,
            "_lastUpdated": _UPDATED,
            "identifier": Parameter(type=_TOKEN, documentation="Filler or accession number"),
            "patient": _PATIENT,
            "subject": _SUBJECT,
            "patient.identifier": _PATIENT_NUMBER,
            "imaging-study": Parameter(
                type=_REFERENCE, documentation="The study", target="ImagingStudy"
            ),
            "based-on": Parameter(
                type=_REFERENCE, documentation="The order", target="ServiceRequest"
            ),
            "status": Parameter(type=_TOKEN, documentation="Status of the report"),
            "category": Parameter(type=_TOKEN, documentation="RAD: all that are here"),
            "code": Parameter(type=_TOKEN, documentation="LOINC 18748-4: all that are here"),
            "issued": Parameter(type=_DATE, documentation="When the version that counts was said"),
        },
        sorts=frozenset({"issued", "_lastUpdated"}),
        create=True,
    ),
    RecordKind.APPOINTMENT: Searchable(
        parameters={
            "_id": _ID,
            "_lastUpdated": _UPDATED,
            "patient": _PATIENT,
            "actor": Parameter(
                type=_REFERENCE, documentation="The patient", target="Patient", ours="patient"
            ),
            "patient.identifier": _PATIENT_NUMBER,
            "date": Parameter(type=_DATE, documentation="When it begins"),
            "status": Parameter(type=_TOKEN, documentation="Status of the appointment"),
        },
        sorts=frozenset({"date", "_lastUpdated"}),
    ),
}  # fmt: skip

#: Of Endpoint, of which there are a few and none in the database.
ENDPOINT_PARAMETERS: Final[Mapping[str, Parameter]] = {
    "_id": _ID,
    "connection-type": Parameter(type=_TOKEN, documentation="dicom-wado-rs, dicom-qido-rs …"),
    "status": Parameter(type=_TOKEN, documentation="active: all that are here"),
}
