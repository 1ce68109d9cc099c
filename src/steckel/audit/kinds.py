"""What can happen, in our words, and which event of DICOM each of it is (PS3.15 A.5.3, CID 400).

The rule: a kind is kept for ever under its name; the codes are those of the standard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Kind(StrEnum):
    """What happened."""

    APPLICATION_STARTED = "application-started"
    APPLICATION_STOPPED = "application-stopped"
    LOG_USED = "log-used"  #: somebody read the audit trail
    TRANSFER_BEGUN = "transfer-begun"
    INSTANCES_TRANSFERRED = "instances-transferred"
    INSTANCES_ACCESSED = "instances-accessed"
    STUDY_CHANGED = "study-changed"
    STUDY_DELETED = "study-deleted"
    EXPORTED = "exported"  #: to people or media outside of DICOM's doors
    IMPORTED = "imported"
    NODE_ATTACHED = "node-attached"
    NODE_DETACHED = "node-detached"
    ORDER_RECORD = "order-record"
    PATIENT_RECORD = "patient-record"
    PROCEDURE_RECORD = "procedure-record"
    QUERY = "query"
    LOGGED_IN = "logged-in"
    LOGGED_OUT = "logged-out"
    NODE_REFUSED = "node-refused"  #: an association or a connection that was not taken
    ACCESS_REFUSED = "access-refused"  #: somebody who may not do what was asked for
    EMERGENCY_ACCESS = "emergency-access"
    EMERGENCY_ENDED = "emergency-ended"
    ACCOUNT_CHANGED = "account-changed"
    ROLE_CHANGED = "role-changed"
    OBJECT_PROTECTED = "object-protected"  #: who may see something was changed
    NETWORK_CONFIGURED = "network-configured"
    SECURITY_CONFIGURED = "security-configured"
    SOFTWARE_CONFIGURED = "software-configured"
    RECORDING_STARTED = "recording-started"
    RECORDING_STOPPED = "recording-stopped"


class Action(StrEnum):
    """What was done (PS3.15 A.5.1, EventActionCode)."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Outcome(IntEnum):
    """How it ended (PS3.15 A.5.1, EventOutcomeIndicator)."""

    SUCCESS = 0
    MINOR_FAILURE = 4  #: this try failed
    SERIOUS_FAILURE = 8  #: it ended half way, or was refused for reasons of security
    MAJOR_FAILURE = 12  #: the system cannot do it any more


@dataclass(frozen=True, slots=True)
class Code:
    """A concept of the DICOM Controlled Terminology (PS3.16 Annex D)."""

    value: str
    meaning: str
    scheme: str = "DCM"


@dataclass(frozen=True, slots=True)
class Standard:
    """What an event is in DICOM: its ID, and its types."""

    id: Code
    type: Code | None = None


_ALERT: Final = Code("110113", "Security Alert")
_ACTIVITY: Final = Code("110100", "Application Activity")
_USER: Final = Code("110114", "User Authentication")
_NETWORK: Final = Code("110108", "Network Entry")

STANDARD: Final[Mapping[Kind, Standard]] = {
    Kind.APPLICATION_STARTED: Standard(_ACTIVITY, Code("110120", "Application Start")),
    Kind.APPLICATION_STOPPED: Standard(_ACTIVITY, Code("110121", "Application Stop")),
    Kind.LOG_USED: Standard(Code("110101", "Audit Log Used")),
    Kind.TRANSFER_BEGUN: Standard(Code("110102", "Begin Transferring DICOM Instances")),
    Kind.INSTANCES_TRANSFERRED: Standard(Code("110104", "DICOM Instances Transferred")),
    Kind.INSTANCES_ACCESSED: Standard(Code("110103", "DICOM Instances Accessed")),
    Kind.STUDY_CHANGED: Standard(Code("110103", "DICOM Instances Accessed")),
    Kind.STUDY_DELETED: Standard(Code("110105", "DICOM Study Deleted")),
    Kind.EXPORTED: Standard(Code("110106", "Export")),
    Kind.IMPORTED: Standard(Code("110107", "Import")),
    Kind.NODE_ATTACHED: Standard(_NETWORK, Code("110124", "Attach")),
    Kind.NODE_DETACHED: Standard(_NETWORK, Code("110125", "Detach")),
    Kind.ORDER_RECORD: Standard(Code("110109", "Order Record")),
    Kind.PATIENT_RECORD: Standard(Code("110110", "Patient Record")),
    Kind.PROCEDURE_RECORD: Standard(Code("110111", "Procedure Record")),
    Kind.QUERY: Standard(Code("110112", "Query")),
    Kind.LOGGED_IN: Standard(_USER, Code("110122", "Login")),
    Kind.LOGGED_OUT: Standard(_USER, Code("110123", "Logout")),
    Kind.NODE_REFUSED: Standard(_ALERT, Code("110126", "Node Authentication")),
    Kind.ACCESS_REFUSED: Standard(_ALERT, Code("110132", "Use of Restricted Function")),
    Kind.EMERGENCY_ACCESS: Standard(_ALERT, Code("110127", "Emergency Override Started")),
    Kind.EMERGENCY_ENDED: Standard(_ALERT, Code("110138", "Emergency Override Stopped")),
    Kind.ACCOUNT_CHANGED: Standard(_ALERT, Code("110137", "User Security Attributes Changed")),
    Kind.ROLE_CHANGED: Standard(_ALERT, Code("110136", "Security Roles Changed")),
    Kind.OBJECT_PROTECTED: Standard(_ALERT, Code("110135", "Object Security Attributes Changed")),
    Kind.NETWORK_CONFIGURED: Standard(_ALERT, Code("110128", "Network Configuration")),
    Kind.SECURITY_CONFIGURED: Standard(_ALERT, Code("110129", "Security Configuration")),
    Kind.SOFTWARE_CONFIGURED: Standard(_ALERT, Code("110131", "Software Configuration")),
    Kind.RECORDING_STARTED: Standard(_ALERT, Code("110134", "Audit Recording Started")),
    Kind.RECORDING_STOPPED: Standard(_ALERT, Code("110133", "Audit Recording Stopped")),
}
