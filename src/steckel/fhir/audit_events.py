"""AuditEvent (R4 6.4): the audit trail for other systems; for those who may read it.

It is searched by `patient`, `agent-name` (an account), `entity` (a study), `type`, `subtype`,
`date` and `outcome`; the newest come first.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Protocol
from urllib.parse import urlencode

from steckel.audit.event import Actor, Event, Part, Thing
from steckel.audit.kinds import STANDARD, Code, Kind, Outcome
from steckel.audit.message import PATIENT_ID, SEARCH_ID, STUDY_ID, THINGS
from steckel.audit.model import AuditFilter, Record, RecordPage
from steckel.audit.network import access_point_of
from steckel.fhir.refusals import InvalidParameter
from steckel.fhir.times import instant_of, interval_of
from steckel.fhir.vocabulary import BASE, DCM, DICOM_UIDS, Json, identifier, pruned, system_of
from steckel.ris.record_keys import identity_in, patient_key

NAME: Final = "AuditEvent"
_ID_TYPES: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLES: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_SOURCES: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
_PARTICIPATION: Final = {
    Part.SOURCE: Code("110153", "Source Role ID"),
    Part.DESTINATION: Code("110152", "Destination Role ID"),
    Part.APPLICATION: Code("110150", "Application"),
}
_OUTCOMES: Final = {str(int(one)): one for one in Outcome}
PARAMETERS: Final = {
    "patient": "reference",
    "agent-name": "string",
    "entity": "reference",
    "type": "token",
    "subtype": "token",
    "date": "date",
    "outcome": "token",
}
_MOST: Final = 500
_NO_PAGE: Final = RecordPage(records=(), following=None)


class AuditReader(Protocol):
    """Finds events. Thread-safe; blocking."""

    def page(self, wanted: AuditFilter, limit: int, cursor: str | None = None) -> RecordPage:
        """Return the events after a cursor, or raise `InvalidQuery`."""

    def read(self, key: str) -> Record:
        """Return one event, or raise `NotFound`."""


def capability() -> Json:
    """Return what is said of it in the CapabilityStatement."""
    return {
        "type": NAME,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [{"name": name, "type": kind} for name, kind in PARAMETERS.items()],
    }


def search(reader: AuditReader, given: Sequence[tuple[str, str]], origin: str, source: str) -> Json:
    """Return a searchset.

    Raises
    ------
    InvalidParameter, InvalidQuery
        A value cannot be.
    """
    wanted, followed = AuditFilter(), []
    limit, cursor = 50, None
    for name, value in given:
        if name == "_count":
            limit = _count(value)
        elif name == "_cursor":
            cursor = value
            continue
        elif name.partition(":")[0] in PARAMETERS and value:
            wanted = _narrow(wanted, name.partition(":")[0], value)
        else:
            continue
        followed.append((name, value))
    page = reader.page(wanted, max(1, limit), cursor) if limit else _NO_PAGE
    return _bundle(page, followed, origin, source)


def read(reader: AuditReader, key: str, source: str) -> Json:
    """Return one event, or raise `NotFound`."""
    return spell(reader.read(key), source)


def _bundle(page: RecordPage, followed: list[tuple[str, str]], origin: str, source: str) -> Json:
    address = f"{origin}{BASE}/{NAME}"
    links = [{"relation": "self", "url": _url(address, followed)}]
    if page.following:
        further = [*followed, ("_cursor", page.following)]
        links.append({"relation": "next", "url": _url(address, further)})
    entries = [
        {
            "fullUrl": f"{address}/{record.key}",
            "resource": spell(record, source),
            "search": {"mode": "match"},
        }
        for record in page.records
    ]
    return pruned({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries})


def _url(address: str, parameters: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(parameters))
    return f"{address}?{query}" if query else address


def _count(value: str) -> int:
    if not (value.isascii() and value.isdecimal()):
        raise InvalidParameter("_count is a number")
    return min(int(value[:9]), _MOST)


def _narrow(wanted: AuditFilter, name: str, value: str) -> AuditFilter:
    match name:
        case "patient":
            identity = identity_in(value.rpartition("/")[2])
            if identity is None:
                raise InvalidParameter("patient refers to Patient")
            return replace(wanted, patients=(identity,), of_patient=True)
        case "agent-name":
            return replace(wanted, account=value)
        case "entity":
            return replace(wanted, study=value.rpartition("/")[2].removeprefix("urn:oid:"))
        case "outcome":
            return replace(wanted, outcomes=_outcomes(value))
        case "date":
            return _dated(wanted, value)
        case _:
            return replace(wanted, kinds=_kinds(wanted, name, value))


def _outcomes(value: str) -> tuple[Outcome, ...]:
    codes = [one.rpartition("|")[2] for one in value.split(",")]
    if not all(code in _OUTCOMES for code in codes):
        raise InvalidParameter("outcome is 0, 4, 8 or 12")
    return tuple(_OUTCOMES[code] for code in codes)


def _kinds(wanted: AuditFilter, name: str, value: str) -> tuple[Kind, ...]:
    """Return the kinds of some codes, beside what was asked for before."""
    codes = {one.rpartition("|")[2] for one in value.split(",")}

    def has(kind: Kind) -> bool:
        standard = STANDARD[kind]
        code = standard.id if name == "type" else standard.type
        return code is not None and code.value in codes

    found = tuple(kind for kind in (wanted.kinds or tuple(Kind)) if has(kind))
    if not found:
        raise InvalidParameter(f"no event here is of this {name}")
    return found


def _dated(wanted: AuditFilter, value: str) -> AuditFilter:
    prefix = value[:2] if value[:2] in ("eq", "ge", "gt", "le", "lt", "sa", "eb") else ""
    covered = interval_of(value.removeprefix(prefix))
    first, end = (int(one.timestamp() * 1000) for one in (covered.first, covered.end))
    match prefix:
        case "ge":
            return replace(wanted, since=first)
        case "gt" | "sa":
            return replace(wanted, since=end)
        case "le":
            return replace(wanted, until=end)
        case "lt" | "eb":
            return replace(wanted, until=first)
        case _:
            return replace(wanted, since=first, until=end)


def spell(record: Record, source: str) -> Json:
    """Return an event as a resource."""
    event = record.event
    standard = STANDARD[event.kind]
    return pruned(
        {
            "resourceType": NAME,
            "id": record.key,
            "type": _coding(standard.id),
            "subtype": [_coding(standard.type)] if standard.type else [],
            "action": event.action.value,
            "recorded": instant_of(event.at),
            "outcome": str(int(event.outcome)),
            "outcomeDesc": event.reason,
            "agent": [_agent(one) for one in event.actors]
            or [{"who": {"display": source}, "requestor": False}],
            "source": {
                "observer": {"display": source},
                "type": [{"system": _SOURCES, "code": "4", "display": "Application Server"}],
            },
            "entity": list(_entities(event)),
        }
    )


def _coding(code: Code) -> Json:
    system = DCM if code.scheme == "DCM" else _ID_TYPES
    return {"system": system, "code": code.value, "display": code.meaning}


def _agent(actor: Actor) -> Json:
    part = _PARTICIPATION.get(actor.part)
    network = {"address": actor.address, "type": access_point_of(actor.address or "x")}
    return pruned(
        {
            "type": {"coding": [_coding(part)]} if part else None,
            "role": [{"text": actor.role}] if actor.role else [],
            "who": {"identifier": {"value": actor.name}} if actor.name else None,
            "altId": actor.alternative,
            "name": actor.display or actor.name,
            "network": network if actor.address else None,
        }
    ) | {"requestor": actor.part is Part.REQUESTOR}


def _entities(event: Event) -> Iterable[Json]:
    patient, study = event.patient, event.study
    details = [
        {"type": name, "valueBase64Binary": _base64(value)}
        for name, value in (event.details or {}).items()
    ]
    if study is not None:
        what = {"identifier": {"system": DICOM_UIDS, "value": f"urn:oid:{study.uid}"}}
        yield _entity(what, STUDY_ID, "3", {"name": study.uid, "detail": details})
    if patient is not None:
        key = patient_key(patient.identity, 0)
        what = pruned(
            {
                "reference": f"Patient/{key}" if key.startswith("i.") else "",
                "identifier": identifier("MR", patient.id, system_of(patient.issuer)),
            }
        )
        yield _entity(what, PATIENT_ID, "1", {"name": patient.name})
    if event.query is not None:
        text = base64.b64encode(event.query.text).decode()
        about = {"description": event.query.about, "query": text}
        yield _entity({}, SEARCH_ID, "24", about)
    for thing in event.things:
        yield _of_thing(thing, details if study is None else [])


def _of_thing(thing: Thing, details: list[Json]) -> Json:
    code, _, role = THINGS[thing.kind]
    what = {"identifier": {"value": thing.id}}
    return _entity(what, code, role, {"name": thing.name or thing.id, "detail": details})


def _entity(what: Json, code: Code, role: str, more: Json) -> Json:
    named = {"system": _ROLES, "code": role}
    return pruned({"what": what, "type": _coding(code), "role": named} | more)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "backslashreplace")).decode()
