"""What PID, PD1, ZFD and AL1 say of a patient.

The rule: one identifier is the Patient ID, chosen by configured authority, then by type; all
others are kept beside it. The national one (INS) is nobody's Patient ID while there is another.
"""

from collections.abc import Sequence
from typing import Final

from steckel.exchange.inbound.elements import Attributes, Elements, clean, code_of
from steckel.exchange.inbound.people import (
    Number,
    family_groups,
    number_of_cx,
    person,
    physicians,
)
from steckel.exchange.inbound.reading import Group, Reading, fault, is_said
from steckel.hl7.acknowledge import FaultCode
from steckel.hl7.message import NULL, Field, Segment
from steckel.hl7.times import to_tm
from steckel.ris.model import Identifier, PatientKey, PatientStatement
from steckel.ris.registers import Moment

#: Identifier types (table 0203) of a Patient ID: medical record number, internal number.
_TYPES: Final = ("MR", "PI")
#: Authorities of the French national identifier (INS): its name and its OIDs.
_INS: Final = frozenset(
    {
        "ASIP-SANTE-INS-NIR", "ASIP-SANTE-INS-NIA", "ASIP-SANTE-INS-C",
        "1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10",
        "1.2.250.1.213.1.4.11",
    }
)  # fmt: skip
_INS_NAMES: Final = {
    "1.2.250.1.213.1.4.8": "ASIP-SANTE-INS-NIR", "1.2.250.1.213.1.4.9": "ASIP-SANTE-INS-NIA",
    "1.2.250.1.213.1.4.10": "ASIP-SANTE-INS-NIR",
}  # fmt: skip
#: Types of names (table 0200) that are the one to show; the first type that is there counts.
_NAME_TYPES: Final = ("L", "", "D", "U", "C", "N")
_BIRTH_NAMES: Final = frozenset({"B", "M"})
_LONGEST_ID: Final = 64  # LO


def read_patient(
    reading: Reading, group: Group, segment: Segment, moment: Moment, *, weak: bool
) -> PatientStatement:
    """Return what a PID and the segments that belong to it say.

    Raises
    ------
    MessageFault
        It names no patient.
    """
    chosen, others = choose(reading, segment)
    attributes = Attributes(reading)
    _put_numbers(attributes, chosen, others)
    _put_names(attributes, segment)
    _put_demographics(attributes, segment)
    _put_addresses(attributes, segment)
    _put_identity_state(attributes, segment, [chosen, *others], group)
    _put_more(attributes, group, segment)
    if reading.profile.snapshot and not weak:
        _empty_what_is_not_there(attributes, segment)
    return PatientStatement(
        patient=key_of(reading, chosen),
        moment=moment,
        values=attributes.values,
        identifiers=tuple(
            Identifier(value=n.value, issuer=issuer_of(reading, n), type=n.type) for n in others
        ),
        weak=weak,
    )


def patient_key(reading: Reading, segment: Segment | None) -> PatientKey:
    """Return whom a PID names.

    Raises
    ------
    MessageFault
        It is absent or names nobody.
    """
    if segment is None:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "PID", "there is no PID segment")
    return key_of(reading, choose(reading, segment)[0])


def prior_keys(reading: Reading, segment: Segment) -> list[PatientKey]:
    """Return whom an MRG names: its identifier by the rules of PID-3.

    Raises
    ------
    MessageFault
        It names nobody.
    """
    numbers = _numbers(segment.fields(1)) or _numbers(segment.fields(4))
    if not numbers:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "MRG-1", "no identifier to merge")
    return [key_of(reading, _best(reading, numbers))]


def choose(reading: Reading, segment: Segment) -> tuple[Number, list[Number]]:
    """Return the identifier that is the Patient ID, and the others.

    Raises
    ------
    MessageFault
        There is none, or it is longer than DICOM allows.
    """
    listed = _numbers(segment.fields(3))
    more = [*_numbers(segment.fields(2)), *_numbers(segment.fields(4))]
    social = [
        Number(value=n.value, authority=n.authority, type="SS")
        for n in _numbers(segment.fields(19))
    ]
    candidates = listed or more
    if not candidates:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "PID-3", "no patient identifier")
    if not listed:
        reading.warn("PID-3 is empty: the identifier is from PID-2 or PID-4")
    chosen = _best(reading, candidates)
    _fitting(chosen.value)
    others = [n for n in (*listed, *more, *social) if n != chosen]
    fitting = [n for n in others if max(len(n.value), len(n.authority.name)) <= _LONGEST_ID]
    if len(fitting) < len(others):
        reading.warn("PID-3 has another identifier that is too long for DICOM: left out")
    return chosen, list(dict.fromkeys(fitting))


