"""One thing that happened: who did what to whom, when, and how it ended.

The rule: an event is about one patient and one study at most (PS3.15 A.5.3.6 and A.5.3.7), so
that who saw a patient is one question. What concerns several becomes several events.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from steckel.audit.kinds import Action, Kind, Outcome


class Part(StrEnum):
    """What a participant is in the event."""

    REQUESTOR = "requestor"  #: who wanted it
    SOURCE = "source"  #: where data came from
    DESTINATION = "destination"  #: where they went
    APPLICATION = "application"  #: the process of ours that did it


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A person, a program or a machine that took part."""

    name: str  #: account, AE title, or name of a process
    part: Part = Part.REQUESTOR
    address: str = ""  #: IP address or host name
    alternative: str = ""  #: another name: process, session
    display: str = ""  #: name for people
    via: str = ""  #: how it showed who it is: session, token, basic, dicom, hl7, command
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """Whose data they were."""

    identity: str  #: `index.model.patient_identity`
    id: str = ""
    issuer: str = ""
    name: str = ""  #: as DICOM spells it (PN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """What was sent, seen or changed."""

    uid: str
    accession: str = ""
    classes: tuple[tuple[str, int], ...] = ()  #: SOP Class UIDs and how many instances of each


class ThingKind(StrEnum):
    """What an object is that is neither patient nor study."""

    ACCOUNT = "account"
    ROLE = "role"
    TOKEN = "token"  # noqa: S105 - a word, no secret
    NODE = "node"  #: an application entity, or a host
    ORDER = "order"
    REPORT = "report"
    MESSAGE = "message"
    ENTRY = "entry"  #: of the quarantine, of conflicts, of mismatches
    SETTING = "setting"
    LOG = "log"
    LINK = "link"  #: a share
    ADDRESS = "address"  #: the path of a request


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """An object that took part."""

    id: str
    kind: ThingKind
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What was asked for, as it came."""

    text: bytes
    about: str = ""  #: SOP Class UID of the information model, or the path of a request


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened."""

    kind: Kind
    at: int  #: milliseconds since 1970
    action: Action = Action.EXECUTE
    outcome: Outcome = Outcome.SUCCESS
    reason: str = ""  #: why it failed, or why it was done
    actors: tuple[Actor, ...] = ()
    patient: Patient | None = None
    study: Study | None = None
    query: Query | None = None
    things: tuple[Thing, ...] = ()
    details: Mapping[str, str] | None = None

    @property
    def requestor(self) -> Actor | None:
        """Who wanted it."""
        return next((one for one in self.actors if one.part is Part.REQUESTOR), None)

    @property
    def account(self) -> str:
        """Who wanted it, by name; of a machine that sends, its own."""
        return (self.requestor or next(iter(self.actors), Actor(name=""))).name

    @property
    def address(self) -> str:
        """From where."""
        return (self.requestor or next(iter(self.actors), Actor(name=""))).address


def now() -> int:
    """Return the time as events have it: milliseconds since 1970."""
    return int(time.time() * 1000)
