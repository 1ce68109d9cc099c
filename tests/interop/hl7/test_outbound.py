"""Every message that leaves, judged by hl7apy's strict validation and read by python-hl7."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import hl7
import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import ValidationError
from hl7apy.parser import parse_message
from hl7apy.validation import Validator
from tests.unit.exchange.outbound.occasions import (
    CHANGE,
    MERGE,
    NOBODY,
    ORDER_OCCASION,
    REPORT_OCCASION,
    STUDY_OCCASION,
    UNMERGE,
    with_order,
    with_report,
    written,
)

from steckel.exchange.outbound.facts import Occasion, Order, Study
from steckel.exchange.outbound.subscriptions import VERSIONS
from steckel.hl7.message import Message
from steckel.ris.model import EventKind, OrderStatus, ReportStatus

pytestmark = pytest.mark.interop

BARE = {"person": NOBODY, "order": None}
CASES: dict[str, tuple[Occasion, dict[str, Any], tuple[str, ...]]] = {
    "order as ORM": (ORDER_OCCASION, {"order_message": "ORM"}, VERSIONS),
    "order as OMG": (ORDER_OCCASION, {"order_message": "OMG"}, VERSIONS[1:]),
    "order as ORU": (ORDER_OCCASION, {"order_message": "ORU"}, VERSIONS),
    "bare order": (replace(ORDER_OCCASION, person=NOBODY, order=Order()), {}, VERSIONS),
    "placed order": (replace(ORDER_OCCASION, kind=EventKind.ORDER_PLACED), {}, VERSIONS),
    "report": (REPORT_OCCASION, {"viewer_url": "https://pacs.example/?study={study}"}, VERSIONS),
    "report by line": (with_report(body=b""), {"text_lines": "segments"}, VERSIONS),
    "CDA": (with_report(body=b"<ClinicalDocument/>", media_type="text/xml"), {}, VERSIONS),
    "bare report": (replace(with_report(body=b"", study_uid=""), **BARE), {}, VERSIONS),
    "document": (REPORT_OCCASION, {"report_message": "MDM"}, VERSIONS),
    "replaced document": (with_report(number=2), {"report_message": "MDM"}, VERSIONS),
    "cancelled document": (
        with_report(number=2, status=ReportStatus.CANCELLED), {"report_message": "MDM"}, VERSIONS,
    ),
    "empty document": (
        replace(with_report(status=ReportStatus.ERROR, text="", body=b"", study_uid=""), **BARE),
        {"report_message": "MDM"}, VERSIONS,
    ),
    "study": (STUDY_OCCASION, {"viewer_url": "https://pacs.example/?study={study}"}, VERSIONS),
    "study as ORM": (STUDY_OCCASION, {"study_message": "ORM"}, VERSIONS),
    "study as OMI": (STUDY_OCCASION, {"study_message": "OMI"}, VERSIONS[2:]),
    "bare study": (replace(STUDY_OCCASION, **BARE, study=Study(uid="1.2.3")), {}, VERSIONS),
    "A08": (CHANGE, {}, VERSIONS),
    "A31": (CHANGE, {"patient_message": "A31"}, VERSIONS),
    "nobody": (replace(CHANGE, person=NOBODY), {}, VERSIONS),
    "A40": (MERGE, {}, VERSIONS),
    "A37": (UNMERGE, {}, VERSIONS[1:]),  # the judge has none in 2.3.1
}  # fmt: skip
ALL = [
    pytest.param(occasion, {**options, "version": version}, id=f"{name} {version}")
    for name, (occasion, options, versions) in CASES.items()
    for version in versions
]


#: The judge takes the six ways to describe an order (OBR, RQD, RXO …) for required together.
CHOICE = re.compile(
    r"Missing required child ORM_O01_(CHOICE|OBRRQDRQ1RXOODSODT_SUPPGRP)[.](RQD|RQ1|RXO|ODS|ODT)"
)


def judge(sent: bytes) -> None:
    for message in judgeable(sent):
        judged = parse_message(message.decode(), validation_level=VALIDATION_LEVEL.STRICT)
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder) / "said"
            try:
                is_valid = Validator.validate(judged, report_file=str(said))
            except ValidationError:
                is_valid = False
            errors = [line for line in said.read_text().splitlines() if "Error" in line]
        if message.split(b"|")[8].startswith(b"ORM"):
            assert all(CHOICE.search(error) for error in errors), errors
            assert len(errors) == 5
        else:
            assert is_valid, errors


def judgeable(sent: bytes) -> list[bytes]:
    """Return a message in the parts that the judge can take: it knows no second PID in an A37."""
    lines = sent.split(b"\r")
    if b"^A37^" not in lines[0]:
        return [sent]
    assert [line[:3] for line in lines] == [b"MSH", b"EVN", b"PID", b"PID", b""]
    return [b"\r".join([*lines[:2], lines[n], b""]) for n in (2, 3)]


@pytest.mark.parametrize(("occasion", "options"), ALL)
def test_what_leaves_is_valid(occasion: Occasion, options: dict[str, Any]) -> None:
    judge(written(occasion, **options))


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("message", ["ORM", "OMG", "ORU"])
def test_every_status_of_an_order_leaves_validly(status: OrderStatus, message: str) -> None:
    judge(written(with_order(status=status), order_message=message))


@pytest.mark.parametrize("status", ReportStatus)
@pytest.mark.parametrize("message", ["ORU", "MDM"])
def test_every_status_of_a_report_leaves_validly(status: ReportStatus, message: str) -> None:
    judge(written(with_report(status=status), report_message=message))


def test_the_judge_can_say_no() -> None:
    sent = written(CHANGE).replace(b"\rPV1||N", b"")
    with pytest.raises(AssertionError, match="PV1"):
        judge(sent)


@pytest.mark.parametrize(("occasion", "options"), ALL)
def test_python_hl7_reads_what_we_read(occasion: Occasion, options: dict[str, Any]) -> None:
    sent = written(occasion, **options)
    ours, theirs = Message.parse(sent), hl7.parse(sent.decode())
    assert not ours.warnings
    assert [str(segment[0]) for segment in theirs] == [segment.name for segment in ours.segments]
    for path in ("PID-3", "PID-5", "OBR-4.2", "OBX-5", "TXA-12", "MRG-1", "ZDS-1"):
        name, _, place = path.partition("-")
        if ours.first(name) is None:
            continue
        field, _, component = place.partition(".")
        said = theirs.extract_field(name, 1, int(field), 1, int(component or 1), 1)
        assert ours.value(path) == (said or "")
