"""The shapes of what the JSON API answers: the OpenAPI document is made of them."""

from typing import Any, Literal

from typing_extensions import TypedDict

Date = str | None
Moment = str


class Problem(TypedDict):
    """Why a request was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    reference: str


class PersonName(TypedDict):
    """A person name in its three groups."""

    alphabetic: str
    ideographic: str
    phonetic: str


class StudyPatient(TypedDict):
    """The patient of a study."""

    key: str
    id: str
    issuer: str
    name: PersonName
    birth_date: Date
    sex: str | None


class Patient(StudyPatient):
    """A patient."""

    studies: int


class StudyFacts(TypedDict):
    """What a study says of itself."""

    uid: str
    patient: StudyPatient
    date: Date
    time: str | None
    timezone: str | None
    description: str
    accession: str
    study_id: str
    modalities: list[str]
    instances: int
    institution: str
    referring: PersonName
    body_parts: list[str]
    received: Moment
    age: str | None
    has_report: bool
    conflicts: int


class Study(StudyFacts):
    """A study in a list."""

    series: int


class Series(TypedDict):
    """A series."""

    uid: str
    number: int | None
    modality: str
    description: str
    body_part: str
    instances: int
    date: Date
    time: str | None
    laterality: str
    station: str
    kind: Literal["image", "document", "report", "other"]


class StudyWithSeries(StudyFacts):
    """A study and its series."""

    series: list[Series]


class PatientWithStudies(Patient):
    """A patient and all studies, newest first."""

    studies_list: list[StudyWithSeries]


class StudyPage(TypedDict):
    """Some studies."""

    items: list[Study]
    next_cursor: str | None


class PatientPage(TypedDict):
    """Some patients."""

    items: list[Patient]
    next_cursor: str | None


class StudyCount(TypedDict):
    """How many studies match; counting stops at a limit."""

    count: int
    exact: bool


class ReportDocument(TypedDict):
    """A document of a report, and where it is."""

    media_type: str
    url: str


class ReportVersion(TypedDict):
    """One version of a report; `number` counts from 1 in the order in which they came."""

    number: int
    status: str
    at: Moment
    received: Moment
    title: str
    author: str
    text: str
    documents: list[ReportDocument]
    sop_instance_uid: str | None


class Report(TypedDict):
    """A report; the version that counts comes first."""

    id: str
    accession: str
    versions: list[ReportVersion]


class ReportList(TypedDict):
    """The reports of a study, newest first."""

    items: list[Report]


class User(TypedDict):
    """Who is logged in."""

    name: str
    display_name: str
    role: str
    actions: list[str]


class DicomListener(TypedDict):
    """Where this node listens for DICOM."""

    host: str
    port: int


class SiteShape(TypedDict):
    """The node that answers."""

    aet: str
    name: str
    dicom: DicomListener


class ScreenLock(TypedDict):
    """After how many minutes a screen that nobody touches is locked; 0: never."""

    minutes: int
    longest: int  #: that may be chosen


class Session(TypedDict):
    """Who is logged in, how they like it, and where."""

    user: User
    standing: str  #: what has to be done before anything else: `principal.Standing`
    lock: ScreenLock
    preferences: dict[str, Any]
    site: SiteShape


class Account(TypedDict):
    """An account."""

    name: str
    display_name: str
    role: str
    person: str  #: as DICOM spells it
    institutions: list[str]
    departments: list[str]
    disabled: bool
    kind: str  #: ``person`` or ``service``
    must_change: bool  #: its password
    has_second_factor: bool
    created: Moment
    last_login: Moment | None


class AccountList(TypedDict):
    """All accounts."""

    items: list[Account]


class Token(TypedDict):
    """An API token without its secret."""

    id: str
    name: str
    user: str
    created: Moment
    last_used: Moment | None
    expires: Moment | None
    actions: list[str] | None  #: of those of the account, these alone
    sees: dict[str, Any] | None  #: of what the account sees, this alone


class NewToken(Token):
    """An API token that was just made; the secret is shown this once."""

    token: str


class TokenList(TypedDict):
    """API tokens."""

    items: list[Token]


class ApplicationEntity(TypedDict):
    """A remote application entity."""

    title: str
    host: str
    port: int
    tls: bool
    description: str
    rights: list[str]
    networks: list[str]
    sees: dict[str, Any]
    certificate: str


class ApplicationEntityList(TypedDict):
    """All registered application entities."""

    items: list[ApplicationEntity]


class Echo(TypedDict):
    """What came of a C-ECHO."""

    ok: bool
    milliseconds: float
    message: str


class ObjectSource(TypedDict):
    """Where an object came from."""

    way: str
    name: str
    address: str


class QuarantineEntry(TypedDict):
    """An object that could not be taken."""

    id: str
    name: str
    source: ObjectSource
    received: Moment
    size: int
    reason: str
    kind: str
    study_uid: str | None
    sop_instance_uid: str | None


class QuarantinePage(TypedDict):
    """Some of the quarantine."""

    items: list[QuarantineEntry]
    next_cursor: str | None
    count: int


class Version(TypedDict):
    """One of two data sets."""

    digest: str
    size: int


class Conflict(TypedDict):
    """Two data sets that claim to be the same instance."""

    id: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    received: Moment
    source: str
    kept: Version
    other: Version
    differences: list[str]
    state: str


class ConflictPage(TypedDict):
    """Some conflicts."""

    items: list[Conflict]
    next_cursor: str | None
    count: int


class UploadResult(TypedDict):
    """What became of one object of an upload."""

    name: str
    outcome: Literal["stored", "duplicate", "conflict", "quarantined", "refused", "skipped"]
    reason: str
    study_uid: str | None
    series_uid: str | None
    sop_instance_uid: str | None
    warnings: list[str]


class UploadEnd(TypedDict):
    """The last line of the answer to an upload."""

    done: bool
    totals: dict[str, int]


class Space(TypedDict):
    """Room on stable storage."""

    used_bytes: int | None
    free_bytes: int | None


class Counts(TypedDict):
    """How much is in the archive."""

    patients: int
    studies: int
    series: int
    instances: int


class Process(TypedDict):
    """A process of this node."""

    role: str
    pid: int
    rss_bytes: int


class System(TypedDict):
    """The state of this node."""

    version: str
    started: Moment
    roles: list[str]
    database: str
    store: Space
    counts: Counts
    quarantine: int
    conflicts: int
    processes: list[Process]


class Health(TypedDict):
    """Whether this process answers."""

    status: str
