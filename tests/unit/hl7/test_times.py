"""Times: HL7's to a moment, and to what DICOM writes."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from steckel.hl7.times import format_time, parse_time, to_da, to_dt, to_tm

PARIS = ZoneInfo("Europe/Paris")


def moment(*parts: int, zone: timezone = UTC) -> int:
    return round(datetime(*parts, tzinfo=zone).timestamp() * 1000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026", moment(2026, 1, 1)),
        ("202603", moment(2026, 3, 1)),
        ("20260304", moment(2026, 3, 4)),
        ("2026030405", moment(2026, 3, 4, 5)),
        ("202603040506", moment(2026, 3, 4, 5, 6)),
        ("20260304050607", moment(2026, 3, 4, 5, 6, 7)),
        ("20260304050607.1234", moment(2026, 3, 4, 5, 6, 7) + 123),
        ("20260304050607+0130", moment(2026, 3, 4, 3, 36, 7)),
        ("20260304050607.5-0500", moment(2026, 3, 4, 10, 6, 7) + 500),
        ("20260304+0100", moment(2026, 3, 3, 23)),
        ("20260304050660", moment(2026, 3, 4, 5, 6, 59)),
        ("1994050216163360", moment(1994, 5, 2, 16, 16, 33) + 600),
        (" 20260304 ", moment(2026, 3, 4)),
        ("2026-03-04T05:06:07", moment(2026, 3, 4, 5, 6, 7)),
        ("2026-03-04 05:06:07.25Z", moment(2026, 3, 4, 5, 6, 7) + 250),
        ("2026-03-04", moment(2026, 3, 4)),
        ("19040101", moment(1904, 1, 1)),
    ],
)
def test_a_time_is_a_moment(text: str, at: int) -> None:
    assert parse_time(text, UTC) == at


def test_a_time_without_offset_is_of_the_zone_of_its_source() -> None:
    assert parse_time("20260104120000", PARIS) == moment(2026, 1, 4, 11)
    assert parse_time("20260704120000", PARIS) == moment(2026, 7, 4, 10)
    assert parse_time("20260704120000+0000", PARIS) == moment(2026, 7, 4, 12)


@pytest.mark.parametrize(
    "text",
    ["", '""', "Aug 15, 1942", "202", "20261301", "20260230", "2026030425", "202603040560", "abcd",
     "00000000", "20260304050607+9999", "20260304x", "٢٠٢٦", "2" * 5000, "283084121661677"],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text, UTC) is None
    assert to_da(text) == to_tm(text) == to_dt(text) == ""


@pytest.mark.parametrize(
    ("text", "da", "tm", "dt"),
    [
        ("2026", "", "", "2026"),
        ("20260304", "20260304", "", "20260304"),
        ("2026030405", "20260304", "05", "2026030405"),
        ("20260304050607.1234+0100", "20260304", "050607.1234", "20260304050607.1234+0100"),
        ("2026-03-04T05:06:07Z", "20260304", "050607", "20260304050607+0000"),
    ],
)
def test_dicom_has_its_own_spelling(text: str, da: str, tm: str, dt: str) -> None:
    assert (to_da(text), to_tm(text), to_dt(text)) == (da, tm, dt)


@given(st.integers(-(1 << 31), 1 << 33), st.integers(-14 * 60, 14 * 60))
def test_what_is_written_is_read_again(seconds: int, offset: int) -> None:
    at = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=offset)))
    assert parse_time(format_time(at), PARIS) == seconds * 1000


@given(st.text(max_size=50))
@example("0001")
@example("9999123123595999-1400")
@example("00010101000000+1400")
def test_any_text_has_an_answer(text: str) -> None:
    parse_time(text, PARIS)
    to_dt(text)
