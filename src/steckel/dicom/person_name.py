"""Person names (PS3.5 6.2.1): their groups, and the form in which they are searched."""

import re
import unicodedata

from steckel.dicom.json_model import JsonElement

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_SEPARATORS = re.compile(r"[\^\s=,]+")


def to_json(value: str) -> dict[str, str]:
    """Split ``Alphabetic=Ideographic=Phonetic`` into the JSON form (PS3.18 F.2.2)."""
    if "=" not in value:
        name = _trim(value)
        return {"Alphabetic": name} if name else {}
    parts = (_trim(part) for part in value.split("="))
    return {group: part for group, part in zip(_GROUPS, parts, strict=False) if part}


def from_json(value: dict[str, str] | str | None) -> str:
    """Join the groups of the JSON form with ``=``."""
    if not value:
        return ""
    if isinstance(value, str):
        return value
    return "=".join(value.get(group, "") for group in _GROUPS).rstrip("=")


def alphabetic(element: JsonElement | None) -> str:
    """Return the alphabetic group of the first name of an element."""
    values = element.get("Value") if element else None
    first = values[0] if values else None
    return first.get("Alphabetic", "") if isinstance(first, dict) else str(first or "")


def _trim(group: str) -> str:
    """Drop the padding and the trailing empty components (PS3.5 6.2.1.1)."""
    return group.strip().rstrip("^")


def fold(text: str) -> str:
    """Return text as it is compared: no case, no accents, ``ß`` as ``ss``."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def normalise(value: str) -> str:
    """Return a person name as the index holds it for matching.

    Folded; components and groups stay apart, spaces in them are single, and
    trailing empty components are gone: ``DUPONT^Élodie^^^`` is
    ``dupont^elodie``.
    """
    groups = (
        "^".join(" ".join(part.split()) for part in fold(group).split("^")).rstrip("^ ")
        for group in value.split("=")
    )
    return "=".join(groups).rstrip("=")


def words(value: str) -> list[str]:
    """Return the words of a name, folded, whatever separated them."""
    return [word for word in _SEPARATORS.split(fold(value)) if word]
