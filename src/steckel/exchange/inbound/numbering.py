"""Identifiers that DICOM limits, and those that an order does not say.

The rule: whatever is made up is made up from what identifies the order, so that it is the
same again for the same message, on every machine. An identifier is never cut.
"""

import base64
import hashlib
from typing import Final

from steckel.dicom.uids import is_valid_uid
from steckel.exchange.inbound.elements import Attributes, clean
from steckel.exchange.inbound.people import Number
from steckel.exchange.inbound.reading import Group, Reading, fault, is_said
from steckel.exchange.profile import StudyUidPolicy, TooLong
from steckel.hl7.acknowledge import FaultCode
from steckel.ris.study_uids import study_uid_of_accession, study_uid_of_order

#: Characters of an accession number, a Requested Procedure ID, a Scheduled Procedure Step ID (SH).
LIMIT: Final = 16


def limited(attributes: Attributes, value: str, place: str, name: str) -> str:
    """Return an identifier that fits SH.

    A longer one is refused, or with the profile's leave a short one takes its place; the
    long one is then kept under `name`.

    Raises
    ------
    MessageFault
        It is too long and the profile maps none.
    """
    text = clean(value, "SH")
    if not is_said(text):
        return ""
    if len(text) <= LIMIT:
        return text
    policy = attributes.reading.profile.too_long
    if policy is TooLong.REJECT or (policy is TooLong.MAP_STEPS and name == "accession"):
        raise fault(
            FaultCode.DATA_TYPE_ERROR, place, f"longer than the {LIMIT} characters of DICOM"
        )
    attributes.own(f"{name}_as_sent", text)
    attributes.reading.warn(f"{place} is longer than {LIMIT} characters: a short one stands for it")
    return short(text)


def short(value: str) -> str:
    """Return an identifier of 16 characters for a long one: 80 bits of its SHA-256, base 32."""
    return base64.b32encode(hashlib.sha256(value.encode()).digest()[:10]).decode()


def said_study_uid(reading: Reading, group: Group) -> str:
    """Return the Study Instance UID that an order says; empty when it says none that is one."""
    found, place, _ = group.find(reading.profile.fields["study-uid"])
    value = found.value(1).strip() if found is not None else ""
    if not is_said(value):
        value, place = _observed_uid(group), "OBX-5"
    if value and not is_valid_uid(value):
        reading.warn(f"{place} is no UID: left out")
        return ""
    return value


def default_study_uid(reading: Reading, accession: Number, order_key: str) -> str:
    """Return the Study Instance UID of an order that says none.

    Raises
    ------
    MessageFault
        The profile wants one to be said.
    """
    policy = reading.profile.study_uid
    if policy is StudyUidPolicy.REJECT:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "IPC-3", "no Study Instance UID")
    if policy is StudyUidPolicy.DERIVE and accession.value:
        return study_uid_of_accession(accession.authority.name, accession.value)
    return study_uid_of_order(order_key)


def _observed_uid(group: Group) -> str:
    """Return the Study Instance UID of an observation 110180 (DCM)."""
    for segment in group.all("OBX"):
        if segment.value(3).strip() == "110180":
            return segment.value(5).strip()
    return ""
