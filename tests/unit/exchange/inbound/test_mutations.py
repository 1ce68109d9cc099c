"""Whatever is changed in a message: an outcome or a fault, never another exception."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.exchange.inbound.spoken import PID, RECEIVED, message
from tests.unit.exchange.inbound.test_order import OMI
from tests.unit.exchange.inbound.test_result import ENCODED, OBR, STUDY
from tests.unit.exchange.inbound.test_visit import PV1

from steckel.dicom.dictionary import vr_of
from steckel.errors import NotHl7
from steckel.exchange.inbound.reading import Reading
from steckel.exchange.inbound.translation import named_patients, translate
from steckel.exchange.model import MessageFault
from steckel.exchange.profile import Profile, TooLong
from steckel.hl7.message import Message
from steckel.ris.model import OrderStatement, PatientStatement, VisitStatement

MESSAGES = (
    message("ADT^A01", "EVN|A01|20260301", f"{PID}|||1 RUE X^^PARIS||0102", PV1, "AL1|1||^NUTS"),
    message("ADT^Z99", PID, PV1, "ZBE|1|20260301||CANCEL|N|A01", "ZFD|||||SM"),
    message("ADT^A40", PID, "MRG|O^^^H^PI"),
    message("ADT^A24", PID, "PID|||2||B"),
    message("OMI^O23", *OMI),
    message("ORM^O01", PID, "ORC|NW|P1|F1||||^^^20260302", "OBR|1|P1|F1|A^B^C", "ZDS|1.2.3"),
    message("SIU^S12", "SCH|A|B|||||C^D||30|min|^^^20260302", PID, "AIS|1|A|X^Y^Z", "AIL|1|A|R"),
    message("ORU^R01", PID, OBR, STUDY, f"OBX|2|ED|P||^A^PDF^Base64^{ENCODED}||||||F"),
    message("MDM^T10", PID, "TXA|1|CR|TX|||||||||D2|D1||||AU||AV", "OBX|1|FT|R||x||||||F"),
)
NASTY = st.sampled_from(
    ['""', "", "^", "&", "~", "^^^^", "\\", "\\X0\\", "\\.br\\", "\x00", "\x1b$B", "=" * 9,
     "é" * 99, "A" * 300, "99999999",
     "20260230", "-1", "1e400", "٣", "NaN", "0" * 40, "1.2.3", "%PDF", "\n"]
)  # fmt: skip
JUNK = st.one_of(NASTY, st.text(max_size=40))
_LIMITS = {"SH": 16, "LO": 64, "CS": 16, "AE": 16, "UI": 64, "DA": 8, "TM": 14, "PN": 64}


def outcome_of(raw: bytes, profile: Profile) -> tuple[object, ...]:
    try:
        reading = Reading(
            message=Message.parse(raw), profile=profile, received=RECEIVED, digest="d"
        )
    except NotHl7:
        return ()
    for read in (named_patients, translate):
        try:
            found = read(reading)
        except MessageFault:
            return ()
    return found.statements


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    raw=st.sampled_from(MESSAGES),
    changes=st.lists(st.tuples(st.integers(0, 400), JUNK), min_size=1, max_size=6),
    map_long=st.booleans(),
)
def test_changed_fields_give_an_outcome_or_a_fault(
    raw: bytes, changes: list[tuple[int, str]], map_long: bool
) -> None:
    lines = [line.split("|") for line in raw.decode().split("\r")]
    places = [(row, at) for row, line in enumerate(lines) for at in range(1, len(line))]
    for place, junk in changes:
        row, at = places[place % len(places)]
        if (row, at) != (0, 1):
            lines[row][at] = junk
    changed = "\r".join("|".join(line) for line in lines).encode(errors="replace")
    policy = TooLong.MAP if map_long else TooLong.REJECT
    for statement in outcome_of(changed, Profile(name="p", too_long=policy)):
        if isinstance(statement, (PatientStatement, VisitStatement, OrderStatement)):
            require_valid(statement.values)
        if isinstance(statement, OrderStatement):
            assert len(statement.accession) <= 16
            assert len(statement.procedure_id) <= 16
            for step in statement.steps:
                assert 0 < len(step.step_id) <= 16
                require_valid(step.values)


@settings(max_examples=200, deadline=None)
@given(
    raw=st.sampled_from(MESSAGES),
    order=st.randoms(use_true_random=False),
    drop=st.integers(0, 3),
)
def test_segments_in_any_order_give_an_outcome_or_a_fault(
    raw: bytes, order: "object", drop: int
) -> None:
    head, *rest = raw.split(b"\r")
    order.shuffle(rest)  # type: ignore[attr-defined]
    outcome_of(b"\r".join([head, *rest[drop:]]), Profile(name="p", too_long=TooLong.MAP))


def require_valid(values: object) -> None:
    """Check that attributes fit their value representations (PS3.5 6.2)."""
    assert isinstance(values, dict)
    for tag, element in values.items():
        if not re.fullmatch("[0-9A-F]{8}", tag):
            continue
        assert element["vr"] == vr_of(int(tag, 16))
        for one in element.get("Value", ()):
            require_fits(element["vr"], one)


def require_fits(vr: str, value: object) -> None:
    if vr == "SQ":
        require_valid(value)
    elif vr == "PN":
        assert isinstance(value, dict)
        assert value
        for group in value.values():
            require_text(group, 64)
            assert group.count("^") <= 4
    elif isinstance(value, str):
        require_text(value, _LIMITS.get(vr, 1 << 20), lines=vr in ("LT", "ST", "UT"))
        if vr == "DA":
            assert re.fullmatch("[0-9]{8}", value)
        if vr == "TM":
            assert re.fullmatch(r"[0-9]{2,6}(\.[0-9]{1,6})?", value)
        if vr == "UI":
            assert re.fullmatch(r"[0-9.]+", value)
    else:
        assert isinstance(value, (int, float))


def require_text(text: str, limit: int, *, lines: bool = False) -> None:
    assert 0 < len(text) <= limit
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]" if lines else "[\x00-\x1f\x7f]", text)
    assert lines or "\\" not in text
