"""Every address of the application: what it takes to use it, and whose data it is about.

The table that `test_access_matrix` walks. A new route belongs in here, or that test fails.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from steckel.security.decisions import Action


class Who(Enum):
    """Who may ask at all."""

    ANYBODY = auto()  #: without a login
    LOGGED_IN = auto()
    THOSE_WHO_MAY = auto()  #: those who have the rights that are named


class Of(Enum):
    """Whose data an address is about."""

    NOTHING = auto()  #: nobody's
    LIST = auto()  #: those of all studies that are seen
    OBJECT = auto()  #: those of the study, patient or report that it names
    UNDER_STUDY = auto()  #: likewise, but of what is not there the answer is an empty list


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One address and its methods."""

    methods: str
    path: str
    who: Who = Who.THOSE_WHO_MAY
    needs: tuple[Action, ...] = ()
    of: Of = Of.NOTHING
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    shows: str = ""  #: what of each study that is seen is in the list: accession, uid
    changes: bool = False  #: tried only where it has to be refused
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)  #: of parts of the path

    @property
    def is_tried(self) -> bool:
        return not self.changes


def _looking(path: str, of: Of, **more: Any) -> Entry:
    return Entry(methods="GET HEAD", path=path, needs=(Action.READ,), of=of, **more)


def _asking(path: str, *needs: Action, of: Of = Of.NOTHING, **more: Any) -> Entry:
    return Entry(methods="GET", path=path, needs=needs, of=of, **more)


def _changing(methods: str, path: str, *needs: Action, of: Of = Of.NOTHING, **more: Any) -> Entry:
    return Entry(methods=methods, path=path, needs=needs, of=of, changes=True, **more)


def _own(methods: str, path: str, *, changes: bool = True) -> Entry:
    """What everybody does with their own account."""
    return Entry(methods=methods, path=path, who=Who.LOGGED_IN, changes=changes)


def _open(methods: str, path: str, **more: Any) -> Entry:
    return Entry(methods=methods, path=path, who=Who.ANYBODY, **more)


_STUDY = "/dicomweb/studies/{study}"
_SERIES = _STUDY + "/series/{series}"
_INSTANCE = _SERIES + "/instances/{instance}"
_FRAMES = _INSTANCE + "/frames/{frames}"
_EXPORTED = (Action.READ, Action.EXPORT)
_PARTS = {"accept": 'multipart/related; type="application/octet-stream"'}
_FOUND = {"type": ("Patient", "ImagingStudy", "ServiceRequest", "DiagnosticReport", "Appointment")}
_WADO = "requestType=WADO&studyUID={study}&objectUID={instance}"
_DECISION = "/api/reconciliation/studies/{uid}"

_DICOMWEB = (
    *(
        _looking(path + rest, Of.OBJECT)
        for path in (_STUDY, _SERIES, _INSTANCE)
        for rest in ("/metadata", "/rendered", "/thumbnail")
    ),
    *(
        _looking(path + "/bulkdata", Of.OBJECT, headers=_PARTS)
        for path in (_STUDY, _SERIES, _INSTANCE)
    ),
    _looking(_INSTANCE + "/bulkdata/{path:path}", Of.OBJECT),
    _looking(_FRAMES, Of.OBJECT),
    _looking(_FRAMES + "/rendered", Of.OBJECT),
    _looking(_FRAMES + "/thumbnail", Of.OBJECT),
    _looking("/dicomweb/studies", Of.LIST, shows="accession"),
    _looking("/dicomweb/studies", Of.LIST, query="PatientName=*&includefield=all", shows="uid"),
    _looking("/dicomweb/series", Of.LIST, shows="uid"),
    _looking("/dicomweb/instances", Of.LIST, shows="uid"),
    _looking(_STUDY + "/series", Of.UNDER_STUDY),
    _looking(_STUDY + "/instances", Of.UNDER_STUDY),
    _looking(_SERIES + "/instances", Of.UNDER_STUDY),
    *(
        Entry(methods="GET HEAD", path=path, needs=_EXPORTED, of=Of.OBJECT)
        for path in (_STUDY, _SERIES, _INSTANCE)
    ),
    Entry(
        methods="GET HEAD",
        path=_STUDY,
        needs=_EXPORTED,
        of=Of.OBJECT,
        headers={"accept": "application/zip"},
    ),
    _changing("POST", "/dicomweb/studies", Action.STORE),
    _changing("POST", _STUDY, Action.STORE),
    *(
        _changing("DELETE", path, Action.DELETE, of=Of.OBJECT)
        for path in (_STUDY, _SERIES, _INSTANCE)
    ),
    Entry(methods="OPTIONS", path="/dicomweb", needs=(Action.READ,)),
    Entry(methods="OPTIONS", path="/dicomweb/", needs=(Action.READ,)),
    _looking("/wado", Of.OBJECT, query=_WADO),
    Entry(
        methods="GET HEAD",
        path="/wado",
        needs=_EXPORTED,
        of=Of.OBJECT,
        query=_WADO + "&contentType=application/dicom",
    ),
)