def key_of(reading: Reading, number: Number) -> PatientKey:
    """Return the key of the patient with a number."""
    return PatientKey(patient_id=number.value, issuer=issuer_of(reading, number))


def issuer_of(reading: Reading, number: Number) -> str:
    """Return the Issuer of Patient ID that an authority stands for.

    Raises
    ------
    MessageFault
        Its name is longer than DICOM allows; cut, it could be another's.
    """
    profile = reading.profile
    names = (number.authority.namespace, number.authority.universal_id)
    for name in names:
        renamed = profile.code("issuer", name) if name else None
        if renamed is not None:
            return renamed
    return _fitting(clean(number.authority.name, "LO")) or profile.issuer


def issuer_of_root(reading: Reading, root: str) -> str:
    """Return the Issuer of Patient ID that an OID stands for."""
    known = reading.profile.code("issuer", root)
    return _fitting(_INS_NAMES.get(root, root)) if known is None else known


def key_of_document(reading: Reading, root: str, extension: str) -> PatientKey:
    """Return the patient that a CDA document names.

    Raises
    ------
    MessageFault
        The identifier is longer than DICOM allows.
    """
    patient_id = _fitting(clean(extension, "LO"))
    return PatientKey(patient_id=patient_id, issuer=issuer_of_root(reading, root))


def _fitting(text: str) -> str:
    if len(text) > _LONGEST_ID:
        raise fault(FaultCode.DATA_TYPE_ERROR, "PID-3", "longer than a Patient ID or issuer may be")
    return text


def _numbers(fields: Sequence[Field]) -> list[Number]:
    found = []
    for one in fields:
        number = number_of_cx(one)
        value = clean(number.value, "LO")
        if is_said(value):
            found.append(Number(value=value, authority=number.authority, type=number.type))
    return found


def _best(reading: Reading, numbers: Sequence[Number]) -> Number:
    for wanted in reading.profile.authorities:
        for number in numbers:
            if number.authority.is_called(wanted):
                return number
    local = [number for number in numbers if not _is_national(number)] or list(numbers)
    for kind in _TYPES:
        for number in local:
            if number.type.upper() == kind:
                return number
    if len(local) > 1:
        reading.warn("several identifiers and none of type MR or PI: the first is the Patient ID")
    return local[0]


def _is_national(number: Number) -> bool:
    return bool({number.authority.namespace, number.authority.universal_id} & _INS) or (
        number.type.upper() in ("INS", "INS-NIR", "INS-NIA", "INS-C")
    )


def _put_numbers(attributes: Attributes, chosen: Number, others: Sequence[Number]) -> None:
    reading = attributes.reading
    attributes.items("00100024", chosen.authority.qualifiers(reading))
    items: list[Elements] = []
    for number in others:
        item = Attributes(reading)
        item.put("00100020", [number.value])
        issuer = issuer_of(reading, number)
        item.put("00100021", [issuer] if issuer else [])
        item.put("00100022", ["TEXT"])
        item.items("00100024", number.authority.qualifiers(reading))
        items.append(item.values)
    attributes.items("00101002", items)


def _put_names(attributes: Attributes, segment: Segment) -> None:
    reading, fields = attributes.reading, segment.fields(5)
    if segment.value(5) == NULL:
        attributes.empty("00100010")
        return
    by_type: dict[str, list[Field]] = {}
    for found in fields:
        by_type.setdefault(found.value(7).strip().upper(), []).append(found)
    shown = next((kind for kind in (*_NAME_TYPES, *by_type) if kind in by_type), None)
    if shown is not None:
        attributes.name("00100010", [family_groups(by_type[shown], reading, "PID-5")])
    for kind, named in by_type.items():
        if kind in _BIRTH_NAMES and kind != shown:
            attributes.name("00101005", [family_groups(named, reading, "PID-5")])
    others = [family_groups(n, reading, "PID-5") for kind, n in by_type.items() if kind != shown]
    others += [person(found, reading, "PID-9", first=1) for found in segment.fields(9)]
    attributes.name("00101001", others)
    attributes.name(
        "00101060", [person(found, reading, "PID-6", first=1) for found in segment.fields(6)[:1]]
    )


