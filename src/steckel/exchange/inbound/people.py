"""Names of people (XPN, XCN), assigning authorities (HD) and identifiers (CX) of messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steckel.exchange.inbound.elements import Attributes, Elements, clean, name_group
from steckel.exchange.inbound.reading import Reading
from steckel.hl7.message import NULL, Field

#: XPN-8 and XCN-15: name representation code (table 0465), to the group of a PN.
_GROUPS: Final = {"A": "Alphabetic", "I": "Ideographic", "P": "Phonetic"}
#: Fields of type NDL: people of a result.
_NDL: Final = frozenset({"OBR-32", "OBR-33", "OBR-34", "OBR-35"})
#: Types of universal identifiers (table 0301) that DICOM has too (PS3.3 C.12.1.1.5).
_UNIVERSAL: Final = frozenset({"DNS", "EUI64", "ISO", "URI", "UUID", "X400", "X500"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """Who assigned an identifier (HD)."""

    namespace: str = ""
    universal_id: str = ""
    universal_type: str = ""

    @property
    def name(self) -> str:
        """What it is called: its namespace, else its universal identifier."""
        return self.namespace or self.universal_id

    def is_called(self, name: str) -> bool:
        """Whether a profile means it."""
        return name in (self.namespace, self.universal_id)

    def qualifiers(self, reading: Reading) -> list[Elements]:
        """Return Issuer of Patient ID Qualifiers (PS3.3 10.15.1)."""
        if not self._has_universal:
            return []
        item = Attributes(reading)
        item.put("00400032", [clean(self.universal_id, "UT")])
        item.put("00400033", [self.universal_type.upper()])
        return [item.values]

    def reference(self, reading: Reading) -> list[Elements]:
        """Return the HL7v2 Hierarchic Designator item (PS3.3 10.15)."""
        item = Attributes(reading)
        if self.namespace:
            item.put("00400031", [clean(self.namespace, "UT")])
        if self._has_universal:
            item.put("00400032", [clean(self.universal_id, "UT")])
            item.put("00400033", [self.universal_type.upper()])
        return [item.values] if item.values else []

    @property
    def _has_universal(self) -> bool:
        return bool(self.universal_id) and self.universal_type.upper() in _UNIVERSAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """An identifier with who assigned it (CX, EI)."""

    value: str
    authority: Authority
    type: str = ""

    @property
    def key(self) -> str:
        """Return the number as it tells numbers of several systems apart."""
        return f"{self.value}^{self.authority.name}" if self.authority.name else self.value


#: What stands for no number.
NOTHING: Final = Number(value="", authority=Authority())


def number_of_cx(found: Field) -> Number:
    """Read a CX: value, check digit, scheme, authority, type."""
    authority = Authority(
        namespace=found.value(4, 1).strip(),
        universal_id=found.value(4, 2).strip(),
        universal_type=found.value(4, 3).strip(),
    )
    return Number(value=found.value(1).strip(), authority=authority, type=found.value(5).strip())


def number_of_ei(found: Field | None) -> Number:
    """Read an EI: value, namespace, universal identifier and its type."""
    if found is None or found.value(1).strip() == NULL:
        return NOTHING
    authority = Authority(
        namespace=found.value(2).strip(),
        universal_id=found.value(3).strip(),
        universal_type=found.value(4).strip(),
    )
    return Number(value=clean(found.value(1), "LO"), authority=authority)


def person(found: Field, reading: Reading, place: str, *, first: int) -> dict[str, str]:
    """Return a name whose family name is component `first`: 1 in XPN, 2 in XCN.

    HL7 has suffix before prefix, DICOM the other way round.
    """
    family, given, middle, suffix, prefix, degree = (
        found.value(first + offset).strip() for offset in range(6)
    )
    end = " ".join(part for part in (suffix, degree) if part and part != NULL)
    parts = [_or_nothing(part) for part in (family, given, middle, prefix)]
    group = name_group([*parts, end], reading, place)
    return {"Alphabetic": group} if group else {}


def physicians(fields: Sequence[Field], reading: Reading, place: str) -> list[dict[str, str]]:
    """Return the names of an XCN or NDL field.

    In NDL (OBR-32 to OBR-35), the first component holds the whole name; some write a name
    without a number there. A repetition with a number alone is shown by it.
    """
    names = []
    for found in fields:
        first = 1 if place in _NDL and _is_name(found.value(1)) else 2
        name = _person_of_ndl(found, reading, place) or person(found, reading, place, first=first)
        if not name:
            number = _or_nothing(clean(found.value(1), "PN"))
            name = {"Alphabetic": number_name} if (number_name := _plain(number)) else {}
        if name:
            names.append(name)
    return names


def _is_name(text: str) -> bool:
    return bool(text.strip()) and not any(letter.isdigit() for letter in text)


def _person_of_ndl(found: Field, reading: Reading, place: str) -> dict[str, str]:
    family, given, middle, suffix, prefix, degree = (
        _or_nothing(found.value(1, number)) for number in range(2, 8)
    )
    if not family:
        return {}
    end = " ".join(part for part in (suffix, degree) if part)
    group = name_group([family, given, middle, prefix, end], reading, place)
    return {"Alphabetic": group} if group else {}


def _plain(text: str) -> str:
    return text.replace("^", " ").replace("=", " ").strip()[:64].strip()


def family_groups(fields: Sequence[Field], reading: Reading, place: str) -> dict[str, str]:
    """Return one name from repetitions that spell it in several scripts (XPN-8)."""
    name: dict[str, str] = {}
    for found in fields:
        group = _GROUPS.get(found.value(8).strip().upper(), "Alphabetic")
        spelled = person(found, reading, place, first=1)
        if spelled and group not in name:
            name[group] = spelled["Alphabetic"]
    return name


def _or_nothing(value: str) -> str:
    value = value.strip()
    return "" if value == NULL else value
