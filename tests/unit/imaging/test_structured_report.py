"""Reports as pages: their content, in order, and nothing that acts."""

from html.parser import HTMLParser

from tests.unit.imaging.memory_retriever import sample

from steckel.dicom.header import read_header
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.part10 import read_start
from steckel.dicom.to_json import MAX_DEPTH, Reading, dataset_to_json
from steckel.dicom.transfer_syntax import assume
from steckel.imaging.report_text import report_to_text
from steckel.imaging.structured_report import is_structured_report, report_to_html

HOSTILE = "<script>alert(1)</script>\"'&"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags.append(tag)
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def code(meaning: str, value: str = "1") -> JsonDataset:
    return {
        "00080100": {"vr": "SH", "Value": [value]},
        "00080104": {"vr": "LO", "Value": [meaning]},
    }


def item(kind: str, name: str, *children: JsonDataset, **values: object) -> JsonDataset:
    made: JsonDataset = {
        "0040A040": {"vr": "CS", "Value": [kind]},
        "0040A043": {"vr": "SQ", "Value": [code(name)]},
    }
    if children:
        made["0040A730"] = {"vr": "SQ", "Value": list(children)}
    for tag, value in values.items():
        made[tag[1:]] = {"vr": "UN", "Value": [value]}
    return made


def measured(number: str, unit: str) -> JsonDataset:
    return {
        "0040A30A": {"vr": "DS", "Value": [number]},
        "004008EA": {"vr": "SQ", "Value": [code("unit", unit)]},
    }


def test_a_real_report_is_readable() -> None:
    data = sample("test-SR.dcm")
    start = read_start(data)
    syntax = assume(start.transfer_syntax)
    header = read_header(data, start.dataset_offset, len(data), syntax)
    end = header.scan.header_end
    dataset = dataset_to_json(data, start.dataset_offset, end, Reading(encoding=syntax.encoding))
    page = Page(report_to_html(dataset))
    assert not page.open
    assert "h2" in page.tags or "li" in page.tags


def test_items_are_shown_in_order_and_by_their_type() -> None:
    report = item(
        "CONTAINER",
        "Chest CT",
        item("TEXT", "Finding", x0040A160="Nodule\nleft lung"),
        item(
            "CONTAINER",
            "Measurements",
            item("NUM", "Diameter", x0040A300=measured("7.5", "mm")),
            item("NUM", "Count", x0040A300=measured("2", "1")),
            item("CODE", "Side", x0040A168=code("Left")),
        ),
        item("PNAME", "Observer", x0040A123={"Alphabetic": "Muster^Anna"}),
        item("DATE", "On", x0040A121="20260312"),
        item("DATETIME", "At", x0040A120="20260312101500"),
    )
    page = Page(report_to_html(report))
    shown = [
        "Chest CT", "Finding:", "Nodule", "left lung", "Measurements", "Diameter:", "7.5 mm",
        "Count:", "2", "Side:", "Left", "Observer:", "Muster Anna", "2026-03-12", "10:15",
    ]  # fmt: skip
    at = 0
    for text in shown:
        at = page.text.index(text, at)
    assert not page.open


def test_nothing_of_a_report_can_act() -> None:
    report = item(
        "CONTAINER",
        HOSTILE,
        item("TEXT", HOSTILE, x0040A160=HOSTILE),
        item(HOSTILE, HOSTILE),
        item("PNAME", "x", x0040A123={"Alphabetic": HOSTILE}),
    )
    report["00100010"] = {"vr": "PN", "Value": [{"Alphabetic": HOSTILE}]}
    page = Page(report_to_html(report))
    assert "script" not in page.tags
    assert page.text.count("alert(1)") >= 6
    assert not {"script", "style", "a", "img", "link", "iframe"} & set(page.tags)


def test_text_has_a_line_for_each_item_and_shows_what_is_below_what() -> None:
    report = item(
        "CONTAINER",
        "Chest CT",
        item("TEXT", "Finding", item("CODE", "Side", x0040A168=code("Left")), x0040A160="A\nB"),
        item("CONTAINER", "Sizes", item("NUM", "Diameter", x0040A300=measured("7.5", "mm"))),
    )
    report["00100010"] = {"vr": "PN", "Value": [{"Alphabetic": "Muster^Anna"}]}
    assert report_to_text(report) == (
        "Chest CT\n\nPatient: Muster Anna\n\n"
        "Finding: A\n  B\n  Side: Left\n\nSizes\n  Diameter: 7.5 mm\n"
    )


def test_an_item_by_reference_says_so() -> None:
    reference: JsonDataset = {"0040DB73": {"vr": "UL", "Value": [1, 2]}}
    report = item("CONTAINER", "Report", reference)
    assert "refers to another item" in report_to_html(report)
    assert "refers to another item" in report_to_text(report)


def test_a_tree_as_deep_as_a_document_can_be_is_shown() -> None:
    report = item("TEXT", "deepest", x0040A160="found")
    for _ in range(MAX_DEPTH):
        report = item("CONTAINER", "level", report)
    assert "found" in Page(report_to_html(report)).text
    assert "deepest: found" in report_to_text(report)


def test_a_report_without_anything_is_a_page() -> None:
    page = Page(report_to_html({}))
    assert "Structured report" in page.text


def test_key_objects_are_reports_and_images_are_not() -> None:
    assert is_structured_report("1.2.840.10008.5.1.4.1.1.88.59")
    assert not is_structured_report("1.2.840.10008.5.1.4.1.1.2")
