"""Results and documents: ORU^R01 and MDM, each a version of a report.

A report is known by its filler order number, a document by its unique number; what replaces
or cancels a document names it as its parent, and is one report with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from steckel.dicom.uids import is_valid_uid
from steckel.exchange.inbound.clinical_document import Header, read_header
from steckel.exchange.inbound.content import Content, read_content
from steckel.exchange.inbound.elements import clean, code_of
from steckel.exchange.inbound.people import number_of_ei, physicians
from steckel.exchange.inbound.reading import Group, Reading, fault, is_said, whole
from steckel.hl7.acknowledge import FaultCode
from steckel.hl7.message import Message, Segment
from steckel.ris.model import PatientKey, ReportStatement, ReportStatus

#: OBX-3 that name the study: Study Instance UID, DICOM Study.
_STUDY: Final = frozenset({"113014", "110180"})
#: What the trigger event of an MDM makes of its document, whatever else it says.
_EVENTS: Final = {
    "T09": ReportStatus.CORRECTED, "T10": ReportStatus.CORRECTED, "T11": ReportStatus.CANCELLED,
}  # fmt: skip
_ADDENDA: Final = frozenset({"T05", "T06"})
#: Statuses that need no content.
_BARE: Final = frozenset({ReportStatus.CANCELLED, ReportStatus.ERROR})


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One result or document, before it becomes a statement."""

    reading: Reading
    group: Group
    observations: Sequence[Segment]
    content: Content
    header: Header | None  #: of the CDA document, where it is one


def result_groups(message: Message) -> list[Group]:
    """Return the groups of an ORU: OBR with its OBX, and the ORC before it."""
    head: list[Segment] = []
    bodies: list[list[Segment]] = []
    waiting: list[Segment] = []
    for segment in message.segments:
        if segment.name == "ORC":
            waiting = [segment]
        elif segment.name == "OBR":
            bodies.append([*waiting, segment])
            waiting = []
        else:
            (bodies[-1] if bodies else head).append(segment)
    if not bodies:
        return [whole(message)]
    shared = [segment for segment in head if segment.name != "OBX"]
    orphans = [segment for segment in head if segment.name == "OBX"]
    bodies[0] += orphans
    return [Group([*body, *shared], at) for at, body in enumerate(bodies, 1)]


def document_header(reading: Reading) -> Header | None:
    """Return the header of the CDA document that a message brings, if it brings one."""
    return _result(reading, whole(reading.message)).header


def read_results(reading: Reading, patient: PatientKey) -> list[ReportStatement]:
    """Return the reports of an ORU^R01.

    Raises
    ------
    MessageFault
        A report has nothing that it could be known by.
    """
    reports: dict[str, ReportStatement] = {}
    for group in result_groups(reading.message):
        result = _result(reading, group)
        status = _result_status(result)
        if result.content.is_empty and status not in _BARE:
            reading.warn("a result without text or document: nothing is made of it")
            continue
        report = _statement(result, _result_key(result), patient, status)
        held = reports.get(report.key)
        reports[report.key] = report if held is None else _both(held, report)
    return list(reports.values())


def read_document(reading: Reading, patient: PatientKey, event: str) -> list[ReportStatement]:
    """Return the version of a document that an MDM brings.

    Raises
    ------
    MessageFault
        The document has no number.
    """
    group = whole(reading.message)
    result = _result(reading, group)
    status = _document_status(result, event)
    number, parent = (number_of_ei(group.find(place)[0]) for place in ("TXA-12", "TXA-13"))
    replaced = f"D{parent.key}" if parent.value and event not in _ADDENDA else ""
    key = f"D{number.key}" if number.value else replaced
    if not key:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "TXA-12", "the document has no number")
    if result.content.is_empty and status not in _BARE and event in ("T02", "T04", "T06", "T08"):
        reading.warn("a document without content: only its status is taken")
    return [replace(_statement(result, key, patient, status), replaces=replaced)]


def _both(first: ReportStatement, second: ReportStatement) -> ReportStatement:
    """Return one version of two groups with the same number: their texts one after the other."""
    return ReportStatement(
        key=first.key,
        patient=first.patient,
        moment=max(first.moment, second.moment),
        status=first.status,
        title=first.title or second.title,
        author=first.author or second.author,
        text="\n\n".join(text for text in (first.text, second.text) if text),
        media_type=first.media_type or second.media_type,
        body=first.body or second.body,
        study_uids=tuple(dict.fromkeys((*first.study_uids, *second.study_uids))),
        accession=first.accession or second.accession,
        placer=first.placer or second.placer,
        filler=first.filler or second.filler,
        by=first.by,
    )


def _result(reading: Reading, group: Group) -> Result:
    observations = group.all("OBX")
    content = read_content(reading, observations)
    header = read_header(content.body) if content.media_type == "text/xml" else None
    return Result(
        reading=reading, group=group, observations=observations, content=content, header=header
    )


