"""How the messages of one source are read, as data.

What is not said in a profile is as in the built-in one. A profile is a document, not code:
`profile_document` reads it, `profiles` keeps its versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final
from zoneinfo import ZoneInfo

from steckel.exchange.inbound.tables import FIELDS, TABLES

#: What a message is read as that does not say it.
DEFAULT_CHARSET: Final = "utf-8"


class TooLong(StrEnum):
    """What becomes of an identifier that is longer than DICOM allows."""

    REJECT = "reject"
    MAP = "map"  #: a short one takes its place, the same for the same identifier
    #: so for procedures and steps; an accession number, which people read and type, is refused
    MAP_STEPS = "map-steps"


class StudyUidPolicy(StrEnum):
    """Where a Study Instance UID comes from that an order does not say."""

    REJECT = "reject"
    DERIVE = "derive"  #: from the accession number: procedures that share it share a study
    GENERATE = "generate"  #: one for each requested procedure


class OrderIdentity(StrEnum):
    """What a source identifies a requested procedure by, in all that it says of it."""

    ORDER = "order"  #: the order number; the procedure too where a message has several of one
    PROCEDURE = "procedure"  #: the order number and the Requested Procedure ID, always


class AfterError(StrEnum):
    """What becomes of later messages of a patient, one of whose messages waits as an error."""

    PASS = "pass"  # noqa: S105
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True, slots=True)
class StationRule:
    """Application entities of steps that name none: by modality and location, both patterns."""

    titles: tuple[str, ...]
    modality: str = "*"
    location: str = "*"

    def fits(self, modality: str, location: str) -> bool:
        """Whether a step is meant."""
        return fnmatchcase(modality, self.modality) and fnmatchcase(location, self.location)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Acknowledgement codes for what is not plainly accepted (table 0008)."""

    fault: str = "AE"  #: it can be read, and misses what it needs
    unknown_type: str = "AR"
    unknown_event: str = "AA"  #: a trigger event that is of no use here
    processing_id: str = "AR"  #: not for production


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """How the messages of one source are read."""

    name: str
    version: int = 0
    senders: tuple[str, ...] = ("*",)  #: patterns of ``APP^FACILITY``
    charset: str = DEFAULT_CHARSET  #: of messages that declare none
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("UTC"))
    processing_ids: tuple[str, ...] = ("P",)  #: of MSH-11 that are taken
    authorities: tuple[str, ...] = ()  #: of the Patient ID, the preferred one first
    issuer: str = ""  #: of a Patient ID that comes without
    snapshot: bool = False  #: an empty field of an ADT message says that there is no value
    too_long: TooLong = TooLong.MAP_STEPS
    study_uid: StudyUidPolicy = StudyUidPolicy.DERIVE
    order_identity: OrderIdentity = OrderIdentity.ORDER
    after_error: AfterError = AfterError.PASS
    stations: tuple[StationRule, ...] = ()
    answers: Answers = field(default_factory=Answers)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: TABLES)
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)

    def is_for(self, source: str) -> bool:
        """Whether it is for messages of ``APP^FACILITY``."""
        return any(fnmatchcase(source, pattern) for pattern in self.senders)

    def code(self, table: str, value: str) -> str | None:
        """Return what a code of a source stands for; None where the table does not have it."""
        return self.tables[table].get(value.strip().upper())