_FHIR = (
    _looking("/fhir/metadata", Of.NOTHING),
    _looking("/fhir/{type}", Of.LIST, places=_FOUND),
    _looking("/fhir/{type}", Of.LIST, places=_FOUND, query="_summary=count"),
    _looking("/fhir/{type}", Of.LIST, places={"type": ("ImagingStudy",)}, shows="uid",
             query="_include=ImagingStudy:subject&_revinclude=DiagnosticReport:imaging-study"),
    _looking("/fhir/{type}/_search", Of.LIST, places=_FOUND),
    Entry(methods="POST", path="/fhir/{type}/_search", needs=(Action.READ,), of=Of.LIST,
          places=_FOUND),
    _looking("/fhir/{type}/{id}", Of.OBJECT,
             places={"type": ("Patient",), "id": ("{patient_record}",)}),
    _looking("/fhir/{type}/{id}", Of.OBJECT,
             places={"type": ("ImagingStudy",), "id": ("{study}",)}),
    _looking("/fhir/{type}/{id}", Of.OBJECT,
             places={"type": ("ServiceRequest",), "id": ("{order}",)}),
    _looking("/fhir/{type}/{id}", Of.OBJECT,
             places={"type": ("DiagnosticReport",), "id": ("{report}",)}),
    _looking("/fhir/{type}/{id}", Of.OBJECT,
             places={"type": ("Appointment",), "id": ("{appointment}",)}),
    _changing("POST", "/fhir/{type}", Action.EXCHANGE, places=_FOUND),
)  # fmt: skip

_LOOKING = (
    _asking("/api/studies", Action.READ, of=Of.LIST, shows="accession"),
    _asking("/api/studies", Action.READ, of=Of.LIST, query="search=z", shows=""),
    _asking("/api/studies/count", Action.READ, of=Of.LIST),
    _asking("/api/studies/{uid}", Action.READ, of=Of.OBJECT),
    _asking("/api/patients", Action.READ, of=Of.LIST, shows="patient_id"),
    _asking("/api/patients", Action.READ, of=Of.LIST, query="search=z"),
    _asking("/api/patients/{key}", Action.READ, of=Of.OBJECT),
    _asking("/api/orders", Action.READ, of=Of.LIST, shows="accession"),
    _asking("/api/studies/{uid}/reports", Action.READ, of=Of.UNDER_STUDY),
    _asking("/api/reports/{report_id}", Action.READ, of=Of.OBJECT),
    _asking("/api/reports/{report_id}/versions/{number}/body", Action.READ, of=Of.OBJECT),
    _asking("/api/events", Action.READ, changes=True),  # it never ends; `test_events` listens
    _looking("/IHEInvokeImageDisplay", Of.OBJECT, query="requestType=STUDY&studyUID={study}"),
    _looking("/IHEInvokeImageDisplay", Of.OBJECT,
             query="requestType=STUDY&accessionNumber={accession}"),
    _looking("/IHEInvokeImageDisplay", Of.OBJECT,
             query="requestType=PATIENT&patientID={patient_id}"),
)  # fmt: skip

