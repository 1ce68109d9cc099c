"""Events as audit messages of DICOM (PS3.15 A.5.1), in XML.

The rule: the message is the schema's, whatever a name or a query holds. Characters that XML
1.0 has no place for become U+FFFD; queries and details are base64.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from steckel.audit.event import Actor, Event, Part, Patient, Query, Study, Thing, ThingKind
from steckel.audit.kinds import STANDARD, Action, Code, Kind
from steckel.audit.network import access_point_of

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ROLES: Final = {
    Part.SOURCE: Code("110153", "Source Role ID"),
    Part.DESTINATION: Code("110152", "Destination Role ID"),
    Part.APPLICATION: Code("110150", "Application"),
}
STUDY_ID: Final = Code("110180", "Study Instance UID")
SOP_CLASS_ID: Final = Code("110181", "SOP Class UID")
NODE_ID: Final = Code("110182", "Node ID")
#: Of RFC 3881, as PS3.15 A.5.1.2.4 has them.
PATIENT_ID: Final = Code("2", "Patient Number", "RFC-3881")
REPORT_ID: Final = Code("9", "Report Number", "RFC-3881")
SEARCH_ID: Final = Code("10", "Search Criteria", "RFC-3881")
USER_ID: Final = Code("11", "User Identifier", "RFC-3881")
URI_ID: Final = Code("12", "URI", "RFC-3881")

#: ID type, Participant Object Type Code, and its role (PS3.15 A.5.1.2).
THINGS: Final[dict[ThingKind, tuple[Code, str, str]]] = {
    ThingKind.ACCOUNT: (USER_ID, "1", "6"),
    ThingKind.ROLE: (USER_ID, "2", "12"),
    ThingKind.TOKEN: (USER_ID, "2", "11"),
    ThingKind.NODE: (NODE_ID, "2", "13"),
    ThingKind.ORDER: (REPORT_ID, "2", "20"),
    ThingKind.REPORT: (REPORT_ID, "2", "3"),
    ThingKind.MESSAGE: (URI_ID, "2", "20"),
    ThingKind.ENTRY: (URI_ID, "2", "22"),
    ThingKind.SETTING: (URI_ID, "2", "13"),
    ThingKind.LOG: (URI_ID, "2", "13"),
    ThingKind.LINK: (URI_ID, "2", "16"),
    ThingKind.ADDRESS: (URI_ID, "2", "13"),
}
_LIFE_CYCLES: Final = {
    Kind.INSTANCES_ACCESSED: "6",
    Kind.EXPORTED: "10",
    Kind.IMPORTED: "2",
    Kind.STUDY_DELETED: "15",
}
_STAGES: Final = {Action.CREATE: "1", Action.READ: "6", Action.UPDATE: "3", Action.DELETE: "14"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What reports the events."""

    source: str  #: AuditSourceID: AE title and host
    site: str = ""  #: AuditEnterpriseSiteID


def message_of(event: Event, origin: Origin) -> bytes:
    """Return an event as an XML document in UTF-8."""
    root = Element("AuditMessage")
    _add_identification(root, event)
    for actor in event.actors or (Actor(name=origin.source, part=Part.APPLICATION),):
        _add_participant(root, actor)
    _add_source(root, origin)
    for element in _objects(event):
        root.append(element)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_identification(root: Element, event: Event) -> None:
    standard = STANDARD[event.kind]
    at = datetime.fromtimestamp(event.at / 1000, UTC).isoformat(timespec="milliseconds")
    attributes = {
        "EventActionCode": event.action.value,
        "EventDateTime": at.replace("+00:00", "Z"),
        "EventOutcomeIndicator": str(int(event.outcome)),
    }
    element = SubElement(root, "EventIdentification", attributes)
    SubElement(element, "EventID", _coded(standard.id))
    if standard.type is not None:
        SubElement(element, "EventTypeCode", _coded(standard.type))
    if event.reason:
        SubElement(element, "EventOutcomeDescription").text = _text(event.reason)


