"""Whether what two sources say of a person can be of one and the same.

An identifier alone is often mistyped, and a name or a birth date is often put right later. So
one of them may differ, where the others agree; and twins, who share all but the given name, are
two.
"""

from steckel.dicom import person_name, tags
from steckel.dicom.json_model import JsonDataset, values_in


def agrees(one: JsonDataset, other: JsonDataset) -> bool:
    """Whether names, birth dates and sexes leave no doubt that matters; what is absent agrees."""
    family, given = _compared(_names(one), _names(other))
    born = _same(_text(one, tags.PATIENT_BIRTH_DATE), _text(other, tags.PATIENT_BIRTH_DATE))
    sex = _same(_sex(one), _sex(other))
    if born is False:
        return family is True and given is True and sex is not False
    if family is False:  # married, or misspelt: the rest has to hold
        return born is True and given is True
    if given is False:
        return False
    return sex is not False or (family is True and given is True and born is True)


def _compared(
    one: tuple[str, str] | None, other: tuple[str, str] | None
) -> tuple[bool | None, bool | None]:
    """Return whether family names and given names agree; ``None`` where one is not known."""
    if one is None or other is None:
        return None, None
    family = _shares_a_word(one[0], other[0])
    return family, _begins(one[1], other[1])


def _names(dataset: JsonDataset) -> tuple[str, str] | None:
    found = values_in(dataset, tags.PATIENT_NAME)
    name = person_name.from_json(found[0]) if found else ""
    family, _, rest = person_name.normalise(name).partition("=")[0].partition("^")
    if not family and not rest:
        return None
    return family, rest.partition("^")[0]


def _shares_a_word(one: str, other: str) -> bool | None:
    ours, theirs = set(_words(one)), set(_words(other))
    if not ours or not theirs:
        return None
    return bool(ours & theirs) or "".join(sorted(ours)) == "".join(sorted(theirs))


def _begins(one: str, other: str) -> bool | None:
    """Whether one given name is the other or its beginning: ``J`` is ``Jane``."""
    ours, theirs = "".join(_words(one)), "".join(_words(other))
    if not ours or not theirs:
        return None
    return ours.startswith(theirs) or theirs.startswith(ours)


def _words(name: str) -> list[str]:
    letters = (char if char.isalnum() else " " for char in name.replace("'", ""))
    return "".join(letters).split()


def _same(one: str, other: str) -> bool | None:
    return None if not one or not other else one == other


def _text(dataset: JsonDataset, tag: int) -> str:
    found = values_in(dataset, tag)
    return str(found[0]).strip() if found else ""


def _sex(dataset: JsonDataset) -> str:
    """Return M or F; O says that neither fits, or that nobody knows."""
    sex = _text(dataset, tags.PATIENT_SEX).upper()
    return sex if sex in ("M", "F") else ""
