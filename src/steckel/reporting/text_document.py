"""A version's text as a Basic Text SR after TID 2000 (PS3.3 A.35.1, PS3.16).

What its status is worth stands in Completion Flag, Verification Flag and Preliminary Flag
(PS3.3 C.17.2); what takes a report back says so in its content as well.
"""

from typing import Final

from steckel.dicom.json_model import JsonDataset
from steckel.reporting.content_items import (
    Code,
    code_item,
    container,
    element,
    name_item,
    text_item,
    uid_item,
)
from steckel.reporting.model import (
    SOP_CLASSES,
    STATUS_WORDS,
    UNSIGNED,
    WITHDRAWN,
    Document,
    Target,
    derived_uid,
    instance_uid,
    series_uid,
)
from steckel.reporting.modules import common_modules, content_moment, institution_of, name_of
from steckel.reporting.sections import PROCEDURE, Section, sections_of
from steckel.ris.report_documents import ReportVersion

REPORT: Final[Code] = ("11528-7", "LN", "Radiology Report")
_COMMENT: Final = ("121106", "Comment")
_STATUS: Final = Section(heading=("121111", "Summary"), element=_COMMENT)


def text_document(version: ReportVersion, target: Target) -> Document:
    """Return a version as a structured report."""
    dataset = common_modules(version, target, "sr")
    dataset |= _document_general(version, target)
    dataset |= container(REPORT, [*_context(version), *_sections(version)], relation="")
    dataset["0040A504"] = element(
        "SQ", {"00080105": element("CS", "DCMR"), "0040DB00": element("CS", "2000")}
    )
    return Document(
        sop_class_uid=SOP_CLASSES["sr"],
        sop_instance_uid=instance_uid(version, target.study_uid, "sr"),
        dataset=dataset,
    )


def _document_general(version: ReportVersion, target: Target) -> JsonDataset:
    """Return the module SR Document General (PS3.3 C.17.2)."""
    unsigned = version.status in UNSIGNED
    verified = not unsigned and version.status not in WITHDRAWN and bool(version.author)
    found: JsonDataset = {
        "00081111": element("SQ"),
        "0040A372": element("SQ"),
        "0040A491": element("CS", "PARTIAL" if unsigned else "COMPLETE"),
        "0040A492": element("LO", STATUS_WORDS[version.status]),
        "0040A493": element("CS", "VERIFIED" if verified else "UNVERIFIED"),
        "0040A496": element("CS", "PRELIMINARY" if unsigned else "FINAL"),
        "0040A370": element("SQ", _request(version, target)),
    }
    if verified:
        found["0040A073"] = element("SQ", _verifying_observer(version, target))
    if version.author:
        found["0040A078"] = element("SQ", _author(version, target))
    if "text" in version.before:
        before = predecessor(version, target, "sr", version.before["text"])
        found["0040A360"] = element("SQ", before)
    return found


def predecessor(version: ReportVersion, target: Target, form: str, before: str) -> JsonDataset:
    """Return the reference to the version before, by its digest (PS3.3 table C.17-3)."""
    reference: JsonDataset = {
        "00081150": element("UI", SOP_CLASSES[form]),
        "00081155": element("UI", instance_uid(version, target.study_uid, form, before)),
    }
    return {
        "0020000D": element("UI", target.study_uid),
        "00081115": element(
            "SQ",
            {
                "0020000E": element("UI", series_uid(target.study_uid, form)),
                "00081199": element("SQ", reference),
            },
        ),
    }


def _request(version: ReportVersion, target: Target) -> JsonDataset:
    """Return the item of Referenced Request Sequence (PS3.3 table C.17-3)."""
    held = target.dataset
    return {
        "00080050": held.get("00080050") or element("SH", *_said(version.accession, 16)),
        "0020000D": element("UI", target.study_uid),
        "00081110": element("SQ"),
        "00321060": element("LO", *_said(version.title, 64)),
        "00321064": element("SQ"),
        "00401001": element("SH"),
        "00402016": element("LO", *_said(version.placer, 64)),
        "00402017": element("LO", *_said(version.filler, 64)),
    }


def _said(text: str, limit: int) -> tuple[str, ...]:
    """Return an identifier as a value; none where it has no room: it is never cut."""
    return (text,) if text and len(text) <= limit else ()


def _verifying_observer(version: ReportVersion, target: Target) -> JsonDataset:
    return {
        "0040A027": element("LO", institution_of(target)[:64]),
        "0040A030": element("DT", "".join(content_moment(version, target))),
        "0040A075": element("PN", name_of(version.author)),
        "0040A088": element("SQ"),
    }


def _author(version: ReportVersion, target: Target) -> JsonDataset:
    """Return the item of Author Observer Sequence (PS3.3 table C.17-3b)."""
    return {
        "00080080": element("LO", institution_of(target)[:64]),
        "0040A084": element("CS", "PSN"),
        "0040A123": element("PN", name_of(version.author)),
        "00401101": element("SQ"),
    }


def _context(version: ReportVersion) -> list[JsonDataset]:
    """Return who observed (TID 1002, TID 1003, TID 1004)."""
    kind: Code = ("121005", "DCM", "Observer Type")
    if version.author:
        name = name_item(
            ("121008", "DCM", "Person Observer Name"), name_of(version.author), "HAS OBS CONTEXT"
        )
        return [code_item(kind, ("121006", "DCM", "Person"), "HAS OBS CONTEXT"), name]
    device = uid_item(
        ("121012", "DCM", "Device Observer UID"), derived_uid("observer"), "HAS OBS CONTEXT"
    )
    return [code_item(kind, ("121007", "DCM", "Device"), "HAS OBS CONTEXT"), device]


def _sections(version: ReportVersion) -> list[JsonDataset]:
    found = sections_of(version.text)
    if version.title and not any(one.heading == PROCEDURE.heading for one in found):
        found.insert(0, _with(PROCEDURE, version.title))
    if version.status in WITHDRAWN:
        found.insert(0, _with(_STATUS, f"This report is {STATUS_WORDS[version.status]}."))
    if not found:
        found = [_with(_STATUS, f"This report is {STATUS_WORDS[version.status]}, without a text.")]
    return [_section(one) for one in found]


def _with(section: Section, text: str) -> Section:
    return Section(heading=section.heading, element=section.element, text=text)


def _section(section: Section) -> JsonDataset:
    heading, concept = section.heading, section.element
    return container(
        (heading[0], "DCM", heading[1]),
        [text_item((concept[0], "DCM", concept[1]), section.text)],
    )
