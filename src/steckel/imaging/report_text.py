"""A structured report as plain text, for previews and for who asks for no page.

Pure: from the DICOM JSON of the object to lines; what is below an item is
indented under it.
"""

from collections.abc import Iterator

from steckel.dicom.json_model import JsonDataset
from steckel.imaging.content_items import (
    children_of,
    heading_of,
    is_container,
    name_of,
    title_of,
    value_of,
)


def report_to_text(dataset: JsonDataset) -> str:
    """Return the whole report, a line for each item."""
    lines = [title_of(dataset), ""]
    lines += [f"{label}: {text}" for label, text in heading_of(dataset)]
    lines += ["", *_children(dataset, indent="")]
    return "\n".join(lines).rstrip() + "\n"


def _children(item: JsonDataset, *, indent: str) -> Iterator[str]:
    for child in children_of(item):
        if is_container(child):
            yield from ("", f"{indent}{name_of(child)}") if name_of(child) else ("",)
        else:
            yield from _lines(child, indent=indent)
        yield from _children(child, indent=indent + "  ")


def _lines(item: JsonDataset, *, indent: str) -> Iterator[str]:
    """Yield a value, its further lines under its first."""
    name = name_of(item)
    first, *more = value_of(item).splitlines() or [""]
    yield f"{indent}{name}: {first}" if name else f"{indent}{first}"
    for line in more:
        yield f"{indent}  {line}"
