"""Whose a study is, and what is said of it in the place of what its images say: pure decisions.

The rule for the patient: a person's correction counts first. Else it is the patient that the
images name, or, where they name no issuer, the one registered patient with that identifier; but
only if name, birth date and sex do not speak against it (`agreement`). And whoever turned out to
be another (a merge) is that other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key, values_in
from steckel.index import attributes
from steckel.index.agreement import agrees

_ID, _ISSUER = json_key(tags.PATIENT_ID), json_key(tags.ISSUER_OF_PATIENT_ID)
_OTHER_IDS: Final = json_key(0x00101002)
_OF_PATIENT: Final = frozenset(json_key(tag) for tag in attributes.PATIENT)


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of the index."""

    pk: int
    issuer: str
    patient_id: str
    json: JsonDataset
    is_registered: bool
    survivor_pk: int | None

    @property
    def is_known(self) -> bool:
        """Whether somebody said more of this patient than images did."""
        return self.is_registered or self.survivor_pk is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that decides about one study."""

    own: JsonDataset  #: attributes as its images have them
    named: Person  #: the patient that its images name
    same_id: Sequence[Person]  #: patients known by that identifier, whoever issued it
    corrected: Person | None  #: whose it is by a person's word
    attributes: JsonDataset  #: of that correction


def owner_of(facts: Facts, survivor: Callable[[Person], Person]) -> Person:
    """Return whose a study is."""
    if facts.corrected is not None:
        return survivor(facts.corrected)
    claimed = _claimed(facts)
    return facts.named if claimed is None else survivor(claimed)


def _claimed(facts: Facts) -> Person | None:
    """Return the known patient that the images mean; ``None`` where nobody is, or it is open."""
    if facts.named.is_known:
        return facts.named if agrees(facts.own, facts.named.json) else None
    if facts.named.issuer:
        return None
    found = [one for one in facts.same_id if one.is_known and agrees(facts.own, one.json)]
    # Those who turned out to be one are one.
    return found[0] if len({one.survivor_pk or one.pk for one in found}) == 1 else None


def replacements(facts: Facts, owner: Person) -> JsonDataset:
    """Return what is put in the place of what the images say; nothing where they say it all."""
    new = dict(facts.attributes)
    # Of a registered patient, but with somebody else's name: that stays to be seen.
    if facts.corrected is not None or _claimed(facts) is not None:
        new |= _demographics(facts, owner)
    return {} if all(_is_same(facts.own.get(key), new[key]) for key in new) else new


def _demographics(facts: Facts, owner: Person) -> JsonDataset:
    of_owner = {key: value for key, value in owner.json.items() if key in _OF_PATIENT}
    of_owner[_ID] = {"vr": "LO", "Value": [owner.patient_id]}
    is_renamed = values_in(facts.own, tags.PATIENT_ID) != [owner.patient_id]
    if not is_renamed and not values_in(facts.own, tags.ISSUER_OF_PATIENT_ID):
        # An issuer alone is not worth a change: images seldom name one.
        of_owner.pop(_ISSUER, None)
    others = _other_ids(of_owner, facts.own, is_renamed=is_renamed)
    if others:
        of_owner[_OTHER_IDS] = {"vr": "SQ", "Value": others}
    return of_owner


def _other_ids(owner: JsonDataset, own: JsonDataset, *, is_renamed: bool) -> list[Any]:
    """Return all other identifiers; what the images call the patient is one (PS3.3 C.2.2)."""
    items = [*_values(own.get(_OTHER_IDS))]
    prior = {key: own[key] for key in (_ID, _ISSUER) if _values(own.get(key))}
    if is_renamed and _ID in prior:
        items.append(prior)
    items += _values(owner.get(_OTHER_IDS))
    return [item for number, item in enumerate(items) if item not in items[:number]]


def _is_same(own: JsonElement | None, new: JsonElement) -> bool:
    return _values(own) == _values(new)


def _values(element: JsonElement | None) -> list[Any]:
    return (element.get("Value") if element else None) or []
