"""ServiceRequest and DiagnosticReport as statements to the department."""

import hashlib
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

import orjson

from steckel.dicom.uids import is_valid_uid
from steckel.errors import NotFound
from steckel.fhir import elements
from steckel.fhir.elements import Body
from steckel.fhir.ports import RecordEntry
from steckel.fhir.refusals import InvalidResource
from steckel.fhir.times import dicom_of
from steckel.fhir.vocabulary import DCM, LOINC, kind_of
from steckel.ris.model import (
    OrderStatement,
    OrderStatus,
    PatientKey,
    ReportStatement,
    ReportStatus,
    StepStatement,
    order_key,
)
from steckel.ris.record_kinds import issuer_of
from steckel.ris.registers import Moment

_ORDER_STATUSES: Final = {
    "draft": OrderStatus.REQUESTED,
    "active": OrderStatus.SCHEDULED,
    "on-hold": OrderStatus.ON_HOLD,
    "revoked": OrderStatus.CANCELLED,
    "completed": OrderStatus.COMPLETED,
}
_PRIORITIES: Final = {"routine": "ROUTINE", "urgent": "HIGH", "asap": "MEDIUM", "stat": "STAT"}
_SCHEMES: Final = {DCM: "DCM", LOINC: "LN", "http://snomed.info/sct": "SCT"}
_MEDIA_TYPES: Final = {
    "application/pdf": "application/pdf", "text/xml": "text/xml", "application/xml": "text/xml",
    "application/hl7-cda+xml": "text/xml",
}  # fmt: skip
_REPORT_STATUSES: Final = {status.value: status for status in ReportStatus} | {
    "partial": ReportStatus.PRELIMINARY, "appended": ReportStatus.AMENDED,
}  # fmt: skip


def order_statement(body: Body, entry: RecordEntry) -> OrderStatement:
    """Return what a ServiceRequest says.

    Raises
    ------
    InvalidResource
        It cannot be taken; the message names the element.
    """
    said = elements.text(body, "status", 32)
    if said not in _ORDER_STATUSES:
        raise InvalidResource(f"status is one of {', '.join(_ORDER_STATUSES)}")
    if not elements.text(body, "intent", 32):
        raise InvalidResource("intent is missing")
    patient = _patient(elements.mapping(body, "subject"), entry)
    filler = elements.number(body, "FILL", 64)
    accession = elements.number(body, "ACSN", 16)
    placer = elements.number(body, "PLAC", 64) or _first_number(body)
    if not (placer or filler or accession):
        placer = f"FHIR-{uuid.uuid4().hex}"
    key = order_key(placer, filler, accession, "")
    return OrderStatement(
        key=key,
        patient=patient,
        moment=_moment(body, None),
        placer=placer,
        filler=filler,
        accession=accession,
        study_uid=_study_of(body),
        values=_order_values(body),
        steps=(StepStatement(step_id=_step_id(key), values=_step_values(body)),),
        status=_ORDER_STATUSES[said],
    )


def report_statement(body: Body, entry: RecordEntry, by: str) -> ReportStatement:
    """Return what a DiagnosticReport says.

    Raises
    ------
    InvalidResource
        It cannot be taken; the message names the element.
    """
    said = elements.text(body, "status", 32)
    if said not in _REPORT_STATUSES:
        raise InvalidResource(f"status is one of {', '.join(_REPORT_STATUSES)}")
    _, title = elements.concept(elements.mapping(body, "code"))
    patient = _patient(elements.mapping(body, "subject"), entry)
    placer, filler, accession = _numbers_of_report(body, entry)
    text, media_type, document = _content(body)
    found = tuple(elements.study_uid(one) for one in elements.items(body, "imagingStudy"))
    status = _REPORT_STATUSES[said]
    withdrawn = status in (ReportStatus.CANCELLED, ReportStatus.ERROR, ReportStatus.REGISTERED)
    if not (text or document or withdrawn):
        raise InvalidResource("neither conclusion nor presentedForm: there is nothing to read")
    return ReportStatement(
        key=_report_key(body),
        patient=patient,
        moment=_moment(body, "issued"),
        status=status,
        title=title[:200],
        author=_author(body),
        text=text,
        media_type=media_type,
        body=document,
        study_uids=tuple(uid for uid in found if uid),
        accession=accession,
        placer=placer,
        filler=filler,
        by=f"user {by}",
    )


def _patient(subject: Body, entry: RecordEntry) -> PatientKey:
    key = elements.referred(subject, "Patient", "subject")
    if key:
        try:
            return entry.patient(key)
        except NotFound as problem:
            raise InvalidResource(f"subject: {problem}") from problem
    number = elements.mapping(subject, "identifier")
    value = elements.limited(elements.text(number, "value"), 64, "subject.identifier")
    if not value:
        raise InvalidResource("subject names no patient")
    return PatientKey(patient_id=value, issuer=issuer_of(elements.text(number, "system", 256)))


def _moment(body: Body, name: str | None) -> Moment:
    """Return when something is said: now, or when the resource says that it was."""
    said = elements.moment(body, name) if name else None
    at = int(said.timestamp() * 1000) if said else int(time.time() * 1000)
    digest = hashlib.blake2b(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), digest_size=16)
    return Moment(at=at, tie=digest.hexdigest())


