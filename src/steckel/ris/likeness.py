"""How much two identifiers, or two descriptions of a person, are alike: pure functions."""

from enum import StrEnum
from typing import Final

from steckel.dicom import person_name, tags
from steckel.dicom.json_model import JsonDataset, first_text, values_in
from steckel.index.agreement import agrees

#: Shorter identifiers differ in a digit or a prefix too easily.
_SHORTEST: Final = 4


class Difference(StrEnum):
    """In what alone two identifiers differ."""

    ZEROS = "zeros"  #: leading ones
    CASE = "case"
    PREFIX = "prefix"  #: one has letters or punctuation before it that the other lacks
    DIGIT = "digit"  #: one character, or two neighbours the other way round


def differences(one: str, other: str) -> frozenset[Difference]:
    """Return what explains the difference of two identifiers; nothing if they are the same."""
    if not one or not other or one == other:
        return frozenset()
    found = set()
    if one.lstrip("0") == other.lstrip("0"):
        found.add(Difference.ZEROS)
    if one.casefold() == other.casefold():
        found.add(Difference.CASE)
    if _has_prefix(one, other) or _has_prefix(other, one):
        found.add(Difference.PREFIX)
    if _is_slip(one, other):
        found.add(Difference.DIGIT)
    return frozenset(found)


def same_name_and_birth(one: JsonDataset, other: JsonDataset) -> bool:
    """Whether both have name and birth date, and these are the same (accents and case aside)."""
    born = first_text(one, tags.PATIENT_BIRTH_DATE)
    return (
        bool(born)
        and born == first_text(other, tags.PATIENT_BIRTH_DATE)
        and name_key(one) == name_key(other)
        and bool(name_key(one))
        and agrees(one, other)
    )


def name_key(dataset: JsonDataset) -> str:
    """Return family and given name for comparison."""
    found = values_in(dataset, tags.PATIENT_NAME)
    name = person_name.from_json(found[0]) if found else ""
    return "^".join(person_name.normalise(name).partition("=")[0].split("^")[:2]).strip("^ ")


def _has_prefix(longer: str, shorter: str) -> bool:
    if len(shorter) < _SHORTEST or not longer.endswith(shorter) or longer == shorter:
        return False
    # More digits before digits make another number.
    return not longer[: -len(shorter)][-1].isdigit()


def _is_slip(one: str, other: str) -> bool:
    if len(one) != len(other) or len(one) < _SHORTEST:
        return False
    apart = [n for n in range(len(one)) if one[n] != other[n]]
    if len(apart) == 1:
        return True
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return False
    first, second = apart
    return one[first] == other[second] and one[second] == other[first]
