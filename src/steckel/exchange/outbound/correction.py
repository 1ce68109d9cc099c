"""Corrections of patients: ADT^A08 or A31, A40, A37."""

from steckel.exchange.outbound.envelope import Envelope
from steckel.exchange.outbound.facts import Occasion, Person
from steckel.exchange.outbound.patient import add_merged, add_visit
from steckel.hl7.write import Builder


def write_update(envelope: Envelope, occasion: Occasion) -> bytes:
    """Return ADT^A08, or A31: what is known of a patient."""
    event = envelope.subscription.patient_message
    # A31 shares the structure of A05 from 2.4 on, and that of A01 before.
    is_old = envelope.version() == "2.3.1"
    structure = "ADT_A05" if event == "A31" and not is_old else "ADT_A01"
    builder = _open(envelope, occasion, event, structure)
    return add_visit(envelope.patient(builder, occasion.person)).build()


def write_merge(envelope: Envelope, occasion: Occasion, prior: Person) -> bytes:
    """Return ADT^A40: `prior` is the person of the occasion."""
    builder = _open(envelope, occasion, "A40", "ADT_A39")
    return add_merged(envelope.patient(builder, occasion.person), prior).build()


def write_unlink(envelope: Envelope, occasion: Occasion, prior: Person) -> bytes:
    """Return ADT^A37: `prior` is somebody else after all (HL7 v2.5.1 3.3.37)."""
    builder = _open(envelope, occasion, "A37", "ADT_A37")
    return envelope.patient(envelope.patient(builder, occasion.person), prior).build()


def _open(envelope: Envelope, occasion: Occasion, event: str, structure: str) -> Builder:
    builder = envelope.open("ADT", event, structure)
    return builder.segment("EVN", {1: event, 2: envelope.time(occasion.at)})
