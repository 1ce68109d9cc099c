"""Reports as documents: MDM^T02 new, T10 in the place of another, T04 status, T11 taken back."""

from collections.abc import Mapping
from typing import Final

from steckel.exchange.outbound.elements import clinician, number
from steckel.exchange.outbound.envelope import Envelope
from steckel.exchange.outbound.facts import Occasion, Order, Report
from steckel.exchange.outbound.patient import add_visit
from steckel.exchange.outbound.report import add_observations, has_content
from steckel.hl7.write import Content
from steckel.ris.model import ReportStatus

#: Document completion status (TXA-17, table 0271).
_COMPLETION: Final[Mapping[ReportStatus, str]] = {
    ReportStatus.REGISTERED: "IP",
    ReportStatus.PRELIMINARY: "PA",
    ReportStatus.FINAL: "AU",
    ReportStatus.AMENDED: "AU",
    ReportStatus.CORRECTED: "AU",
    ReportStatus.CANCELLED: "AU",
    ReportStatus.ERROR: "AU",
}
#: Document availability status (TXA-19, table 0273).
_AVAILABILITY: Final[Mapping[ReportStatus, str]] = {
    ReportStatus.CANCELLED: "CA",
    ReportStatus.ERROR: "OB",
}
_TAKEN_BACK: Final = (ReportStatus.CANCELLED, ReportStatus.ERROR)


def write_document(envelope: Envelope, occasion: Occasion, report: Report) -> bytes:
    """Return the message that brings a report as a document, or takes it back."""
    event = _event(report, has_observations=_has_observations(occasion, report))
    builder = envelope.open("MDM", event, "MDM_T01" if event == "T11" else "MDM_T02")
    builder.segment("EVN", {1: event, 2: envelope.time(report.at)})
    add_visit(envelope.patient(builder, occasion.person))
    builder.segment("TXA", _header(envelope, occasion, report, event))
    if event != "T11":
        # What is taken back is deleted (OBX-11 D, as CI-SIS has it).
        status = "D" if event == "T04" else ""
        add_observations(builder, occasion, report, envelope.subscription, status=status)
    return builder.build()


def _event(report: Report, *, has_observations: bool) -> str:
    if report.status in _TAKEN_BACK:
        return "T04" if has_observations else "T11"
    return "T02" if report.number == 1 else "T10"


def _has_observations(occasion: Occasion, report: Report) -> bool:
    return bool(occasion.study_uid) or has_content(report)


def _header(
    envelope: Envelope, occasion: Occasion, report: Report, event: str
) -> dict[int, Content]:
    """Return TXA. What takes a document back or replaces it names the one before as its parent."""
    order = occasion.order or Order()
    takes_back = event in ("T04", "T11")
    this = max(1, report.number - 1) if takes_back else report.number
    has_parent = event == "T10"
    return {
        1: "1",
        2: "DI",
        3: "TX" if report.text and not report.body else "AP",
        4: envelope.time(report.at),
        9: clinician(report.author),
        12: _name(report, this),
        13: _name(report, report.number - 1) if has_parent else "",
        14: number(report.placer or order.placer, order.json, "00400026"),
        15: number(report.filler or order.filler, order.json, "00400027"),
        17: _COMPLETION[report.status],
        19: _AVAILABILITY.get(report.status, "AV"),
    }


def _name(report: Report, count: int) -> str:
    return f"{report.id}.{count}"
