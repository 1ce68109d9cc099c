"""The scheduled procedure steps of an order: IPC segments, or one that OBR describes."""

import re
from typing import Final

from steckel.exchange.inbound.elements import Attributes, Code, clean, code_of
from steckel.exchange.inbound.numbering import limited, short
from steckel.exchange.inbound.observation import observed_modality
from steckel.exchange.inbound.people import physicians
from steckel.exchange.inbound.reading import Group, Reading, is_said
from steckel.ris.model import StepStatement

#: An AE title as people give them; other text in a field that need not have one is none.
_TITLE: Final = re.compile(r"[A-Za-z0-9_.\-]{1,16}\Z")


def read_steps(reading: Reading, group: Group, key: str) -> tuple[StepStatement, ...]:
    """Return the steps of a group; one that nobody named has a name made from the order's.

    Raises
    ------
    MessageFault
        A Scheduled Procedure Step ID is longer than DICOM allows.
    """
    segments = group.all("IPC")
    rest = [segment for segment in group.segments if segment.name != "IPC"]
    if not segments:
        return (_step(reading, group, key, group.position),)
    found: dict[str, StepStatement] = {}
    for at, segment in enumerate(segments, 1):
        step = _step(reading, Group([segment, *rest], group.position), key, at)
        if step.step_id in found:
            reading.warn("IPC-4 is the same in several segments: the last one counts")
        found[step.step_id] = step
    return tuple(found.values())


def modality_of(reading: Reading, group: Group) -> str:
    """Return the modality of a group as DICOM names it; empty when it is not said."""
    value = clean(group.value(reading.profile.fields["modality"]) or observed_modality(group), "CS")
    if not is_said(value):
        return ""
    return reading.profile.code("modality", value) or value.upper()


def _step(reading: Reading, group: Group, key: str, position: int) -> StepStatement:
    fields, attributes = reading.profile.fields, Attributes(reading)
    _, place, _ = group.find(fields["step-id"])
    given = limited(attributes, group.value(fields["step-id"]), place, "step_id")
    modality = modality_of(reading, group)
    attributes.text("00080060", modality, "OBR-24")
    _put_times(attributes, group)
    _put_place(attributes, group, modality)
    _put_protocol(attributes, group)
    found, place, path = group.find(fields["performing-physician"])
    if found is not None and path is not None:
        segment = group.first(path.segment)
        named = segment.fields(path.field) if segment else [found]
        attributes.name("00400006", physicians(named, reading, place))
    return StepStatement(
        step_id=given or short(f"step\x1f{key}\x1f{position}"), values=attributes.values
    )


def _put_times(attributes: Attributes, group: Group) -> None:
    fields = attributes.reading.profile.fields
    _, place, _ = group.find(fields["start"])
    attributes.moment(("00400002", "00400003"), group.value(fields["start"]), place)
    _, place, _ = group.find(fields["end"])
    attributes.moment(("00400004", "00400005"), group.value(fields["end"]), place)


def _put_place(attributes: Attributes, group: Group, modality: str) -> None:
    reading = attributes.reading
    fields = reading.profile.fields
    _, place, _ = group.find(fields["location"])
    location = group.value(fields["location"])
    attributes.text("00400011", location, place)
    _, place, _ = group.find(fields["station-name"])
    attributes.text("00400010", group.value(fields["station-name"]), place)
    titles = _titles(attributes, group)
    if not titles:
        rule = next((r for r in reading.profile.stations if r.fits(modality, location)), None)
        titles = list(rule.titles) if rule else []
    attributes.put("00400001", titles)


def _titles(attributes: Attributes, group: Group) -> list[str]:
    """Return the AE titles that an order names; only IPC-9 must have some."""
    found, place, path = group.find(attributes.reading.profile.fields["station-title"])
    segment = group.first(path.segment) if path else None
    if found is None or segment is None or path is None:
        return []
    named = [one.value(path.component or 1).strip() for one in segment.fields(path.field)]
    if place.startswith("IPC"):
        attributes.text("00400001", named, place)
        return list(attributes.values.get("00400001", {}).get("Value", []))
    return [title for title in named if _TITLE.match(title)]


def _put_protocol(attributes: Attributes, group: Group) -> None:
    found, place, path = group.find(attributes.reading.profile.fields["protocol"])
    segment = group.first(path.segment) if path else None
    codes: list[Code] = []
    if found is not None and segment is not None and path is not None:
        repeated = segment.fields(path.field)
        codes = [code for one in repeated if (code := code_of(one, path.component or 1))]
    codes = [code for code in codes if is_said(code.value)]
    attributes.codes("00400008", codes, place)
    description = codes[0].meaning if codes else _procedure_text(group)
    attributes.text("00400007", description, place)


def _procedure_text(group: Group) -> str:
    segment = group.first("OBR")
    found = segment.fields(4) if segment else []
    code = code_of(found[0]) if found else None
    return (code.meaning or code.value) if code and is_said(code.value) else ""