def _put_demographics(attributes: Attributes, segment: Segment) -> None:
    reading = attributes.reading
    attributes.date("00100030", segment.value(7).strip(), "PID-7")
    time_of_birth = to_tm(segment.value(7))
    attributes.put("00100032", [time_of_birth] if time_of_birth.strip("0") else [])
    sex = segment.value(8).strip()
    if sex == NULL:
        attributes.empty("00100040")
    elif sex:
        code = reading.profile.code("sex", sex)
        if code is None:
            reading.warn("PID-8 is not in the table of sexes: left empty")
        if code:
            attributes.put("00100040", [code])
        else:
            attributes.empty("00100040")
    attributes.text("00102160", _label(segment, 22) or _label(segment, 10), "PID-22")
    attributes.text("001021F0", _label(segment, 17), "PID-17")
    if _label(segment, 35):
        attributes.text("00102201", _label(segment, 35), "PID-35")
        attributes.text("00102292", _label(segment, 36), "PID-36")


def _put_addresses(attributes: Attributes, segment: Segment) -> None:
    lines = []
    for found in segment.fields(11):
        kind = found.value(7).strip().upper()
        if kind == "BDL":  # place of birth: the French INSEE code
            attributes.own("birth_place", found.value(9).strip())
            continue
        parts = [found.value(n).strip() for n in (1, 2, 5, 3, 4, 6)]
        lines.append(", ".join(part for part in parts if is_said(part)))
    if segment.value(11) == NULL:
        attributes.empty("00101040")
    else:
        attributes.text("00101040", next((line for line in lines if line), ""), "PID-11")
    phones = [_phone(found) for field in (13, 14) for found in segment.fields(field)]
    attributes.text("00102154", [phone[:16] for phone in phones if phone], "PID-13")
    attributes.own("phones", [phone for phone in phones if is_said(phone)])


def _phone(found: Field) -> str:
    number = found.value(1).strip() or found.value(12).strip()
    if number or found.value(3).strip() == "Internet":
        return number
    return " ".join(part for n in (5, 6, 7) if (part := found.value(n).strip()))


def _put_identity_state(
    attributes: Attributes, segment: Segment, numbers: Sequence[Number], group: Group
) -> None:
    """Take the state of an identity in France: PID-32, INS, ZFD (PAM-FR)."""
    attributes.own("identity_state", segment.value(32).strip())
    ins = next((number for number in numbers if _is_national(number)), None)
    if ins is not None:
        attributes.own("ins", {"value": ins.value, "oid": ins.authority.universal_id})
    more = group.first("ZFD")
    if more is not None:
        for field, name in _ZFD.items():
            attributes.own(name, more.value(field).strip())


#: Fields of ZFD that say how sure an identity is.
_ZFD: Final = {
    4: "birth_date_corrected", 5: "identity_obtained_by", 6: "identity_checked",
    7: "identity_document",
}  # fmt: skip


def _put_more(attributes: Attributes, group: Group, segment: Segment) -> None:
    reading = attributes.reading
    attributes.own("language", segment.value(15).strip())
    attributes.own("died", segment.value(29).strip() or _yes(segment.value(30)))
    primary = group.first("PD1")
    if primary is not None:
        attributes.own("primary_care", physicians(primary.fields(4), reading, "PD1-4"))
    allergies = [_label(one, 3) for one in group.all("AL1")]
    attributes.text("00102110", [one for one in allergies if one], "AL1-3")
    attributes.text("00104000", _notes(group, segment), "NTE-3")


def _notes(group: Group, segment: Segment) -> str:
    """Return the comments right behind a PID."""
    lines: list[str] = []
    behind = [one for one in group.segments if one.number > segment.number]
    for one in behind:
        if one.name == "PD1":
            continue
        if one.name != "NTE":
            break
        lines += [found.plain().strip() for found in one.fields(3)]
    return "\n".join(line for line in lines if is_said(line))


def _label(segment: Segment, field: int) -> str:
    found = segment.fields(field)
    code = code_of(found[0]) if found else None
    return (code.meaning or code.value) if code else ""


def _yes(value: str) -> str:
    return "Y" if value.strip().upper() == "Y" else ""


#: What an empty field of PID takes away where a source blanks fields to delete.
_SNAPSHOT: Final = {
    5: "00100010", 6: "00101060", 7: "00100030", 8: "00100040", 9: "00101001", 11: "00101040",
    13: "00102154",
}  # fmt: skip


def _empty_what_is_not_there(attributes: Attributes, segment: Segment) -> None:
    for field, tag in _SNAPSHOT.items():
        if tag not in attributes.values and not segment.fields(field):
            attributes.empty(tag)
