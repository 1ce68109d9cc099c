"""What the API says of the audit trail."""

from typing_extensions import TypedDict


class AuditActor(TypedDict):
    """Who took part."""

    name: str
    part: str
    address: str
    display: str
    via: str
    role: str


class AuditPatient(TypedDict):
    """Whose data they were."""

    id: str
    issuer: str
    name: str


class AuditStudy(TypedDict):
    """What was sent, seen or changed."""

    uid: str
    accession: str
    instances: int


class AuditThing(TypedDict):
    """Another object that took part."""

    id: str
    kind: str
    name: str


class AuditEvent(TypedDict):
    """One thing that happened."""

    id: str
    at: str
    kind: str
    action: str
    outcome: int
    reason: str
    account: str
    actors: list[AuditActor]
    patient: AuditPatient | None
    study: AuditStudy | None
    query: str
    things: list[AuditThing]
    details: dict[str, str]
    hash: str


class AuditPage(TypedDict):
    """Some events."""

    items: list[AuditEvent]
    next_cursor: str | None


class AuditDestination(TypedDict):
    """How sending to a destination goes."""

    name: str
    waiting: int
    sent: str | None
    failed: str | None
    reason: str


class AuditAnchor(TypedDict):
    """The anchor of a day."""

    day: str
    hash: str
    exported: str | None
    pruned: str | None


class AuditState(TypedDict):
    """How the audit trail does."""

    recording: bool
    destinations: list[AuditDestination]
    anchors: list[AuditAnchor]
