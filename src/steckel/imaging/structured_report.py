"""A structured report as a page for people to read (PS3.3 A.35, C.17.3).

Pure: from the DICOM JSON of the object to HTML. The rule: every value of the
object is escaped, and the page has no script, no style and no link, so that
nothing in a report can act.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from steckel.dicom.json_model import JsonDataset
from steckel.imaging.content_items import (
    children_of,
    heading_of,
    is_container,
    name_of,
    title_of,
    value_of,
)

_REPORTS: Final = "1.2.840.10008.5.1.4.1.1.88."

_START: Final = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="viewport" content="width=device-width">'
)


def is_structured_report(sop_class_uid: str) -> bool:
    """Whether instances of a class are a tree of content items."""
    return sop_class_uid.startswith(_REPORTS)


def report_to_html(dataset: JsonDataset) -> str:
    """Return a whole page."""
    title = title_of(dataset)
    return "".join(
        [
            _START,
            f"<title>{escape(title)}</title></head><body>\n<h1>{escape(title)}</h1>\n",
            *_head(dataset),
            *_children(dataset, level=2),
            "</body></html>\n",
        ]
    )


def _head(dataset: JsonDataset) -> Iterator[str]:
    yield "<table>\n"
    for label, text in heading_of(dataset):
        yield f'<tr><th scope="row" align="left">{label}</th><td>{escape(text)}</td></tr>\n'
    yield "</table>\n<hr>\n"


def _children(item: JsonDataset, *, level: int) -> Iterator[str]:
    """Yield what is below an item: containers as sections, the rest as lists."""
    listing = False
    for child in children_of(item):
        is_section = is_container(child)
        if listing == is_section:
            yield "</ul>\n" if listing else "<ul>\n"
            listing = not is_section
        yield from _section(child, level=level) if is_section else _line(child, level=level)
    if listing:
        yield "</ul>\n"


def _section(item: JsonDataset, *, level: int) -> Iterator[str]:
    heading = f"h{min(level, 6)}"
    yield "<section>\n"
    name = name_of(item)
    if name:
        yield f"<{heading}>{escape(name)}</{heading}>\n"
    yield from _children(item, level=level + 1)
    yield "</section>\n"


def _line(item: JsonDataset, *, level: int) -> Iterator[str]:
    name, value = name_of(item), value_of(item)
    shown = "<br>".join(escape(line) for line in value.splitlines())
    yield f"<li><b>{escape(name)}:</b> {shown}" if name else f"<li>{shown}"
    if children_of(item):
        yield "\n"
        yield from _children(item, level=level)
    yield "</li>\n"
