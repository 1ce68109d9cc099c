"""Records as FHIR R4 resources: plain dictionaries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from steckel.dicom import person_name, tags
from steckel.dicom.json_model import JsonDataset, values_in
from steckel.fhir.times import date_of, date_time_of, instant_of
from steckel.fhir.vocabulary import (
    DCM,
    LOINC,
    SERVICES,
    WADO,
    Json,
    concept,
    identifier,
    pruned,
    reference,
    system_of,
    uid_identifier,
)
from steckel.ris.record_kinds import ORDER_STATUSES, REPORT_CODE
from steckel.ris.record_model import Record, RecordKind

_SNOMED: Final = "http://snomed.info/sct"
_GENDERS: Final = {"M": "male", "F": "female", "O": "other"}
_STATUSES: Final = {ours: fhir for fhir, all_of in ORDER_STATUSES.items() for ours in all_of}
_PRIORITIES: Final = {"STAT": "stat", "HIGH": "urgent", "MEDIUM": "asap", "ROUTINE": "routine"}
_SCHEMES: Final = {
    "DCM": DCM, "LN": LOINC, "SCT": _SNOMED, "SRT": _SNOMED, "RADLEX": "http://radlex.org",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Spelling:
    """How resources name this server."""

    origin: str  #: ``https://host:port``


def spell(record: Record, spelling: Spelling, instances: Mapping[str, Any] | None = None) -> Json:
    """Return a record as a resource; a study with `instances` where they are given."""
    body = _SPELLERS[record.kind](record, spelling)
    if instances is not None and record.kind is RecordKind.STUDY:
        for one in body.get("series", []):
            one["instance"] = [_instance(held) for held in instances.get(one["uid"], [])]
    meta = {"lastUpdated": instant_of(record.changed)} if record.changed else {}
    head = {"resourceType": record.kind.value, "id": record.key, "meta": meta}
    return pruned(head | body)


def _patient(record: Record, _spelling: Spelling) -> Json:
    facts, held = record.facts, record.facts["json"]
    numbers = []
    if facts["patient_id"]:
        numbers.append(identifier("MR", facts["patient_id"], system_of(facts["issuer"])))
    numbers += [
        identifier(other["type"] or "PI", other["value"], system_of(other["issuer"]))
        for other in facts["others"]
        if (other["value"], other["issuer"]) != (facts["patient_id"], facts["issuer"])
    ]
    other = reference("Patient", facts["survivor"])
    return {
        "identifier": numbers,
        "active": other is None,
        "name": [found for name in values_in(held, tags.PATIENT_NAME) if (found := _name(name))],
        "gender": _GENDERS.get(_text(held, tags.PATIENT_SEX), "unknown"),
        "birthDate": date_of(_text(held, tags.PATIENT_BIRTH_DATE)),
        "link": [{"other": other, "type": "replaced-by"}] if other else [],
    }


def _study(record: Record, _spelling: Spelling) -> Json:
    facts, held = record.facts, record.facts["json"]
    offset = _text(held, tags.TIMEZONE_OFFSET_FROM_UTC)
    accession = _text(held, tags.ACCESSION_NUMBER)
    referrer = _displayed(_text_of_name(held, tags.REFERRING_PHYSICIAN_NAME))
    return {
        "identifier": [
            uid_identifier(record.key),
            *([identifier("ACSN", accession)] if accession else []),
        ],
        "status": "available",
        "modality": [{"system": DCM, "code": code} for code in facts["modalities"]],
        "subject": reference("Patient", facts["patient"]),
        "started": _started(held, tags.STUDY_DATE, tags.STUDY_TIME, offset),
        "basedOn": [reference("ServiceRequest", key) for key in facts["orders"]],
        "referrer": {"display": referrer} if referrer else None,
        "endpoint": [reference("Endpoint", WADO)],
        "numberOfSeries": facts["counts"][0],
        "numberOfInstances": facts["counts"][1],
        "procedureCode": _codes(held, tags.PROCEDURE_CODE_SEQUENCE),
        "description": _text(held, tags.STUDY_DESCRIPTION),
        "series": [_series(one, offset) for one in facts["series"]],
    }


def _series(one: Mapping[str, Any], offset: str) -> Json:
    held = one["json"]
    number = _text(held, tags.SERIES_NUMBER)
    body_part = _text(held, tags.BODY_PART_EXAMINED)
    return pruned(
        {
            "uid": one["uid"],
            "number": int(number) if number.isdecimal() and len(number) < 10 else None,
            "modality": {"system": DCM, "code": _text(held, tags.MODALITY) or "OT"},
            "description": _text(held, tags.SERIES_DESCRIPTION),
            "numberOfInstances": one["instances"],
            "bodySite": {"display": body_part} if body_part else None,
            "started": _started(held, tags.SERIES_DATE, tags.SERIES_TIME, offset),
        }
    )


def _instance(held: Mapping[str, Any]) -> Json:
    number = held["number"]
    return pruned(
        {
            "uid": held["uid"],
            "sopClass": {
                "system": "urn:ietf:rfc:3986",
                "code": f"urn:oid:{held['sop_class']}",
            },
            "number": number if number is not None and number >= 0 else None,
        }
    )


def _order(record: Record, _spelling: Spelling) -> Json:
    row, held = record.facts["row"], record.facts["json"]
    requester = _displayed(_text_of_name(held, 0x00321032))
    codes = _codes(held, 0x00321064)
    reason = _text(held, 0x00401002)
    return {
        "identifier": [
            identifier(kind, row[name])
            for kind, name in (("PLAC", "placer"), ("FILL", "filler"), ("ACSN", "accession"))
            if row[name]
        ],
        "status": _STATUSES.get(row["status"], "unknown"),
        "intent": "order",
        "category": [concept(_SNOMED, "363679005", "Imaging")],
        "priority": _PRIORITIES.get(row["priority"]),
        "code": pruned((codes[0] if codes else {}) | {"text": row["description"]}),
        "orderDetail": [concept(DCM, row["modality"])] if row["modality"] else [],
        "subject": reference("Patient", record.facts["patient"]) or {"display": "unknown"},
        "occurrenceDateTime": date_time_of(row["scheduled"]),
        "authoredOn": instant_of(row["created"]),
        "requester": {"display": requester} if requester else None,
        "reasonCode": [{"text": reason}] if reason else [],
    }


def _report(record: Record, spelling: Spelling) -> Json:
    row, facts = record.facts["row"], record.facts
    report = facts["report"]
    newest = report.versions[0]
    author = _displayed(newest.author)
    address = f"{spelling.origin}/api/reports/{record.key}/versions/{newest.number}/body"
    return {
        "identifier": [
            identifier(kind, row[name])
            for kind, name in (("PLAC", "placer"), ("FILL", "filler"), ("ACSN", "accession"))
            if row[name]
        ],
        "basedOn": [reference("ServiceRequest", key) for key in facts["orders"]],
        "status": newest.status.value,
        "category": [concept(SERVICES, "RAD", "Radiology")],
        "code": concept(LOINC, REPORT_CODE, "Diagnostic imaging study", newest.title),
        "subject": reference("Patient", facts["patient"]),
        "effectiveDateTime": instant_of(newest.at),
        "issued": instant_of(newest.at),
        "resultsInterpreter": [{"display": author}] if author else [],
        "imagingStudy": [reference("ImagingStudy", uid) for uid in facts["studies"]],
        "conclusion": newest.text,
        "presentedForm": [
            pruned(
                {
                    "contentType": newest.media_type,
                    "url": f"{address}?media_type={newest.media_type}",
                    "size": newest.size,
                    "title": newest.title,
                }
            )
        ]
        if newest.size and newest.media_type
        else [],
    }


def _appointment(record: Record, _spelling: Spelling) -> Json:
    row, said = record.facts["row"], record.facts["said"]
    start = date_time_of(row["start"])
    has_time = "T" in start
    status = row["status"] if has_time or row["status"] == "cancelled" else "proposed"
    people = [
        {"actor": {"display": row["resource"]}, "status": "accepted"} if row["resource"] else None,
        {"actor": reference("Patient", record.facts["patient"]), "status": "accepted"}
        if record.facts["patient"]
        else None,
    ]
    services = [{"text": str(text)} for text in said.get("services") or []]
    order = reference("ServiceRequest", record.facts["order"])
    return {
        "status": status,
        "serviceType": services,
        "reasonCode": [{"text": said["reason"]}] if said.get("reason") else [],
        "start": start if has_time else None,
        "end": _end(start, row["minutes"]) if has_time else None,
        "minutesDuration": row["minutes"] or None,
        "comment": said.get("comment"),
        "basedOn": [order] if order else [],
        "participant": [one for one in people if one] or [{"status": "needs-action"}],
    }


def _end(start: str, minutes: int) -> str:
    end = datetime.fromisoformat(start) + timedelta(minutes=minutes)
    return end.isoformat(timespec="seconds")


def endpoints(spelling: Spelling) -> list[Json]:
    """Return the addresses of this server at which studies are found and retrieved."""
    dicomweb = f"{spelling.origin}/dicomweb"
    return [
        _endpoint(WADO, "WADO-RS", dicomweb, ["application/dicom", "application/dicom+json"]),
        _endpoint("dicom-qido-rs", "QIDO-RS", dicomweb, ["application/dicom+json"]),
        _endpoint("dicom-wado-uri", "WADO-URI", f"{spelling.origin}/wado", ["application/dicom"]),
    ]


def _endpoint(code: str, name: str, address: str, media_types: list[str]) -> Json:
    system = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"
    return {
        "resourceType": "Endpoint",
        "id": code,
        "status": "active",
        "connectionType": {"system": system, "code": code},
        "name": name,
        "payloadType": [{"text": "DICOM"}],
        "payloadMimeType": media_types,
        "address": address,
    }


_SPELLERS: Final[Mapping[RecordKind, Callable[[Record, Spelling], Json]]] = {
    RecordKind.PATIENT: _patient,
    RecordKind.STUDY: _study,
    RecordKind.ORDER: _order,
    RecordKind.REPORT: _report,
    RecordKind.APPOINTMENT: _appointment,
}


def _name(found: Any) -> Json:
    """Return a person name; the alphabetic group, else what there is."""
    groups = person_name.from_json(found).split("=")
    parts = [part.strip() for part in next((one for one in groups if one), "").split("^")]
    family, given, middle, prefix, suffix = (parts + [""] * 5)[:5]
    text = " ".join(part for part in (prefix, given, middle, family, suffix) if part)
    return pruned(
        {
            "text": text,
            "family": family,
            "given": [part for part in (given, middle) if part],
            "prefix": [prefix] if prefix else [],
            "suffix": [suffix] if suffix else [],
        }
    )


def _displayed(name: str) -> str:
    return str(_name(name).get("text", ""))


def _text(held: JsonDataset, tag: int) -> str:
    found = values_in(held, tag)
    return str(found[0]).strip() if found and found[0] is not None else ""


def _text_of_name(held: JsonDataset, tag: int) -> str:
    found = values_in(held, tag)
    return person_name.from_json(found[0]) if found else ""


def _started(held: JsonDataset, day: int, clock: int, offset: str) -> str:
    date = _text(held, day)
    return date_time_of(date + _text(held, clock).split(".")[0], offset) if date else ""


def _codes(held: JsonDataset, tag: int) -> list[Json]:
    found = []
    for item in values_in(held, tag):
        value, scheme = _text(item, 0x00080100), _text(item, 0x00080102)
        meaning = _text(item, 0x00080104)
        if value or meaning:
            found.append(concept(_SCHEMES.get(scheme, ""), value, meaning, meaning))
    return found
