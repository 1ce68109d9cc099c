"""What a modality finds in its worklist, on both databases."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.unit.ris.said import key, patient

from steckel.errors import InvalidQuery
from steckel.index.engine import writing
from steckel.query.model import Key
from steckel.ris.department import Department
from steckel.ris.model import OrderStatement, OrderStatus, StepStatement, order_key
from steckel.ris.registers import Moment
from steckel.ris.worklist import Worklist
from steckel.ris.worklist_attributes import COLUMNS, HELD, HELD_IN_STEP, STEP_COLUMNS
from steckel.ris.worklist_model import WorklistQuery

STEP = (0x00400100,)
CODES = (0x00400100, 0x00400008)


def _text(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(values)}


def _code(value: str) -> dict[str, Any]:
    return _text(
        "SQ",
        {"00080100": _text("SH", value), "00080102": _text("SH", "99T")},
        {"00080100": _text("SH", f"{value}B"), "00080102": _text("SH", "99B")},
    )


def _order(number: str, patient_id: str, status: OrderStatus, **step: Any) -> OrderStatement:
    values = {
        "00080060": _text("CS", step.get("modality", "CT")),
        "00400001": _text("AE", *step.get("aets", ("CT1",))),
        "00400002": _text("DA", step.get("date", "20261124")),
        "00400003": _text("TM", step.get("time", "0830")),
        "00400006": _text("PN", {"Alphabetic": step.get("physician", "HOUSE^GREGORY")}),
        "00400007": _text("LO", step.get("description", "CT thorax")),
        "00400010": _text("SH", step.get("station", "ROOM1")),
        "00400011": _text("SH", step.get("location", "FLOOR2")),
        "00400008": _code(step.get("code", "THX")),
    }
    return OrderStatement(
        key=order_key(number, "", "", ""),
        patient=key(patient_id),
        moment=Moment(at=5),
        placer=number,
        accession=f"A{number}",
        procedure_id=f"R{number}",
        study_uid=f"1.2.{number}",
        values={
            "00321032": _text("PN", {"Alphabetic": "GREY^MEREDITH"}),
            "00380010": _text("LO", f"V{number}"),
            "00401003": _text("SH", "STAT" if number == "2" else "ROUTINE"),
            "00321064": _code(f"P{number}"),
        },
        steps=(StepStatement(step_id=f"S{number}", values=values),),
        status=status,
    )


@pytest.fixture
def worklist(engine: Engine) -> Worklist:
    department = Department(engine)
    scheduled = OrderStatus.SCHEDULED
    with writing(engine) as connection:
        department.say_patient(connection, patient("P1", "DOE^JANE", 1, "19700101", "F"))
        department.say_patient(connection, patient("P2", "LEFÈVRE^Zoë=王^小", 1, "19800202", "M"))
        department.say_order(connection, _order("1", "P1", scheduled))
        department.say_order(
            connection,
            _order(
                "2", "P2", scheduled, modality="MR", aets=("MR1", "MR2"), date="20261125",
                time="1400", physician="GREY^MÉRÉDITH", description="MR head", station="ROOM2",
                location="FLOOR3", code="HEAD",
            ),
        )  # fmt: skip
        department.say_order(connection, _order("3", "P1", scheduled, date="20261126", time="09"))
        department.say_order(connection, _order("4", "P1", OrderStatus.CANCELLED))
        department.say_order(connection, _order("5", "P2", OrderStatus.COMPLETED))
    return Worklist(engine)


def _found(worklist: Worklist, keys: Sequence[Key], *, fuzzy: bool = False) -> str:
    """Return the numbers of the orders that are found, in their order."""
    items = worklist.find(WorklistQuery(keys=tuple(keys), fuzzy=fuzzy))
    return "".join(item["00402016"]["Value"][0] for item in items)


def test_without_keys_it_is_all_open_steps_by_time(worklist: Worklist) -> None:
    assert _found(worklist, ()) == "123"


@pytest.mark.parametrize(
    ("tag", "value", "found"),
    [
        (0x00100010, "DOE^JANE", "13"),
        (0x00100010, "doe^jane", "13"),
        (0x00100010, "lefevre^zo*", "2"),
        (0x00100010, "*VRE^*", "2"),
        (0x00100010, "*王*", "2"),
        (0x00100010, "DOE", ""),
        (0x00100020, "P2", "2"),
        (0x00100020, "P?", "123"),
        (0x00100020, "P9", ""),
        (0x00100021, "HOSP", "123"),
        (0x00100021, "OTHER", ""),
        (0x00100030, "19700101-19751231", "13"),
        (0x00100040, "M", "2"),
        (0x00080050, "A2", "2"),
        (0x00080050, "A*", "123"),
        (0x0020000D, "1.2.1\\1.2.3", "13"),
        (0x00401001, "R3", "3"),
        (0x00380010, "V1", "1"),
        (0x00401003, "STAT", "2"),
        (0x00402016, "3", "3"),
        (0x00321032, "GREY^MEREDITH", "123"),
        (0x00321032, "HOUSE*", ""),
        (0x00080050, "", "123"),
        (0x00080050, "*", "123"),
        (0x001021C0, "0", "123"),
        (0x001021C0, "4", ""),
    ],
)
def test_keys_of_the_item(worklist: Worklist, tag: int, value: str, found: str) -> None:
    assert _found(worklist, [Key(tag=tag, value=value)]) == found


@pytest.mark.parametrize(
    ("tag", "value", "found"),
    [
        (0x00080060, "CT", "13"),
        (0x00080060, "MR\\US", "2"),
        (0x00400001, "CT1", "13"),
        (0x00400001, "MR2", "2"),
        (0x00400001, "MR", ""),
        (0x00400001, "MR?", "2"),
        (0x00400001, "CT1\\MR1", "123"),
        (0x00400001, "US1", ""),
        (0x00400002, "20261124", "1"),
        (0x00400002, "20261125-", "23"),
        (0x00400002, "-20261125", "12"),
        (0x00400002, "20261124-20261125", "12"),
        (0x00400003, "0800-1000", "13"),
        (0x00400003, "1400", "2"),
        (0x00400006, "grey^meredith", "2"),
        (0x00400006, "House*", "13"),
        (0x00400007, "MR*", "2"),
        (0x00400009, "S3", "3"),
        (0x00400010, "ROOM2", "2"),
        (0x00400011, "FLOOR2", "13"),
    ],
)
def test_keys_of_the_step(worklist: Worklist, tag: int, value: str, found: str) -> None:
    assert _found(worklist, [Key(tag=tag, value=value, within=STEP)]) == found


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("SCHEDULED", "123"),
        ("CANCELLED", "4"),
        ("COMPLETED\\CANCELLED", "45"),
        ("SCHEDULED\\COMPLETED", "1523"),
        ("C*", "45"),
        ("STARTED", ""),
        ("", "123"),
        ("*", "123"),
    ],
)
@pytest.mark.parametrize("more", ["nothing", "title", "patient"])
def test_closed_steps_are_found_by_their_status_only(
    worklist: Worklist, status: str, found: str, more: str
) -> None:
    keys = [Key(tag=0x00400020, value=status, within=STEP)]
    if more == "title":
        keys.append(Key(tag=0x00400001, value="*T1\\MR1", within=STEP))
    if more == "patient":
        keys.append(Key(tag=0x00100020, value="P*"))
    assert sorted(_found(worklist, keys)) == sorted(found)


def test_ranges_of_date_and_time_are_one_range_of_moments(worklist: Worklist) -> None:
    def between(days: str, hours: str) -> str:
        return _found(
            worklist,
            [
                Key(tag=0x00400002, value=days, within=STEP),
                Key(tag=0x00400003, value=hours, within=STEP),
            ],
        )

    assert between("20261124-20261126", "1000-0830") == "2"
    assert between("20261124-20261126", "0830-0930") == "123"
    assert between("20261124-", "0900-") == "23"
    # A day and a range of hours is no range of moments.
    assert between("20261125", "1300-1500") == "2"
    assert between("20261125", "0800-0900") == ""


def test_codes_are_matched_in_one_item(worklist: Worklist) -> None:
    def coded(value: str, scheme: str, within: tuple[int, ...]) -> str:
        keys = [
            Key(tag=0x00080100, value=value, within=within),
            Key(tag=0x00080102, value=scheme, within=within),
        ]
        return _found(worklist, keys)

    assert coded("THX", "99T", CODES) == "13"
    assert coded("HEADB", "99B", CODES) == "2"
    assert coded("THX", "99B", CODES) == ""
    assert coded("P2", "99T", (0x00321064,)) == "2"


def test_names_match_by_word_beginnings_where_that_is_agreed(worklist: Worklist) -> None:
    assert _found(worklist, [Key(tag=0x00100010, value="jan do")], fuzzy=True) == "13"
    assert _found(worklist, [Key(tag=0x00100010, value="jan do")]) == ""


def test_all_keys_have_to_be_met(worklist: Worklist) -> None:
    modality = Key(tag=0x00080060, value="CT", within=STEP)
    assert _found(worklist, [modality, Key(tag=0x00400002, value="20261126", within=STEP)]) == "3"
    assert _found(worklist, [modality, Key(tag=0x00100020, value="P2")]) == ""
    named = Key(tag=0x00100010, value="*o*")
    assert _found(worklist, [named, modality]) == "13"


def test_what_no_item_has_matches_everything_and_is_told(worklist: Worklist) -> None:
    strange = Key(tag=0x00180015, value="CHEST")
    query = WorklistQuery(keys=(strange, Key(tag=0x00100020, value="P1")))
    assert worklist.unmatched(query) == {0x00180015}
    assert _found(worklist, query.keys) == "13"
    empty = WorklistQuery(keys=(Key(tag=0x00180015, value="*"),))
    assert worklist.unmatched(empty) == frozenset()


@pytest.mark.parametrize(("tag", "within"), [(0x00400002, STEP), (0x00100030, ())])
def test_what_is_no_date_is_refused_at_once(
    worklist: Worklist, tag: int, within: tuple[int, ...]
) -> None:
    with pytest.raises(InvalidQuery):
        worklist.find(WorklistQuery(keys=(Key(tag=tag, value="tomorrow", within=within),)))


def test_an_item_has_what_the_standard_asks_for_in_its_step(worklist: Worklist) -> None:
    [item] = worklist.find(WorklistQuery(keys=(Key(tag=0x00080050, value="A1"),)))
    [step] = item["00400100"]["Value"]
    assert {
        "00080060", "00400001", "00400002", "00400003", "00400006", "00400009", "00400010",
        "00400011",
    } <= step.keys()  # fmt: skip
    assert step["00400020"]["Value"] == ["SCHEDULED"]


def test_every_attribute_that_the_standard_names_is_matched() -> None:
    """PS3.4 table K.6-1, but for the wildcard rows ("all other attributes")."""
    in_step = {
        0x00400001, 0x00400002, 0x00400003, 0x00080060, 0x00400006, 0x00400007, 0x00400010,
        0x00400011, 0x0018990C, 0x0018990D, 0x00400008, 0x00400012, 0x00400009, 0x00321070,
        0x00400020, 0x00400500,
    }  # fmt: skip
    of_item = {
        0x00401001, 0x00321060, 0x00321064, 0x0020000D, 0x00080020, 0x00080030, 0x00081110,
        0x00401003, 0x00401004, 0x00080050, 0x00080051, 0x00321032, 0x00080090, 0x00380010,
        0x00380014, 0x00380300, 0x00081120, 0x00100010, 0x00100020, 0x00100021, 0x00101002,
        0x00100030, 0x00100040, 0x00101030, 0x00403001, 0x00380500, 0x001021C0, 0x00102000,
        0x00102110, 0x00380050,
    }  # fmt: skip
    assert in_step <= STEP_COLUMNS.keys() | HELD_IN_STEP
    assert of_item <= COLUMNS.keys() | HELD
