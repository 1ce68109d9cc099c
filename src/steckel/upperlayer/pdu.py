"""The seven protocol data units and what they carry (PS3.8 9.3, PS3.7 D.3.3).

Data only: `encode` and `decode` know how they are spelled.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from steckel.dicom.uids import APPLICATION_CONTEXT
from steckel.upperlayer.errors import AbortReason, AbortSource


class PduType(IntEnum):
    """The first byte of a PDU."""

    A_ASSOCIATE_RQ = 0x01
    A_ASSOCIATE_AC = 0x02
    A_ASSOCIATE_RJ = 0x03
    P_DATA_TF = 0x04
    A_RELEASE_RQ = 0x05
    A_RELEASE_RP = 0x06
    A_ABORT = 0x07


class ItemType(IntEnum):
    """The first byte of an item of A-ASSOCIATE-RQ and -AC (PS3.8 9.3.2, PS3.7 D.3.3)."""

    APPLICATION_CONTEXT = 0x10
    PRESENTATION_CONTEXT_RQ = 0x20
    PRESENTATION_CONTEXT_AC = 0x21
    ABSTRACT_SYNTAX = 0x30
    TRANSFER_SYNTAX = 0x40
    USER_INFORMATION = 0x50
    MAXIMUM_LENGTH = 0x51
    IMPLEMENTATION_CLASS_UID = 0x52
    ASYNCHRONOUS_OPERATIONS_WINDOW = 0x53
    ROLE_SELECTION = 0x54
    IMPLEMENTATION_VERSION_NAME = 0x55
    EXTENDED_NEGOTIATION = 0x56
    COMMON_EXTENDED_NEGOTIATION = 0x57
    USER_IDENTITY_RQ = 0x58
    USER_IDENTITY_AC = 0x59


class ContextResult(IntEnum):
    """The answer to a proposed presentation context (PS3.8 table 9-18)."""

    ACCEPTANCE = 0
    USER_REJECTION = 1
    NO_REASON = 2
    ABSTRACT_SYNTAX_NOT_SUPPORTED = 3
    TRANSFER_SYNTAXES_NOT_SUPPORTED = 4


class RejectResult(IntEnum):
    """Whether it makes sense to try again (PS3.8 table 9-21)."""

    PERMANENT = 1
    TRANSIENT = 2


class IdentityKind(IntEnum):
    """How a user is named (PS3.7 table D.3-14)."""

    USERNAME = 1
    USERNAME_AND_PASSCODE = 2
    KERBEROS = 3
    SAML = 4
    JWT = 5


class RejectReason(NamedTuple):
    """Source and reason of a rejection; a reason means something with its source only."""

    source: int
    reason: int


#: PS3.8 table 9-21
NO_REASON_GIVEN = RejectReason(1, 1)
APPLICATION_CONTEXT_NOT_SUPPORTED = RejectReason(1, 2)
CALLING_AET_NOT_RECOGNIZED = RejectReason(1, 3)
CALLED_AET_NOT_RECOGNIZED = RejectReason(1, 7)
#: Of the association control: what is said when a user is not who it says.
NO_REASON_GIVEN_BY_ACSE = RejectReason(2, 1)
PROTOCOL_VERSION_NOT_SUPPORTED = RejectReason(2, 2)
TEMPORARY_CONGESTION = RejectReason(3, 1)
LOCAL_LIMIT_EXCEEDED = RejectReason(3, 2)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedContext:
    """A presentation context as the requestor proposes it (PS3.8 9.3.2.2)."""

    id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredContext:
    """The acceptor's answer; the transfer syntax counts with an acceptance only."""

    id: int
    result: ContextResult
    transfer_syntax: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleSelection:
    """Which roles the requestor takes for a SOP class (PS3.7 D.3.3.4)."""

    sop_class_uid: str
    scu: bool
    scp: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendedNegotiation:
    """Service class application information (PS3.7 D.3.3.5)."""

    sop_class_uid: str
    information: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class CommonExtendedNegotiation:
    """Service class and related general SOP classes of a SOP class (PS3.7 D.3.3.6)."""

    sop_class_uid: str
    service_class_uid: str
    related: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class UserIdentity:
    """Who uses the requestor (PS3.7 D.3.3.7.1). Holds secrets: never log it."""

    kind: int
    response_requested: bool
    primary: bytes
    secondary: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class UserInformation:
    """Everything that is negotiated beside contexts (PS3.8 9.3.2.3, PS3.7 D.3.3)."""

    max_length: int = 0  #: 0: no limit
    implementation_class_uid: str = ""
    implementation_version_name: str = ""
    asynchronous: tuple[int, int] | None = None  #: operations invoked, performed
    roles: tuple[RoleSelection, ...] = ()
    extended: tuple[ExtendedNegotiation, ...] = ()
    common_extended: tuple[CommonExtendedNegotiation, ...] = ()
    identity: UserIdentity | None = None
    identity_response: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociateRq:
    """A-ASSOCIATE-RQ (PS3.8 9.3.2)."""

    called_aet: str
    calling_aet: str
    contexts: tuple[ProposedContext, ...]
    user: UserInformation
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1
    reserved: bytes = bytes(32)


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociateAc:
    """A-ASSOCIATE-AC (PS3.8 9.3.3). Titles and `reserved` repeat those of the request."""

    called_aet: str
    calling_aet: str
    contexts: tuple[AnsweredContext, ...]
    user: UserInformation
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1
    reserved: bytes = bytes(32)


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociateRj:
    """A-ASSOCIATE-RJ (PS3.8 9.3.4)."""

    result: int
    reason: RejectReason


class Fragment(NamedTuple):
    """A piece of a presentation data value of a P-DATA-TF (PS3.8 9.3.5, E.2).

    A tuple, because there are many. `data` may be part of a fragment as the
    peer cut it: who reads it only needs to know where the last one ends.
    """

    context_id: int
    is_command: bool
    is_last: bool
    data: bytes | memoryview


@dataclass(frozen=True, slots=True)
class ReleaseRq:
    """A-RELEASE-RQ (PS3.8 9.3.6)."""


@dataclass(frozen=True, slots=True)
class ReleaseRp:
    """A-RELEASE-RP (PS3.8 9.3.7)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Abort:
    """A-ABORT (PS3.8 9.3.8)."""

    source: int = AbortSource.SERVICE_USER
    reason: int = AbortReason.NOT_SPECIFIED


Pdu = AssociateRq | AssociateAc | AssociateRj | ReleaseRq | ReleaseRp | Abort