_CARING = (
    _asking("/api/reconciliation", Action.CARE, of=Of.LIST, shows="uid"),
    _asking(_DECISION, Action.CARE, of=Of.OBJECT),
    _changing("POST", _DECISION + "/preview", Action.CARE, of=Of.OBJECT,
              body={"decision": "undo"}),
    _changing("POST", _DECISION + "/assign-order", Action.CARE, of=Of.OBJECT,
              body={"order": "1"}),
    _changing("POST", _DECISION + "/assign-patient", Action.CARE, of=Of.OBJECT,
              body={"patient": "1"}),
    _changing("POST", _DECISION + "/accept", Action.CARE, of=Of.OBJECT,
              body={"kind": "unscheduled"}),
    _changing("POST", _DECISION + "/register", Action.CARE, of=Of.OBJECT, body={}),
    _changing("POST", _DECISION + "/undo", Action.CARE, of=Of.OBJECT, body={}),
    _asking("/api/quarantine", Action.CARE, of=Of.LIST, shows="uid"),
    _asking("/api/quarantine/{entry_id}/file", Action.CARE, of=Of.OBJECT),
    _changing("POST", "/api/quarantine/{entry_id}/replay", Action.CARE, of=Of.OBJECT),
    _changing("DELETE", "/api/quarantine/{entry_id}", Action.CARE, of=Of.OBJECT),
    _asking("/api/conflicts", Action.CARE, of=Of.LIST, shows="uid"),
    _changing("POST", "/api/conflicts/{conflict_id}/resolve", Action.CARE, of=Of.OBJECT,
              body={"keep": "first"}),
    _asking("/api/hl7/messages", Action.CARE, of=Of.LIST, shows="patient_id"),
    _asking("/api/hl7/messages/{message_id}", Action.CARE, of=Of.OBJECT),
    _changing("POST", "/api/hl7/messages/replay", Action.CARE),
    _asking("/api/hl7/summary", Action.CARE),
    _asking("/api/destinations", Action.CARE),
    _changing("GET", "/api/destinations/{name}", Action.CARE),
    *(_changing("POST", f"/api/destinations/{{name}}/{verb}", Action.CARE)
      for verb in ("pause", "resume", "resend")),
    _asking("/api/deliveries", Action.CARE, of=Of.LIST, shows="patient_id"),
    _asking("/api/deliveries/{delivery_id}", Action.CARE, of=Of.OBJECT),
    *(_changing("POST", f"/api/deliveries/{{delivery_id}}/{verb}", Action.CARE, of=Of.OBJECT)
      for verb in ("resend", "drop")),
    _asking("/api/hl7/profiles", Action.CARE),
    _asking("/api/hl7/profiles/versions", Action.CARE, query="name=x"),
    _changing("POST", "/api/hl7/profiles", Action.CARE),
    *(_changing("POST", f"/api/hl7/profiles/{verb}", Action.CARE)
      for verb in ("activate", "retire", "dry-run")),
)  # fmt: skip

_RELATIONS = (
    _changing("POST", "/api/emergency", Action.EMERGENCY),
    _changing("POST", "/api/patients/{key}/emergency", Action.EMERGENCY, of=Of.OBJECT,
              body={"reason": "shock room"}),
    _asking("/api/patients/{key}/confidential", Action.FLAG, of=Of.OBJECT),
    _changing("PUT", "/api/patients/{key}/confidential", Action.FLAG, of=Of.OBJECT,
              body={"confidential": False}),
    _asking("/api/patients/{key}/care", Action.FLAG, of=Of.OBJECT),
    _changing("POST", "/api/patients/{key}/care", Action.FLAG, of=Of.OBJECT,
              body={"account": "guest"}),
    _changing("DELETE", "/api/patients/{key}/care/{relation}", Action.FLAG, of=Of.OBJECT),
    _asking("/api/studies/{uid}/assignments", Action.FLAG, of=Of.OBJECT),
    _changing("PUT DELETE", "/api/studies/{uid}/assignments/{account}", Action.FLAG,
              of=Of.OBJECT),
)  # fmt: skip

_OTHERS = (
    _changing("DELETE", "/api/studies/{uid}", Action.DELETE, of=Of.OBJECT),
    _changing("POST", "/api/uploads", Action.STORE),
    _changing("POST", "/api/hl7", Action.EXCHANGE),
)

#: Who reads the audit trail reads all of it: it is of what people did, not of studies.
_AUDITING = (
    _asking("/api/audit", Action.AUDIT),
    _asking("/api/audit/status", Action.AUDIT),
    _changing("GET", "/api/audit/export.csv", Action.AUDIT),
    _changing("GET", "/api/audit/events/{key}/message", Action.AUDIT),
    _changing("GET", "/api/audit/anchors/{day}", Action.AUDIT),
    _changing("GET", "/api/audit/patients/{key}/log", Action.AUDIT),
    Entry(methods="GET HEAD", path="/fhir/AuditEvent", needs=(Action.AUDIT,)),
    Entry(methods="GET HEAD POST", path="/fhir/AuditEvent/_search", needs=(Action.AUDIT,)),
    _changing("GET HEAD", "/fhir/AuditEvent/{id}", Action.AUDIT),
)

