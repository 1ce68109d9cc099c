"""Destinations and deliveries in the shapes of the JSON API."""

from steckel.exchange.outbound.model import Delivery, Destination, QueueLength
from steckel.exchange.outbound.subscriptions import options_of
from steckel.web import destination_shapes as shapes
from steckel.web.answers import moment


def spell_destination(destination: Destination, length: QueueLength) -> shapes.Destination:
    """Spell a destination and its queue."""
    return {
        "name": destination.name,
        "host": destination.address.host,
        "port": destination.address.port,
        "tls": destination.address.tls,
        "options": options_of(destination.subscription),
        "paused": destination.is_paused,
        "failing_since": _moment(destination.failing_since),
        "problem": destination.problem,
        "waiting": length.waiting,
        "parked": length.parked,
        "changed": moment(destination.changed),
        "changed_by": destination.by,
    }


def spell_delivery(row: Delivery) -> shapes.Delivery:
    """Spell a delivery of a list."""
    return {
        "id": row.pk,
        "destination": row.destination,
        "type": row.type,
        "control_id": row.control_id,
        "patient_id": row.patient_id,
        "accession": row.accession,
        "state": row.state.value,
        "attempts": row.attempts,
        "next_attempt": _moment(row.next_attempt),
        "created": moment(row.created),
        "sent": _moment(row.sent),
        "reason": row.reason,
        "size": row.size,
    }


def _moment(milliseconds: int) -> str | None:
    return moment(milliseconds) if milliseconds else None
