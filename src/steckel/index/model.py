"""What the index is told of an instance, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from steckel.archive.location import Location


def patient_identity(issuer: str, patient_id: str, study_uid: str) -> str:
    """Return what makes a patient one: issuer and identifier.

    Without an identifier nothing is known to be of the same patient but what
    is in the same study.
    """
    if not patient_id:
        return f"study\x1f{study_uid}"
    return f"id\x1f{issuer}\x1f{patient_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesFacts:
    """The rows that a new series brings: column names to values, JSON included."""

    patient: dict[str, Any]
    study: dict[str, Any]
    series: dict[str, Any]
    modality: str
    body_part: str


class InstanceEntry(NamedTuple):
    """One instance to index."""

    study_uid: str
    series_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    identity: str  #: `patient_identity`
    number: int | None
    transfer_syntax: str
    location: Location
    dataset_offset: int
    digest: bytes
    frames: bytes | None
    json: str
    received: int  #: milliseconds since 1970
    describe: Callable[[], SeriesFacts]  #: called only when the series is new


@dataclass(frozen=True, slots=True)
class Known:
    """What the index has under a SOP Instance UID."""

    study_uid: str
    series_uid: str
    digest: bytes
    length: int
    location: Location
    dataset_offset: int
