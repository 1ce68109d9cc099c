"""Which requests are recorded, and as what: the HTTP half of the audit trail, as data.

The rule: what changes something is recorded, named here or not; what is only looked at is
recorded where it is named here. Frames, thumbnails and values of a study count as looking at
the study.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from steckel.audit.event import ThingKind
from steckel.audit.kinds import Action, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What a request is in the audit trail."""

    kind: Kind
    action: Action = Action.READ
    thing: ThingKind | None = None  #: what the named part of the address is
    #: looked at again and again: once in a quarter of an hour for a session
    is_windowed: bool = False
    #: written in the transaction of the change; otherwise when it is answered
    with_change: bool = False
    #: recorded only if a room said so (`audit.acting`): a step of a login is none yet
    if_said: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A request that is recorded, and what its address names."""

    recorded: Recorded
    study: str = ""
    patient: str = ""  #: number of the row
    thing: str = ""


def _looked(kind: Kind, thing: ThingKind | None = None) -> Recorded:
    return Recorded(kind=kind, thing=thing, is_windowed=True)


def _changed(
    kind: Kind, thing: ThingKind | None = None, action: Action = Action.UPDATE
) -> Recorded:
    return Recorded(kind=kind, action=action, thing=thing, with_change=True)


_NOTHING: Final = None
_ACCESS: Final = _looked(Kind.INSTANCES_ACCESSED)
_QUERY: Final = _looked(Kind.QUERY)
_TAKEN: Final = _looked(Kind.INSTANCES_TRANSFERRED)
_LOGIN: Final = Recorded(kind=Kind.LOGGED_IN, action=Action.EXECUTE, if_said=True)
_OWN: Final = _changed(Kind.ACCOUNT_CHANGED)
_DROPPED: Final = _changed(Kind.STUDY_CHANGED, ThingKind.ENTRY, Action.DELETE)
_LOG: Final = Recorded(kind=Kind.LOG_USED, thing=ThingKind.LOG)
#: What changes something and is not named below.
OTHERWISE: Final = _changed(Kind.SOFTWARE_CONFIGURED)

#: Method, address, and what it is. ``{study}``, ``{patient}`` and ``{thing}`` are named parts,
#: ``**`` is any rest; the first that fits counts.
TABLE: Final[tuple[tuple[str, str, Recorded | None], ...]] = (
    # ---- looking
    ("GET", "/api/studies", _QUERY),
    ("GET", "/api/studies/count", _NOTHING),  # comes with the list that it counts
    ("GET", "/api/studies/{study}**", _ACCESS),
    ("GET", "/api/patients", _QUERY),
    ("GET", "/api/patients/{patient}**", _looked(Kind.PATIENT_RECORD)),
    ("GET", "/api/orders", _QUERY),
    ("GET", "/api/reports/{thing}**", _looked(Kind.PATIENT_RECORD, ThingKind.REPORT)),
    ("GET", "/api/reconciliation", _QUERY),
    ("GET", "/api/reconciliation/{study}**", _ACCESS),
    ("GET", "/api/hl7/messages", _QUERY),
    ("GET", "/api/hl7/messages/{thing}", _looked(Kind.PATIENT_RECORD, ThingKind.MESSAGE)),
    ("GET", "/api/deliveries/{thing}", _looked(Kind.PATIENT_RECORD, ThingKind.MESSAGE)),
    ("GET", "/api/quarantine/{thing}/file", Recorded(kind=Kind.EXPORTED, thing=ThingKind.ENTRY)),
    ("GET", "/api/audit", _looked(Kind.LOG_USED)),
    ("GET", "/api/audit/status", _NOTHING),
    ("GET", "/api/audit**", _LOG),
    ("GET", "/fhir/AuditEvent**", _LOG),
    ("GET", "/fhir/metadata", _NOTHING),
    ("GET", "/fhir/ImagingStudy/{study}", _ACCESS),
    ("GET", "/fhir/Patient/{thing}", _looked(Kind.PATIENT_RECORD, ThingKind.ENTRY)),
    ("GET", "/fhir/DiagnosticReport/{thing}", _looked(Kind.PATIENT_RECORD, ThingKind.REPORT)),
    ("GET", "/fhir/ServiceRequest/{thing}", _looked(Kind.ORDER_RECORD, ThingKind.ORDER)),
    ("GET", "/fhir/Appointment/{thing}", _looked(Kind.ORDER_RECORD, ThingKind.ORDER)),
    ("GET", "/fhir/Endpoint**", _NOTHING),
    ("GET", "/fhir/**", _QUERY),
    ("GET", "/IHEInvokeImageDisplay", _QUERY),
    ("GET", "/wado", _ACCESS),
    ("GET", "/dicomweb/studies/{study}", _TAKEN),
    ("GET", "/dicomweb/studies/{study}/series/[^/]+", _TAKEN),
    ("GET", "/dicomweb/studies/{study}/series/[^/]+/instances/[^/]+", _TAKEN),
    ("GET", "/dicomweb/studies/{study}**", _ACCESS),
    ("GET", "/dicomweb/(studies|series|instances)", _QUERY),
    ("GET", "**", _NOTHING),
    # ---- coming and going
    ("POST", "/api/login**", _LOGIN),
    ("POST", "/api/session/unlock**", _NOTHING),
    ("POST", "/api/session/lock", _NOTHING),
    ("POST", "/api/logout", Recorded(kind=Kind.LOGGED_OUT, action=Action.EXECUTE)),
    # ---- what changes nothing, or is recorded where it happens
    ("PATCH", "/api/session/preferences", _NOTHING),
    ("POST", "/dicomweb/studies**", _NOTHING),  # `audit.transfers`, as C-STORE
    ("POST", "/api/uploads**", _NOTHING),
    ("POST", "/api/upload**", _NOTHING),
    ("POST", "/api/hl7", _NOTHING),  # recorded when the message is processed
    ("POST", "/fhir/AuditEvent/_search", _LOG),
    ("POST", "/fhir/[^/]+/_search", _QUERY),
    ("POST", "/api/ae**/echo", _NOTHING),
    ("POST", "/api/destinations**/test", _NOTHING),
    ("POST", "/api**/(preview|dry-run)", _NOTHING),
    # ---- changes
    ("DELETE", "/api/studies/{study}", _changed(Kind.STUDY_DELETED, None, Action.DELETE)),
    ("DELETE", "/dicomweb/studies/{study}", _changed(Kind.STUDY_DELETED, None, Action.DELETE)),
    ("DELETE", "/dicomweb/studies/{study}**", _changed(Kind.STUDY_CHANGED, None, Action.DELETE)),
    ("*", "/api/session**", _OWN),
    ("*", "/api/users(/{thing})?**", _changed(Kind.ACCOUNT_CHANGED, ThingKind.ACCOUNT)),
    ("*", "/api/tokens(/{thing})?**", _changed(Kind.ACCOUNT_CHANGED, ThingKind.TOKEN)),
    ("*", "/api/roles(/{thing})?**", _changed(Kind.ROLE_CHANGED, ThingKind.ROLE)),
    ("*", "/api/login-rules", _changed(Kind.SECURITY_CONFIGURED)),
    ("*", "/api/ae(/{thing})?**", _changed(Kind.NETWORK_CONFIGURED, ThingKind.NODE)),
    ("*", "/api/destinations(/{thing})?**", _changed(Kind.NETWORK_CONFIGURED, ThingKind.NODE)),
    ("*", "/api/deliveries/{thing}**", _changed(Kind.PATIENT_RECORD, ThingKind.MESSAGE)),
    ("*", "/api/hl7/messages/replay", _changed(Kind.PATIENT_RECORD, ThingKind.MESSAGE)),
    ("DELETE", "/api/quarantine/{thing}", _DROPPED),
    ("*", "/api/quarantine/{thing}**", _changed(Kind.IMPORTED, ThingKind.ENTRY)),
    ("*", "/api/conflicts/{thing}**", _changed(Kind.STUDY_CHANGED, ThingKind.ENTRY)),
    ("*", "/api/reconciliation/{study}**", _changed(Kind.STUDY_CHANGED)),
    ("*", "/api/(studies|assignments)/{study}**", _changed(Kind.OBJECT_PROTECTED)),
    ("POST", "/api/emergency", _changed(Kind.EMERGENCY_ACCESS)),
    ("*", "/api/patients/{patient}/emergency**", _changed(Kind.EMERGENCY_ACCESS)),
    ("*", "/api/patients/{patient}**", _changed(Kind.OBJECT_PROTECTED)),
    ("*", "/api/audit**", Recorded(kind=Kind.LOG_USED, action=Action.EXECUTE)),
    ("POST", "/fhir/ServiceRequest", _changed(Kind.ORDER_RECORD, None, Action.CREATE)),
    ("POST", "/fhir/DiagnosticReport", _changed(Kind.PATIENT_RECORD, None, Action.CREATE)),
)  # fmt: skip

_PART: Final = r"(?P<\1>[^/]+)"


def _pattern(address: str) -> re.Pattern[str]:
    named = re.sub(r"\{(\w+)\}", _PART, address)
    # A rest begins at a slash, unless it is all there is.
    rest = named.replace("/**", "/.+").replace("**", "(?:/.*)?" if named != "**" else ".*")
    return re.compile(rest)


_RULES: Final = tuple((method, _pattern(path), recorded) for method, path, recorded in TABLE)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def find(method: str, path: str) -> Found | None:
    """Return what a request is; ``None`` if it is not recorded."""
    asked = "GET" if method == "HEAD" else method
    for allowed, pattern, recorded in _RULES:
        if allowed != asked and (allowed != "*" or asked in _SAFE):
            continue
        match = pattern.fullmatch(path)
        if match is None:
            continue
        return None if recorded is None else Found(recorded=recorded, **_named(match))
    return None if asked in _SAFE else Found(recorded=OTHERWISE)


def _named(match: re.Match[str]) -> dict[str, str]:
    return {name: value for name, value in match.groupdict().items() if value}


def windowed() -> Iterable[Recorded]:
    """Return what is recorded once in a while only."""
    return (recorded for _, _, recorded in TABLE if recorded is not None and recorded.is_windowed)
