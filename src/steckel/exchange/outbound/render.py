"""From an event to the message that a destination gets about it, or none.

The rule: strict. A message is valid in the version that it claims to be of, or it is not made.
"""

from dataclasses import dataclass, replace

from steckel.errors import NotEncodable
from steckel.exchange.outbound.correction import write_merge, write_unlink, write_update
from steckel.exchange.outbound.document import write_document
from steckel.exchange.outbound.envelope import Envelope, Stamp
from steckel.exchange.outbound.facts import Occasion
from steckel.exchange.outbound.order import write_order
from steckel.exchange.outbound.report import write_report
from steckel.exchange.outbound.study import write_study
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.hl7.message import Message
from steckel.ris.model import EventKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A message; with a `problem` it is not sent before a person has seen it."""

    type: str  #: ``ORU^R01``
    control_id: str
    raw: bytes
    patient_id: str
    accession: str
    problem: str = ""


def is_wanted(occasion: Occasion, subscription: Subscription) -> bool:
    """Whether a destination wants to hear of an event."""
    if occasion.kind not in subscription.events or occasion.source in subscription.not_from:
        return False
    if subscription.issuers and occasion.person.issuer not in subscription.issuers:
        return False
    if not _has_wanted_status(occasion, subscription):
        return False
    found = _modalities(occasion)
    return not subscription.modalities or not found or bool(found & {*subscription.modalities})


def render(occasion: Occasion, subscription: Subscription, stamp: Stamp) -> Rendered | None:
    """Return what a destination gets about an event; `None` where it has no message.

    What the character set of the destination cannot spell is written in UTF-8, and waits for a
    person.
    """
    problem = ""
    try:
        raw = _write(occasion, Envelope(subscription=subscription, stamp=stamp))
    except NotEncodable as error:
        problem = f"{error}: sent again, it leaves in UTF-8"
        other = replace(subscription, charset="UNICODE UTF-8")
        raw = _write(occasion, Envelope(subscription=other, stamp=stamp))
    if raw is None:
        return None
    return Rendered(
        type=Message.parse(raw).type,
        control_id=stamp.control_id,
        raw=raw,
        patient_id=occasion.person.patient_id,
        accession=occasion.accession,
        problem=problem,
    )


def _write(occasion: Occasion, envelope: Envelope) -> bytes | None:
    match occasion:
        case Occasion(kind=EventKind.ORDER_STATUS | EventKind.ORDER_PLACED, order=order) if order:
            return write_order(envelope, occasion, order)
        case Occasion(kind=EventKind.REPORT, report=report) if report:
            as_document = envelope.subscription.report_message == "MDM"
            return (write_document if as_document else write_report)(envelope, occasion, report)
        case Occasion(kind=EventKind.STUDY_AVAILABLE, study=study) if study:
            return write_study(envelope, occasion, study)
        case Occasion(kind=EventKind.PATIENT_CHANGED):
            return write_update(envelope, occasion)
        case Occasion(kind=EventKind.PATIENT_MERGED, prior=prior) if prior:
            return write_merge(envelope, occasion, prior)
        case Occasion(kind=EventKind.PATIENT_UNMERGED, prior=prior) if prior:
            return write_unlink(envelope, occasion, prior)
        case _:
            return None


_ABOUT_ORDERS = (EventKind.ORDER_PLACED, EventKind.ORDER_STATUS)


def _has_wanted_status(occasion: Occasion, subscription: Subscription) -> bool:
    if occasion.report:
        return occasion.report.status in subscription.report_statuses
    if occasion.order and occasion.kind in _ABOUT_ORDERS:
        return occasion.order.status in subscription.order_statuses
    return True


def _modalities(occasion: Occasion) -> set[str]:
    found = set(occasion.study.modalities) if occasion.study else set()
    return found | ({occasion.order.modality} if occasion.order else set()) - {""}
