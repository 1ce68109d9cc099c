"""What OBX say of a patient who is to be examined: weight, height, pregnancy, modality."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from steckel.exchange.inbound.elements import Attributes
from steckel.exchange.inbound.reading import Group
from steckel.hl7.message import Segment

#: LOINC codes and names: of body weight, of body height, of pregnancy status.
_WEIGHT: Final = frozenset({"29463-7", "3141-9", "3142-7", "8335-2", "BODY WEIGHT"})
_HEIGHT: Final = frozenset({"8302-2", "3137-7", "3138-5", "BODY HEIGHT"})
_PREGNANCY: Final = frozenset({"82810-3", "11449-6"})
#: Units to kilograms and to metres.
_TO_KG: Final = {"": 1.0, "kg": 1.0, "g": 0.001, "lb": 0.45359237, "[lb_av]": 0.45359237}
_TO_M: Final = {
    "": 1.0, "m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "[in_i]": 0.0254, "[in_us]": 0.0254,
}  # fmt: skip
#: What is no weight or height of anybody, in kg and m.
_MAX_KG, _MAX_M = 700.0, 3.0
#: Answers about pregnancy to Pregnancy Status (0010,21C0), PS3.3 C.7.1.3: LOINC answers,
#: SNOMED CT, table 0532.
_PREGNANT: Final = {
    "N": 1, "NO": 1, "LA26683-5": 1, "60001007": 1, "POSSIBLE": 2, "LA26684-3": 4,
    "152231000119106": 2, "Y": 3, "YES": 3, "LA15173-0": 3, "77386006": 3, "UNK": 4, "U": 4,
    "LA4489-6": 4, "261665006": 4,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scale:
    """A measure, its units and its largest value."""

    name: str
    units: Mapping[str, float]
    largest: float


def put_observations(attributes: Attributes, group: Group) -> None:
    """Take weight (kg), height (m) and pregnancy status of an order's observations."""
    for segment in group.all("OBX"):
        names = {segment.value(3).strip(), segment.value(3, 2).strip().upper()}
        names.add(segment.value(3, 4).strip())
        for meant, take in _TAKERS:
            if names & meant:
                take(attributes, segment)


def observed_modality(group: Group) -> str:
    """Return the modality that an observation names: a code of DCM (CI-SIS téléradiologie)."""
    for segment in group.all("OBX"):
        if segment.value(3).strip() == "MODALITE_IMAGERIE" and segment.value(5, 3) == "DCM":
            return segment.value(5).strip()
    return ""


def _take_weight(attributes: Attributes, segment: Segment) -> None:
    _measure(attributes, segment, "00101030", _Scale(name="weight", units=_TO_KG, largest=_MAX_KG))


def _take_height(attributes: Attributes, segment: Segment) -> None:
    _measure(attributes, segment, "00101020", _Scale(name="height", units=_TO_M, largest=_MAX_M))


def _measure(attributes: Attributes, segment: Segment, tag: str, scale: _Scale) -> None:
    factor = scale.units.get(segment.value(6).strip().lower())
    number = _number(segment.value(5))
    if factor is None or number is None:
        attributes.reading.warn(f"OBX-5 ({scale.name}) is no number with a known unit: left out")
        return
    measured = round(number * factor, 4)
    if not 0 < measured <= scale.largest:
        attributes.reading.warn(f"OBX-5 ({scale.name}) cannot be true: left out")
        return
    attributes.put(tag, [int(measured) if measured.is_integer() else measured])


def _take_pregnancy(attributes: Attributes, segment: Segment) -> None:
    status = _PREGNANT.get(segment.value(5).strip().upper())
    if status is None:
        attributes.reading.warn("OBX-5 has an answer about pregnancy that is not known: left out")
        return
    attributes.put("001021C0", [status])


def _number(text: str) -> float | None:
    text = text.strip().replace(",", ".")
    if not text or not text.isascii() or len(text) > 16 or text.strip("0123456789.+"):
        return None
    try:
        return float(text)
    except ValueError:
        return None


_TAKERS: Final[tuple[tuple[frozenset[str], Callable[[Attributes, Segment], None]], ...]] = (
    (_WEIGHT, _take_weight),
    (_HEIGHT, _take_height),
    (_PREGNANCY, _take_pregnancy),
)
