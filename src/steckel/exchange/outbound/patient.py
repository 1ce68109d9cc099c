"""Segments about a patient: PID, PV1, MRG."""

import re
from typing import Any, Final

from steckel.exchange.outbound.elements import first, hierarchic, names, said, values
from steckel.exchange.outbound.facts import Person
from steckel.hl7.message import NULL
from steckel.hl7.write import Builder, Content, Repetition

#: A name that nobody knows: the field is required, its type says that it is none.
_UNKNOWN: Final[Repetition] = ("", "", "", "", "", "", "U")
#: The French national identifier, which only leaves when it is qualified (INS, PID-32).
_INS: Final = ("ASIP-SANTE-INS", "1.2.250.1.213.1.4.")
_QUALIFIED: Final = "VALI"
#: A telephone number in the format of TN (HL7 v2.5.1 2.A.82), which XTN-1 takes.
_TELEPHONE: Final = re.compile(r"([0-9]{2} )?(\([0-9]+\))?[0-9]+-?[0-9]+(X[0-9]+)?\Z")


def add_patient(builder: Builder, person: Person, version: str) -> Builder:
    """Add a PID, as a version of HL7 has it."""
    json = person.json
    fields: dict[int, Content] = {
        3: identifiers(person),
        5: names(json, "00100010") or [_UNKNOWN],
        6: names(json, "00101060")[:1],
        7: said(json, "00100030"),
        8: _sex(person),
        13: [_phone(str(one)) for one in values(json, "00102154")] or said(json, "00102154"),
    }
    address = said(json, "00101040")
    fields[11] = address if address == NULL else (address,)
    if person.identity_state and version != "2.3.1":
        fields[32] = person.identity_state
    return builder.segment("PID", fields)


def add_visit(builder: Builder) -> Builder:
    """Add a PV1 that says of no visit but that it is not the matter (PV1-2 of table 0004)."""
    return builder.segment("PV1", {2: "N"})


def add_merged(builder: Builder, prior: Person) -> Builder:
    """Add an MRG: who is no patient any more."""
    return builder.segment("MRG", {1: identifiers(prior)[:1], 7: names(prior.json, "00100010")[:1]})


def identifiers(person: Person) -> list[Repetition]:
    """Return PID-3: the Patient ID first, then the others that may leave."""
    own: Repetition = (
        person.patient_id, "", "",
        hierarchic(person.issuer, values(person.json, "00100024")), _type_of(person, "PI"),
    )  # fmt: skip
    others = [
        repetition
        for item in values(person.json, "00101002")
        if (repetition := _other(person, item)) is not None
    ]
    return [own, *others]


def _other(person: Person, item: Any) -> Repetition | None:
    value, issuer = first(item, "00100020"), first(item, "00100021")
    qualifiers = values(item, "00100024")
    authority = hierarchic(issuer, qualifiers)
    if not value or (person.identity_state != _QUALIFIED and _is_national(authority)):
        return None
    return (value, "", "", authority, person.types.get((issuer, value), ""))


def _is_national(authority: Any) -> bool:
    parts = (authority,) if isinstance(authority, str) else authority
    return any(part.startswith(_INS) for part in parts)


def _type_of(person: Person, otherwise: str) -> str:
    return person.types.get((person.issuer, person.patient_id), "") or otherwise


def _phone(number: str) -> Repetition:
    """Return a number as XTN; what is not in its format is text (XTN-9)."""
    return number if _TELEPHONE.match(number) else ("",) * 8 + (number,)


def _sex(person: Person) -> str:
    sex = first(person.json, "00100040")
    if sex in ("M", "F", "O"):
        return sex
    return "U" if "00100040" in person.json else ""
