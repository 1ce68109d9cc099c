"""Messages as lines of text, and what is made of them."""

import hashlib
from typing import Any

from steckel.exchange.inbound.reading import Reading
from steckel.exchange.inbound.translation import Translation, translate
from steckel.exchange.profile import Profile
from steckel.hl7.message import Message
from steckel.ris.model import OrderStatement, PatientStatement

PROFILE = Profile(name="test")
#: 2026-03-02 12:00 UTC, after everything that the messages here say.
RECEIVED = 1_772_452_800_000
PID = "PID|||4711^^^HOSP&1.2.3&ISO^PI||DUPRÉ^ÉLODIE^ANNE^^MME^^L||19800229|F"

PV1_FULL = (
    "PV1||O|RADIO^B12^1||||10003^LEROY^JEAN|10004^MARTIN^PAUL^^^DR" + "|" * 11 + "V100^^^HOSP"
)


def message(kind: str, *lines: str, sent: str = "20260301101500", control: str = "42") -> bytes:
    head = f"MSH|^~\\&|RIS|HOSP|PACS|HOSP|{sent}||{kind}|{control}|P|2.5.1||||||UNICODE UTF-8"
    return "\r".join((head, *lines, "")).encode()


def reading(raw: bytes, profile: Profile = PROFILE, received: int = RECEIVED) -> Reading:
    return Reading(
        message=Message.parse(raw),
        profile=profile,
        received=received,
        digest=hashlib.sha256(raw).hexdigest(),
    )


def said(raw: bytes, profile: Profile = PROFILE) -> Translation:
    return translate(reading(raw, profile))


def the(found: Translation, kind: type[Any]) -> Any:
    """Return the first statement of a kind."""
    return next(one for one in found.statements if isinstance(one, kind))


def patient_of(*lines: str, kind: str = "ADT^A08", profile: Profile = PROFILE) -> PatientStatement:
    statement = the(said(message(kind, *lines), profile), PatientStatement)
    assert isinstance(statement, PatientStatement)
    return statement


def orders_of(found: Translation) -> list[OrderStatement]:
    """Return what is said of orders, without what is made up."""
    return [o for o in found.statements if isinstance(o, OrderStatement) and o.moment.at]


def made_up(found: Translation) -> list[OrderStatement]:
    return [o for o in found.statements if isinstance(o, OrderStatement) and not o.moment.at]


def value(values: Any, tag: str) -> Any:
    """Return the first value of an element; None where it says that there is none."""
    found = values[tag].get("Value")
    return found[0] if found else None