_ADMINISTERING = (
    _asking("/api/users", Action.ADMINISTER),
    _changing("POST", "/api/users", Action.ADMINISTER),
    _changing("PATCH", "/api/users/{name}", Action.ADMINISTER),
    _changing("POST", "/api/users/{name}/reset-factors", Action.ADMINISTER),
    _asking("/api/roles", Action.ADMINISTER),
    _asking("/api/roles/{name}", Action.ADMINISTER, places={"name": ("guest",)}),
    _changing("PUT DELETE", "/api/roles/{name}", Action.ADMINISTER),
    _asking("/api/login-rules", Action.ADMINISTER),
    _changing("PUT", "/api/login-rules", Action.ADMINISTER),
    _asking("/api/login-attempts", Action.ADMINISTER),
    _changing("POST", "/api/login-attempts/release", Action.ADMINISTER),
    _asking("/api/ae", Action.ADMINISTER),
    _changing("POST", "/api/ae", Action.ADMINISTER),
    _changing("POST", "/api/ae/echo", Action.ADMINISTER),
    _changing("DELETE", "/api/ae/{title}", Action.ADMINISTER),
    _changing("POST", "/api/ae/{title}/echo", Action.ADMINISTER),
    _changing("POST", "/api/destinations", Action.ADMINISTER),
    _changing("POST", "/api/destinations/test", Action.ADMINISTER),
    _changing("PUT DELETE", "/api/destinations/{name}", Action.ADMINISTER),
    _changing("POST", "/api/destinations/{name}/test", Action.ADMINISTER),
    _asking("/api/matching-rules", Action.ADMINISTER),
    _changing("POST", "/api/matching-rules", Action.ADMINISTER),
    _changing("POST", "/api/matching-rules/dry-run", Action.ADMINISTER),
    _changing("PUT DELETE", "/api/matching-rules/{rule_id}", Action.ADMINISTER),
    _asking("/api/system", Action.ADMINISTER),
    Entry(methods="GET HEAD", path="/metrics", needs=(Action.ADMINISTER,)),
)

_ACCOUNT = (
    _open("POST", "/api/login", changes=True),
    _open("POST", "/api/login/code", changes=True),
    _open("POST", "/api/login/passkey/options", changes=True),
    _open("POST", "/api/login/passkey", changes=True),
    _open("POST", "/api/logout", changes=True),
    _own("GET", "/api/session", changes=False),
    _own("PATCH", "/api/session/preferences"),
    _own("POST", "/api/session/password"),
    _own("POST", "/api/session/lock"),
    _own("POST", "/api/session/unlock"),
    _own("POST", "/api/session/unlock/passkey/options"),
    _own("POST", "/api/session/unlock/passkey"),
    _own("GET", "/api/session/factors", changes=False),
    _own("POST", "/api/session/factors/totp"),
    _own("POST", "/api/session/factors/totp/confirm"),
    _own("POST", "/api/session/factors/totp/remove"),
    _own("POST", "/api/session/factors/passkeys/options"),
    _own("POST", "/api/session/factors/passkeys"),
    _own("POST", "/api/session/factors/passkeys/{passkey_id}/remove"),
    _own("POST", "/api/session/factors/recovery"),
    _own("GET", "/api/sessions", changes=False),
    _own("DELETE", "/api/sessions/{session_id}"),
    _own("GET", "/api/tokens", changes=False),
    _own("POST", "/api/tokens"),
    _own("DELETE", "/api/tokens/{token_id}"),
)

_PAGES = (
    _open("GET HEAD", "/healthz"),
    _open("GET HEAD", "/readyz"),
    Entry(methods="GET HEAD", path="/api/openapi.json", who=Who.LOGGED_IN),
    Entry(methods="GET HEAD", path="/api/docs", who=Who.LOGGED_IN),
    Entry(methods="GET HEAD", path="/ohif", who=Who.LOGGED_IN),
    Entry(methods="GET HEAD", path="/ohif/app-config.js", who=Who.LOGGED_IN),
    Entry(methods="GET HEAD", path="/ohif/{name:path}", who=Who.LOGGED_IN, changes=True),
    *(
        _open("GET HEAD", path, changes=True)  # files without data
        for path in (
            "/", "/login", "/account", "/studies", "/patients", "/patients/{rest:path}",
            "/view/{rest:path}", "/inbox", "/inbox/{rest:path}", "/admin", "/admin/{rest:path}",
            "/assets/{name:path}", "/{name:path}",
        )
    ),
)  # fmt: skip

TABLE: tuple[Entry, ...] = (
    *_DICOMWEB, *_FHIR, *_LOOKING, *_CARING, *_RELATIONS, *_OTHERS, *_AUDITING, *_ADMINISTERING,
    *_ACCOUNT, *_PAGES,
)  # fmt: skip
