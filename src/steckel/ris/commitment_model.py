"""Requests for storage commitment and what is answered (PS3.4 J.3)."""

from dataclasses import dataclass
from typing import Final

from steckel.dicom.json_model import JsonDataset

#: Event Type ID (PS3.4 table J.3-2).
ALL_COMMITTED: Final = 1
SOME_FAILED: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """An instance that somebody wants to be sure of."""

    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CommitmentRequest:
    """One N-ACTION."""

    aet: str  #: who asks, and is to be answered
    transaction_uid: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The right to answer a request: who takes it first has it."""

    key: int
    due: int  #: milliseconds since 1970


@dataclass(frozen=True, kw_only=True, slots=True)
class EventReport:
    """The answer to one request, true at the time of asking."""

    key: int
    transaction_uid: str
    event_type: int
    dataset: JsonDataset