def _first_number(body: Body) -> str:
    """Return an identifier without a type, which is the sender's own."""
    for one in elements.items(body, "identifier"):
        if not kind_of(dict(one)):
            return elements.limited(elements.text(one, "value"), 64, "identifier")
    return ""


def _study_of(body: Body) -> str:
    """Return the Study Instance UID that an order says; empty when it says none."""
    for one in elements.items(body, "supportingInfo"):
        if "ImagingStudy" in elements.text(one, "reference", 512):
            return elements.study_uid(one)
    for one in elements.items(body, "identifier"):
        if elements.text(one, "system", 256) == "urn:dicom:uid":
            uid = elements.text(one, "value").removeprefix("urn:oid:")
            if not is_valid_uid(uid):
                raise InvalidResource("identifier urn:dicom:uid is no UID")
            return uid
    return ""


def _element(vr: str, value: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": [value]}


def _order_values(body: Body) -> Mapping[str, Any]:
    coding, words = elements.concept(elements.mapping(body, "code"))
    if not words:
        raise InvalidResource("code says no procedure")
    values = {"00321060": _element("LO", words[:64])}
    value = elements.text(coding, "code", 64)
    if value and len(value) <= 16:
        scheme = _SCHEMES.get(elements.text(coding, "system", 256), "L")
        item = {
            "00080100": _element("SH", value),
            "00080102": _element("SH", scheme),
            "00080104": _element("LO", words[:64]),
        }
        values["00321064"] = _element("SQ", item)
    priority = _PRIORITIES.get(elements.text(body, "priority", 32))
    if priority:
        values["00401003"] = _element("SH", priority)
    requester = _person(elements.text(elements.mapping(body, "requester"), "display", 256))
    if requester:
        values["00321032"] = _element("PN", {"Alphabetic": requester})
    reasons = [elements.concept(one)[1] for one in elements.items(body, "reasonCode")]
    if any(reasons):
        values["00401002"] = _element("LO", ", ".join(filter(None, reasons))[:64])
    return values


def _step_values(body: Body) -> Mapping[str, Any]:
    _, words = elements.concept(elements.mapping(body, "code"))
    values = {"00400007": _element("LO", words[:64])}
    for one in elements.items(body, "orderDetail"):
        coding, _ = elements.concept(one)
        if elements.text(coding, "system", 256) == DCM and elements.text(coding, "code", 16):
            values["00080060"] = _element("CS", elements.text(coding, "code", 16))
    start = elements.moment(body, "occurrenceDateTime") or elements.moment(
        elements.mapping(body, "occurrencePeriod"), "start"
    )
    if start is not None:
        spelled = dicom_of(start)
        values["00400002"] = _element("DA", spelled[:8])
        values["00400003"] = _element("TM", spelled[8:])
    return values


def _step_id(key: str) -> str:
    """Return Scheduled Procedure Step ID, which fits SH and is the same for the same order."""
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest().upper()


def _numbers_of_report(body: Body, entry: RecordEntry) -> tuple[str, str, str]:
    placer, filler = elements.number(body, "PLAC", 64), elements.number(body, "FILL", 64)
    accession = elements.number(body, "ACSN", 16)
    for one in elements.items(body, "basedOn"):
        key = elements.referred(one, "ServiceRequest", "basedOn")
        if not key:
            continue
        try:
            ordered = entry.order_numbers(key)
        except NotFound as problem:
            raise InvalidResource(f"basedOn: {problem}") from problem
        return placer or ordered[0], filler or ordered[1], accession or ordered[2]
    return placer, filler, accession


def _report_key(body: Body) -> str:
    """Return what the report is known by in all its versions: its first identifier."""
    for one in elements.items(body, "identifier"):
        value = elements.text(one, "value", 1024)
        if value and kind_of(dict(one)) != "ACSN":
            return f"H{elements.text(one, 'system', 1024)}\x1f{value}"
    return f"H\x1f{uuid.uuid4().hex}"


def _content(body: Body) -> tuple[str, str, bytes]:
    """Return text, media type and document of a report."""
    words, media_type, document = elements.text(body, "conclusion"), "", b""
    for form in elements.items(body, "presentedForm"):
        kind, data = elements.attachment(form)
        if not data:
            continue
        if kind == "text/plain":
            words = words or data.decode("utf-8", "replace").replace("\0", "")
        elif kind not in _MEDIA_TYPES:
            raise InvalidResource("presentedForm is PDF, CDA or plain text")
        elif not document:
            media_type, document = _MEDIA_TYPES[kind], data
    return words, media_type, document


def _author(body: Body) -> str:
    for name in ("resultsInterpreter", "performer"):
        for one in elements.items(body, name):
            found = _person(elements.text(one, "display", 256))
            if found:
                return found
    return ""


def _person(display: str) -> str:
    """Return a name for people as DICOM spells one: the last word is taken for the family's."""
    words = display.replace("^", " ").replace("\\", " ").replace("=", " ").split()
    return "^".join(part for part in (" ".join(words[-1:]), " ".join(words[:-1])) if part)[:64]