def _result_key(result: Result) -> str:
    found, _, _ = result.group.find(result.reading.profile.fields["report-key"])
    named = number_of_ei(found)
    if named.value:
        return f"R{named.key}"
    if result.header is not None and result.header.document_id:
        return f"C{result.header.document_id}"
    for uid in _study_uids(result):
        return f"S{uid}"
    raise fault(FaultCode.REQUIRED_FIELD_MISSING, "OBR-3", "the report has no number")


def _statement(
    result: Result, key: str, patient: PatientKey, status: ReportStatus
) -> ReportStatement:
    reading, group, header = result.reading, result.group, result.header or Header()
    placer, filler, accession = (
        number_of_ei(group.find(place)[0]) for place in ("OBR-2|ORC-2", "OBR-3|ORC-3", "OBR-18")
    )
    moment = reading.moment(group, "moment" if group.first("TXA") else "result-moment")
    return ReportStatement(
        key=key,
        patient=patient,
        moment=moment,
        status=status,
        title=clean(_title(result), "LO")[:200],
        author=_author(result),
        text=result.content.text.replace("\0", ""),
        media_type=result.content.media_type,
        body=result.content.body,
        study_uids=_study_uids(result),
        accession=accession.value or header.accession,
        placer=placer.value,
        filler=filler.value,
        by=f"message {reading.message.control_id[:64]}",
    )


def _title(result: Result) -> str:
    if result.header is not None and result.header.title:
        return result.header.title
    segment = result.group.first("OBR")
    fields = segment.fields(4) if segment else []
    code = code_of(fields[0]) if fields else None
    if code is None and result.observations:
        fields = result.observations[0].fields(3)
        code = code_of(fields[0]) if fields else None
    title = result.group.value("TXA-25")
    name = (code.meaning or code.value) if code else ""
    return title or (name if is_said(name) else "")


def _author(result: Result) -> str:
    """Return who answers for a report: the interpreter, else who authenticated or wrote it."""
    reading, group = result.reading, result.group
    for name, field in (("OBR", 32), ("TXA", 22), ("TXA", 9), ("OBX", 16), ("OBR", 34)):
        segment = group.first(name)
        names = physicians(segment.fields(field), reading, f"{name}-{field}") if segment else []
        if names:
            return names[0]["Alphabetic"]
    return ""


def _study_uids(result: Result) -> tuple[str, ...]:
    said = [
        segment.value(5).strip()
        for segment in result.observations
        if segment.value(3).strip() in _STUDY
        or segment.value(3, 2).strip().upper() == "STUDY INSTANCE UID"
    ]
    said += [segment.value(1).strip() for segment in result.group.all("ZDS")]
    uids = [uid for uid in said if is_valid_uid(uid)]
    if len(uids) < len([uid for uid in said if uid]):
        result.reading.warn("a Study Instance UID of the report is none: left out")
    if not uids and result.header is not None:
        uids = list(result.header.study_uids)
    return tuple(dict.fromkeys(uids))


def _result_status(result: Result) -> ReportStatus:
    """Return what OBR-25 makes of a report; OBX-11 where it does not say, or takes it back."""
    reading, group = result.reading, result.group
    observed = _observed_status(result)
    if observed in _BARE:
        return observed
    said = group.value("OBR-25")
    status = reading.profile.code("result-status", said) if is_said(said) else None
    if status is None and is_said(said):
        reading.warn("OBR-25 is not in the table of result statuses")
    if status is not None:
        return ReportStatus(status)
    if observed is not None:
        return observed
    reading.warn("neither OBR-25 nor OBX-11 has a status: taken for final")
    return ReportStatus.FINAL


def _observed_status(result: Result) -> ReportStatus | None:
    """Return what the OBX-11 say together: all are taken back, or the least that one is worth."""
    codes = [segment.value(11).strip() for segment in result.observations]
    profile = result.reading.profile
    found = [profile.code("result-status", code) for code in codes if is_said(code)]
    said = {ReportStatus(status) for status in found if status}
    if not said:
        return None
    if said <= _BARE:
        return min(said)
    for status in (ReportStatus.REGISTERED, ReportStatus.PRELIMINARY, ReportStatus.CORRECTED):
        if status in said:
            return status
    return ReportStatus.FINAL


def _document_status(result: Result, event: str) -> ReportStatus:
    profile, group = result.reading.profile, result.group
    if event in _EVENTS and event not in ("T09", "T10"):
        return _EVENTS[event]
    for place in ("TXA-19", "TXA-17"):
        said = group.value(place)
        status = profile.code("document-status", said) if is_said(said) else None
        if place == "TXA-19" and status:
            return ReportStatus(status)
        if place == "TXA-17" and status == ReportStatus.PRELIMINARY:
            return ReportStatus.PRELIMINARY
    observed = _observed_status(result)
    if observed in _BARE or observed is ReportStatus.PRELIMINARY:
        return observed or ReportStatus.FINAL
    if event in _ADDENDA:
        return ReportStatus.AMENDED
    return _EVENTS.get(event) or observed or ReportStatus.FINAL