def _add_participant(root: Element, actor: Actor) -> None:
    is_requestor = actor.part is Part.REQUESTOR
    attributes = {"UserID": _text(actor.name)}
    if actor.alternative:
        attributes["AlternativeUserID"] = _text(actor.alternative)
    if actor.display:
        attributes["UserName"] = _text(actor.display)
    attributes["UserIsRequestor"] = "true" if is_requestor else "false"
    if actor.address:
        attributes["NetworkAccessPointID"] = _text(actor.address)
        attributes["NetworkAccessPointTypeCode"] = access_point_of(actor.address)
    element = SubElement(root, "ActiveParticipant", attributes)
    if actor.part in _ROLES:
        SubElement(element, "RoleIDCode", _coded(_ROLES[actor.part]))
    if actor.role:
        SubElement(element, "RoleIDCode", _coded(Code(actor.role, actor.role, "99STECKEL")))


def _add_source(root: Element, origin: Origin) -> None:
    attributes = {"AuditEnterpriseSiteID": _text(origin.site)} if origin.site else {}
    attributes["AuditSourceID"] = _text(origin.source)
    element = SubElement(root, "AuditSourceIdentification", attributes)
    SubElement(element, "AuditSourceTypeCode", {"csd-code": "4"})


def _objects(event: Event) -> Iterator[Element]:
    if event.study is not None:
        yield _study(event.study, event)
    if event.query is not None:
        yield _query(event.query)
    if event.patient is not None:
        yield _patient(event.patient)
    for thing in event.things:
        yield _thing(thing, event)
    if event.details and not (event.study or event.things or event.query or event.patient):
        described = Thing(id=event.kind.value, kind=ThingKind.SETTING)
        yield _thing(described, event)


def _object(identifier: str, kind: tuple[Code, str, str], stage: str = "") -> Element:
    code, type_code, role = kind
    attributes = {
        "ParticipantObjectID": _text(identifier),
        "ParticipantObjectTypeCode": type_code,
        "ParticipantObjectTypeCodeRole": role,
    }
    if stage:
        attributes["ParticipantObjectDataLifeCycle"] = stage
    element = Element("ParticipantObjectIdentification", attributes)
    SubElement(element, "ParticipantObjectIDTypeCode", _coded(code))
    return element


def _study(study: Study, event: Event) -> Element:
    stage = _LIFE_CYCLES.get(event.kind) or _STAGES.get(event.action, "")
    element = _object(study.uid, (STUDY_ID, "2", "3"), stage)
    SubElement(element, "ParticipantObjectName").text = _text(study.uid)
    _add_details(element, event)
    if study.accession or study.classes:
        described = SubElement(element, "ParticipantObjectDescription")
        if study.accession:
            SubElement(described, "Accession", {"Number": _text(study.accession)})
        for uid, count in study.classes:
            attributes = {"UID": _text(uid)} if uid else {}
            SubElement(described, "SOPClass", attributes | {"NumberOfInstances": str(count)})
    return element


def _query(query: Query) -> Element:
    is_class = query.about[:1].isdecimal()
    code = SOP_CLASS_ID if is_class else SEARCH_ID
    element = _object(query.about or "query", (code, "2", "3" if is_class else "24"))
    asked = base64.b64encode(query.text).decode()
    SubElement(element, "ParticipantObjectQuery").text = asked
    if is_class:
        syntax = {"type": "TransferSyntax", "value": _base64("1.2.840.10008.1.2.1")}
        SubElement(element, "ParticipantObjectDetail", syntax)
    return element


def _patient(patient: Patient) -> Element:
    # PS3.15 A.5.2: the identifier with its authority, as HL7 spells both (CX).
    spelled = f"{patient.id}^^^{patient.issuer}" if patient.issuer else patient.id
    element = _object(spelled or "unknown", (PATIENT_ID, "1", "1"))
    SubElement(element, "ParticipantObjectName").text = _text(patient.name)
    return element


def _thing(thing: Thing, event: Event) -> Element:
    stage = _STAGES.get(event.action, "")
    element = _object(thing.id, THINGS[thing.kind], stage)
    SubElement(element, "ParticipantObjectName").text = _text(thing.name or thing.id)
    _add_details(element, event)
    return element


def _add_details(element: Element, event: Event) -> None:
    for name, value in (event.details or {}).items():
        attributes = {"type": _text(name), "value": _base64(value)}
        SubElement(element, "ParticipantObjectDetail", attributes)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "backslashreplace")).decode()


def _coded(code: Code) -> dict[str, str]:
    return {
        "csd-code": _text(code.value),
        "codeSystemName": code.scheme,
        "originalText": _text(code.meaning),
    }


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
