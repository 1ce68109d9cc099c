"""What an invocation of the image display asks for (IHE RAD TF-2 4.106.4.1).

Pure: the query of an address in, a frozen request out. Its rule: what is missing, twice or
contradictory is refused, for a wrong patient on the screen is worse than none; what the
transaction does not know is passed over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from steckel.dicom.uids import is_tolerable_uid
from steckel.errors import InvalidQuery

#: Values that a list may have.
MOST_VALUES = 50
_LONGEST = 256
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.\d+)?)?)?)?"
    r"(?:Z|[+ -]\d\d:?\d\d)?",
    re.ASCII,
)
#: The ampersands of a CX, where who wrote the address forgot to escape them.
_BARE_AUTHORITY = re.compile(
    r"((?:\A|&)patientID=[^&]*(?:\^|%5E)[^&]*)&([0-9.]+)&ISO(?=&|\^|%5E|\Z)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class StudyInvocation:
    """Studies by their UIDs, by their accession numbers, or by both, which then have to agree."""

    study_uids: tuple[str, ...] = ()
    accession_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PatientInvocation:
    """A patient, and which of the studies; an empty criterion matches all."""

    patient_id: str
    authorities: tuple[str, ...] = ()  #: names of who issued it: namespace, OID
    name: str = ""
    birth_date: str = ""  #: YYYYMMDD
    lower: str = ""  #: YYYYMMDDhhmmss, inclusive
    upper: str = ""
    modalities: tuple[str, ...] = ()  #: any of them
    most_recent: int = 0  #: how many; 0: all

    @property
    def is_restricted(self) -> bool:
        """Whether only some of the studies are asked for."""
        return bool(self.lower or self.upper or self.modalities or self.most_recent)


Invocation = StudyInvocation | PatientInvocation


def read_invocation(query: str) -> Invocation:
    """Return what the query of an address asks for.

    Raises
    ------
    InvalidQuery
        A parameter is missing, has a value that it cannot have, or contradicts another.
    """
    bare = _BARE_AUTHORITY.sub(r"\1%26\2%26ISO", query)
    try:
        parameters = _Parameters(parse_qsl(bare, keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise InvalidQuery("the address has too many parameters") from error
    match parameters.one("requestType").upper():
        case "STUDY":
            return _of_studies(parameters)
        case "PATIENT":
            return _of_patient(parameters)
        case "":
            raise InvalidQuery("requestType is missing: it is STUDY or PATIENT")
        case _:
            raise InvalidQuery("requestType is neither STUDY nor PATIENT")


def first_second(moment: str) -> str:
    """Return the first second of a time that is known as exactly as its digits say."""
    return moment.ljust(14, "0")


def last_second(moment: str) -> str:
    """Return the last second of such a time."""
    return moment + "00000000235959"[len(moment) :]


class _Parameters:
    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def one(self, name: str) -> str:
        found = {value.strip() for key, value in self._pairs if key == name} - {""}
        if len(found) > 1:
            raise InvalidQuery(f"{name} is given twice, with different values")
        value = found.pop() if found else ""
        if len(value) > _LONGEST:
            raise InvalidQuery(f"{name} is too long")
        return value

    def many(self, name: str) -> tuple[str, ...]:
        lists = (value.split(",") for key, value in self._pairs if key == name)
        values = dict.fromkeys(value.strip() for one in lists for value in one)
        found = tuple(value for value in values if value)
        if len(found) > MOST_VALUES or any(len(value) > _LONGEST for value in found):
            raise InvalidQuery(f"{name} is too long")
        return found


def _of_studies(parameters: _Parameters) -> StudyInvocation:
    uids = parameters.many("studyUID")
    numbers = parameters.many("accessionNumber")
    if not uids and not numbers:
        raise InvalidQuery("a request for a study needs studyUID or accessionNumber")
    if not all(is_tolerable_uid(uid) for uid in uids):
        raise InvalidQuery("studyUID holds what is no UID")
    return StudyInvocation(study_uids=uids, accession_numbers=numbers)


def _of_patient(parameters: _Parameters) -> PatientInvocation:
    patient_id, authorities = _identifier(parameters.one("patientID"))
    lower = _moment(parameters, "lowerDateTime")
    lower = lower and first_second(lower)
    upper = _moment(parameters, "upperDateTime")
    upper = upper and last_second(upper)
    if lower and upper and lower > upper:
        raise InvalidQuery("lowerDateTime is after upperDateTime")
    return PatientInvocation(
        patient_id=patient_id,
        authorities=authorities,
        name=parameters.one("patientName"),
        birth_date=_moment(parameters, "patientBirthDate")[:8],
        lower=lower,
        upper=upper,
        modalities=tuple(value.upper() for value in parameters.many("modalitiesInStudy")),
        most_recent=_number(parameters, "mostRecentResults"),
    )


def _identifier(value: str) -> tuple[str, tuple[str, ...]]:
    """Return identifier and names of its authority, of a CX or a bare identifier (HL7 2.A.14)."""
    identifier, *components = value.split("^")
    if not identifier.strip():
        raise InvalidQuery("a request for a patient needs patientID")
    authority = components[2] if len(components) > 2 else ""
    namespace, universal = (*authority.split("&"), "")[:2]
    names = tuple(dict.fromkeys(name.strip() for name in (namespace, universal)))
    return identifier.strip(), tuple(name for name in names if name)


def _moment(parameters: _Parameters, name: str) -> str:
    """Return a date and time as digits, as exactly as it was given; offsets do not count."""
    value = parameters.one(name)
    if not value:
        return ""
    match = _DATE_TIME.fullmatch(value)
    parts = [part for part in match.groups() if part] if match else []
    try:
        datetime(*map(int, parts))  # type: ignore[arg-type]  # noqa: DTZ001  only whether it is one
    except (TypeError, ValueError) as error:
        raise InvalidQuery(f"{name} is no date or time") from error
    return "".join(parts)


def _number(parameters: _Parameters, name: str) -> int:
    value = parameters.one(name) or "0"
    if not _NUMBER.fullmatch(value):
        raise InvalidQuery(f"{name} is no number")
    return int(value)
