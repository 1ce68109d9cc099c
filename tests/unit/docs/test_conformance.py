"""The tables of the conformance statement are those of the code."""

import re
from functools import cache
from pathlib import Path

from steckel.dicom import dictionary, tags
from steckel.dicom.transfer_syntax import TRANSFER_SYNTAXES
from steckel.dicomweb.problems import STATUSES
from steckel.dimse.services import SERVICES
from steckel.dimse.status import NO_LONGER_UPDATABLE, Status
from steckel.query.attributes import COLUMNS
from steckel.query.model import Level
from steckel.ris import worklist_attributes as worklist

ROOT = Path(__file__).parents[3]
_WORKFLOW = ("Modality Worklist", "Modality Performed Procedure Step", "Storage Commitment")


@cache
def conformance() -> str:
    return (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a heading, down to the next one of its level."""
    text = conformance()
    start = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert start is not None, title
    end = re.search(rf"^#{{1,{len(start[1])}}} ", text[start.end() :], re.MULTILINE)
    return text[start.end() : start.end() + end.start()] if end else text[start.end() :]


def rows(text: str) -> list[list[str]]:
    lines = re.findall(r"^ *\| (.+) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines if "---" not in line]


def test_the_services_are_those_of_the_code() -> None:
    assert set(re.findall(r"`([\d.]+)`", section("Services"))) == set(SERVICES)


def test_the_transfer_syntaxes_are_those_of_the_code() -> None:
    assert set(re.findall(r"`([\d.]+)`", section("Presentation contexts"))) == set(
        TRANSFER_SYNTAXES
    )


def test_the_keys_are_those_of_the_code() -> None:
    said = {(row[0], row[1]) for row in rows(section("Query")) if row[0] in Level.__members__}
    held = {
        (level.value, f"{dictionary.keyword_of(tag)} {tags.show(tag)}")
        for level, columns in COLUMNS.items()
        for tag in columns
    }
    assert said == held


def test_the_keys_of_the_worklist_are_those_of_the_code() -> None:
    said = {(row[0], row[1]) for row in rows(section("Modality Worklist")) if len(row) == 3}
    held = {
        (where, f"{dictionary.keyword_of(tag)} {tags.show(tag)}")
        for where, columns in (("item", worklist.COLUMNS), ("step", worklist.STEP_COLUMNS))
        for tag in columns
    }
    assert said - {("in", "key")} == held


def test_the_dimse_status_codes_are_those_of_the_code() -> None:
    titles = ("Storage", "Query", "Retrieve", *_WORKFLOW)
    text = "".join(section(title) for title in titles)
    said = {int(code, 16) for code in re.findall(r"0x[0-9A-F]{4}", text)}
    assert said - {NO_LONGER_UPDATABLE} <= {status.value for status in Status}


def test_every_status_of_the_normalized_services_is_explained() -> None:
    text = "".join(section(title) for title in _WORKFLOW)
    said = {int(code, 16) for code in re.findall(r"0x[0-9A-F]{4}", text)}
    assert {status.value for status in Status if status.value < 0x0300} - said == {
        Status.SOP_CLASS_NOT_SUPPORTED,
    }


def test_the_http_status_codes_are_explained() -> None:
    said = {int(code) for code in re.findall(r"\b[1-5]\d\d\b", section("Status codes"))}
    assert {status.value for status in STATUSES.values()} - {500} <= said
