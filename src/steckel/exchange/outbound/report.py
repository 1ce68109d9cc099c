"""Reports as ORU^R01 (IHE RAD-28, RAD-128)."""

import base64
from collections.abc import Iterator, Mapping
from typing import Final

from steckel.exchange.outbound.elements import number, reader
from steckel.exchange.outbound.envelope import Envelope
from steckel.exchange.outbound.facts import Occasion, Order, Report
from steckel.exchange.outbound.order import request_fields, study_observation
from steckel.exchange.outbound.subscriptions import STUDY, Subscription
from steckel.hl7.write import Builder, Content, Repetition
from steckel.ris.model import ReportStatus

#: Result status (OBR-25, table 0123).
RESULT: Final[Mapping[ReportStatus, str]] = {
    ReportStatus.REGISTERED: "I",
    ReportStatus.PRELIMINARY: "P",
    ReportStatus.FINAL: "F",
    ReportStatus.AMENDED: "C",
    ReportStatus.CORRECTED: "C",
    ReportStatus.CANCELLED: "X",
    ReportStatus.ERROR: "X",
}
#: Observation result status (OBX-11, table 0085), where it is another.
_OBSERVED: Final[Mapping[ReportStatus, str]] = {ReportStatus.ERROR: "W"}
_REPORT: Final[Repetition] = ("18748-4", "Diagnostic imaging report", "LN")
_VIEWER: Final[Repetition] = ("VIEWER", "Image viewer", "99STECKEL")
#: Documents by their type: components 2 and 3 of ED.
_DOCUMENTS: Final = {"application/pdf": ("Application", "PDF"), "text/xml": ("TEXT", "XML")}


def write_report(envelope: Envelope, occasion: Occasion, report: Report) -> bytes:
    """Return the message that brings a report."""
    builder = envelope.open("ORU", "R01", "ORU_R01")
    envelope.patient(builder, occasion.person)
    order = occasion.order or Order()
    placer, filler = _numbers(report, order)
    builder.segment("ORC", {1: "RE", 2: placer, 3: filler, 5: "CM"})
    title: Repetition = ("", report.title) if report.title else _REPORT
    builder.segment(
        "OBR",
        request_fields(order)
        | {
            2: placer,
            3: filler,
            4: title,
            18: report.accession or order.accession,
            22: envelope.time(report.at),
            25: RESULT[report.status],
            32: reader(report.author),
        },
    )
    add_observations(builder, occasion, report, envelope.subscription)
    return builder.build()


def add_observations(
    builder: Builder,
    occasion: Occasion,
    report: Report,
    subscription: Subscription,
    *,
    status: str = "",
) -> None:
    """Add the OBX of a report: study, text, document, viewer; `status` in OBX-11 if given."""
    status = status or _OBSERVED.get(report.status, RESULT[report.status])
    observations = _observations(occasion.study_uid, report, subscription)
    for count, fields in enumerate(observations, 1):
        builder.segment("OBX", {**fields, 1: str(count), 4: "1", 11: status})


def has_content(report: Report) -> bool:
    """Whether there is anything to read."""
    return bool(report.text or _document(report))


def _observations(
    study_uid: str, report: Report, subscription: Subscription
) -> Iterator[dict[int, Content]]:
    if study_uid:
        yield study_observation("", study_uid, "")
    wanted = subscription.report_format
    document = _document(report) if wanted != "text" or not report.text else None
    if report.text and (wanted != "document" or document is None):
        yield from _text(report.text, subscription.text_lines)
    if document is not None:
        kind, subtype = document
        data = base64.b64encode(report.body).decode()
        yield {2: "ED", 3: _REPORT, 5: ("", kind, subtype, "Base64", data)}
    link = _viewer(study_uid, subscription)
    if link:
        yield link


def add_viewer(
    builder: Builder, study_uid: str, subscription: Subscription, place: tuple[str, str]
) -> Builder:
    """Add the OBX that leads to the images, where a viewer is known; `place`: OBX-1 and OBX-11."""
    link = _viewer(study_uid, subscription)
    return builder.segment("OBX", {**link, 1: place[0], 4: "1", 11: place[1]}) if link else builder


def _viewer(study_uid: str, subscription: Subscription) -> dict[int, Content]:
    if not study_uid or not subscription.viewer_url:
        return {}
    link = subscription.viewer_url.replace(STUDY, study_uid)
    return {2: "RP", 3: _VIEWER, 5: (link, "Steckel", "TEXT", "HTML")}


def _text(text: str, lines: str) -> Iterator[dict[int, Content]]:
    """Yield the text: each line a repetition (HL7 v2.5.1 2.A.76), or an OBX of its own."""
    parts: list[Repetition] = [*text.splitlines()]
    if lines == "repetitions":
        yield {2: "TX", 3: _REPORT, 5: parts}
        return
    for part in parts:
        yield {2: "TX", 3: _REPORT, 5: part}


def _document(report: Report) -> tuple[str, str] | None:
    return _DOCUMENTS.get(report.media_type) if report.body else None


def _numbers(report: Report, order: Order) -> tuple[Repetition, Repetition]:
    """Return placer and filler number; where there is no filler number, something unique."""
    placer = number(report.placer or order.placer, order.json, "00400026")
    filler = number(report.filler or order.filler, order.json, "00400027")
    return placer, filler or report.accession or order.accession or report.id
