"""The DICOMDIR of a medium: which files it lists (PS3.3 F.3, PS3.10 8).

The list is only used to notice what is missing: files are taken because they are
there, whether or not a DICOMDIR lists them.
"""

from collections.abc import Iterator
from pathlib import Path

from steckel.dicom.elements import elements_between, items_of, scan
from steckel.dicom.part10 import read_start
from steckel.dicom.transfer_syntax import assume
from steckel.errors import NotDicom

_RECORD_SEQUENCE = 0x00041220
_REFERENCED_FILE = 0x00041500

#: A list of a million objects; what is larger is not read.
_LARGEST = 512 << 20


def missing_files(dicomdir: Path) -> Iterator[str]:
    """Yield the files that a DICOMDIR lists and that are not beside it.

    A DICOMDIR that cannot be read lists nothing.
    """
    folder = dicomdir.parent
    try:
        if dicomdir.stat().st_size > _LARGEST:
            return
        for components in referenced_files(dicomdir.read_bytes()):
            if _find(folder, components) is None:
                yield "/".join(components)
    except (NotDicom, OSError):
        return


def referenced_files(content: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the components of each Referenced File ID.

    Raises
    ------
    NotDicom
        The DICOMDIR cannot be read.
    """
    start = read_start(content)
    encoding = assume(start.transfer_syntax).encoding
    view = memoryview(content)
    records = scan(view, start.dataset_offset, len(view), encoding).elements.get(_RECORD_SEQUENCE)
    if records is None:
        return
    for begin, end in items_of(view, records, encoding):
        for element in elements_between(view, begin, end, encoding):
            if element.tag == _REFERENCED_FILE:
                value = bytes(view[element.offset : element.offset + element.length])
                components = value.decode("latin-1").strip(" \0").split("\\")
                if any(components):
                    yield tuple(part.strip() for part in components)


def _find(folder: Path, components: tuple[str, ...]) -> Path | None:
    """Follow a File ID; a medium may be mounted with names in lower case (ISO 9660)."""
    path = folder
    for component in components:
        if component in {"", ".", ".."}:
            return None
        exact = path / component
        path = exact if exact.exists() else _whatever_case(path, component)
        if not path.exists():
            return None
    return path


def _whatever_case(folder: Path, component: str) -> Path:
    wanted = component.lower()
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    # ISO 9660 adds a version: IM000001;1
    found = (name for name in names if name.lower().partition(";")[0].rstrip(".") == wanted)
    return folder / next(found, component)
