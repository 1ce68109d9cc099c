"""What passes between the store of messages, its dispatcher, and who understands them.

The rule: a reason and a location are for logs and for a person at a screen; neither
ever says anything of a patient.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from steckel.errors import InputError
from steckel.hl7.acknowledge import Code, Fault
from steckel.hl7.message import Message


class State(StrEnum):
    """What became of a message."""

    RECEIVED = "received"  #: on stable storage, nothing made of it yet
    PROCESSED = "processed"
    WARNING = "warning"  #: processed, and a person should read the reason
    ERROR = "error"  #: nothing was made of it; it stays until it is replayed with success
    IGNORED = "ignored"  #: of no use here


class Door(StrEnum):
    """How a message came."""

    MLLP = "mllp"
    MLLP_TLS = "mllp-tls"
    HTTP = "http"
    RIS = "ris"  #: said by our own screens


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Who brought a message, and how."""

    door: Door
    address: str = ""
    certificate: str = ""  #: subject of the one that was shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A message as it is kept."""

    pk: int
    source: str  #: sending application and facility, ``APP^FACILITY``
    door: str
    address: str
    certificate: str
    received: int  #: milliseconds since 1970
    control_id: str
    type: str  #: ``ADT^A40``
    digest: str  #: SHA-256, hexadecimal
    raw: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was made of a message."""

    state: State
    reason: str = ""
    location: str = ""  #: of the fault: a path, ``PID-3``, or as ERR-2 spells it
    patient_id: str = ""
    accession: str = ""


class MessageFault(InputError):
    """A message cannot be mapped: its effects are rolled back, and it waits as an error."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


class Interpreter(Protocol):
    """Understands messages; thread-safe."""

    def check(self, message: Message) -> Fault | None:
        """Return what keeps a message from being taken, before it is acknowledged; cheap."""

    def answer_to(self, message: Message, found: Fault) -> Code:
        """Return the acknowledgement code of the original mode for a fault."""

    def keys(self, message: Message) -> frozenset[str]:
        """Return the identities of the patients that it speaks of (`index.model`).

        Messages that share one are processed in the order of their arrival.
        """

    def waits_after_error(self, message: Message) -> bool:
        """Whether a message waits while an earlier one of its patient waits as an error."""

    def apply(self, connection: Connection, message: Message, received: Received) -> Outcome:
        """Do what a message says, within the transaction of its state.

        Raises
        ------
        MessageFault
            It cannot be mapped.
        StorageFailure
            The database failed; it is tried again.
        """
