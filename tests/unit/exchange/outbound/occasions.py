"""Events with what is known of them, and messages about them."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from steckel.exchange.outbound.envelope import Stamp
from steckel.exchange.outbound.facts import Occasion, Order, Person, Report, Study
from steckel.exchange.outbound.render import render
from steckel.exchange.outbound.subscriptions import read_subscription
from steckel.hl7.message import Message
from steckel.hl7.write import Party
from steckel.ris.model import EventKind, OrderStatus, ReportStatus

ZONE = timezone(timedelta(hours=1))
AT = 1_772_366_400_000  # 2026-03-01T12:00:00Z
STAMP = Stamp(
    control_id="0123456789abcdef0123",
    at=datetime(2026, 3, 1, 13, 0, 1, tzinfo=ZONE),
    sender=Party(application="STECKEL", facility="HOSPITAL"),
)
STUDY_UID = "1.2.826.0.1.3680043.8.498.1"


def text(vr: str, *values: Any) -> Any:
    return {"vr": vr, "Value": [*values]}


PERSON = Person(
    patient_id="4711",
    issuer="HOSPITAL",
    json={
        "00100010": text(
            "PN",
            {"Alphabetic": "Müller^Jürgen^K.^Dr.^Jr.", "Ideographic": "山田^太郎"},
        ),
        "00100024": text(
            "SQ", {"00400032": text("UT", "1.2.250.1"), "00400033": text("CS", "ISO")}
        ),
        "00100030": text("DA", "19700102"),
        "00100040": text("CS", "M"),
        "00101040": text("LO", "1, rue de l'Église, 75000 Paris"),
        "00102154": text("SH", "+33 1 23 45 67"),
        "00101002": text(
            "SQ",
            {
                "00100020": text("LO", "279035121518989"),
                "00100021": text("LO", "ASIP-SANTE-INS-NIR"),
                "00100024": text(
                    "SQ",
                    {
                        "00400032": text("UT", "1.2.250.1.213.1.4.10"),
                        "00400033": text("CS", "ISO"),
                    },
                ),
            },
            {"00100020": text("LO", "9|9"), "00100021": text("LO", "OTHER & CO")},
        ),
    },
    types={("ASIP-SANTE-INS-NIR", "279035121518989"): "INS", ("OTHER & CO", "9|9"): "PI"},
    identity_state="VALI",
)
NOBODY = Person(patient_id="1")
ORDER = Order(
    placer="P-1",
    filler="F-1",
    accession="ACC1",
    procedure_id="RP1",
    step_id="SPS1",
    study_uid=STUDY_UID,
    modality="CT",
    description="CT chest",
    scheduled="20260301130000",
    status=OrderStatus.IN_PROGRESS,
    json={
        "00321064": text(
            "SQ",
            {
                "00080100": text("SH", "24627-2"),
                "00080102": text("SH", "LN"),
                "00080104": text("LO", "CT Chest & abdomen"),
            },
        ),
        "00321032": text("PN", {"Alphabetic": "HOUSE^Gregory"}),
        "00400026": text("SQ", {"00400031": text("UT", "RIS")}),
        "00401003": text("SH", "STAT"),
    },
)
REPORT = Report(
    id="5f1e",
    number=1,
    status=ReportStatus.FINAL,
    at=AT,
    title="CT chest",
    author="HOUSE^Gregory^^Dr.",
    text="Findings: 3 < 4 | ok\n\nConclusion ~ & ^ \\ é",
    media_type="application/pdf",
    body=b"%PDF-1.7\n\x00\xff pages",
    study_uid=STUDY_UID,
    accession="ACC1",
)
STUDY = Study(
    uid=STUDY_UID,
    accession="ACC1",
    description="CT chest",
    date="20260301",
    time="131500.5",
    modalities=("CT",),
    series=2,
    instances=301,
)

ORDER_OCCASION = Occasion(kind=EventKind.ORDER_STATUS, at=AT, person=PERSON, order=ORDER)
REPORT_OCCASION = Occasion(kind=EventKind.REPORT, at=AT, person=PERSON, order=ORDER, report=REPORT)
STUDY_OCCASION = Occasion(
    kind=EventKind.STUDY_AVAILABLE, at=AT, person=PERSON, order=ORDER, study=STUDY
)
CHANGE = Occasion(kind=EventKind.PATIENT_CHANGED, at=AT, person=PERSON)
MERGE = Occasion(kind=EventKind.PATIENT_MERGED, at=AT, person=PERSON, prior=NOBODY)
UNMERGE = Occasion(kind=EventKind.PATIENT_UNMERGED, at=AT, person=PERSON, prior=NOBODY)


def written(occasion: Occasion, **options: Any) -> bytes:
    """Return the message about an occasion, for a destination with some options."""
    options.setdefault("application", "RIS")
    options.setdefault("events", [kind.value for kind in EventKind])
    rendered = render(occasion, read_subscription(options), STAMP)
    assert rendered is not None
    return rendered.raw


def read(occasion: Occasion, **options: Any) -> Message:
    """Return it as our own parser reads it."""
    return Message.parse(written(occasion, **options))


def with_report(**changes: Any) -> Occasion:
    return replace(REPORT_OCCASION, report=replace(REPORT, **changes))


def with_order(**changes: Any) -> Occasion:
    return replace(ORDER_OCCASION, order=replace(ORDER, **changes))
