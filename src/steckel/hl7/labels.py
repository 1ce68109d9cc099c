"""Names of segments and fields, for a person who reads a message.

In English and French; positions as the standard counts them. Segments of other profiles have
no name here, which is no reason not to show them.
"""

from typing import Final, Literal

from steckel.hl7 import labels_en, labels_fr

Language = Literal["en", "fr"]

_SEGMENTS: Final = {"en": labels_en.SEGMENTS, "fr": labels_fr.SEGMENTS}
_FIELDS: Final = {
    language: {name: tuple(text.split("|")) for name, text in table.items()}
    for language, table in (("en", labels_en.FIELDS), ("fr", labels_fr.FIELDS))
}


def segment_label(name: str, language: Language) -> str:
    """Return what a segment is called; empty when it has no name here."""
    return _SEGMENTS[language].get(name, "")


def field_label(name: str, field: int, language: Language) -> str:
    """Return what a field is called; empty when it has no name here."""
    fields = _FIELDS[language].get(name, ())
    return fields[field - 1] if 0 < field <= len(fields) else ""


def field_labels(name: str, language: Language) -> tuple[str, ...]:
    """Return what the fields of a segment are called, from field 1 on."""
    return _FIELDS[language].get(name, ())
