"""What every document of a study has: patient, study, series, equipment (PS3.3 C.7).

The patient's and the study's attributes are those of the images, so that the document is of the
same study for everybody who looks at both; what was put right about the study is put into it on
the way out, as it is into the images.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from steckel.dicom import person_name, tags
from steckel.dicom.json_model import JsonDataset, json_key, values_in
from steckel.index import attributes
from steckel.reporting.content_items import element
from steckel.reporting.model import SOP_CLASSES, Target, instance_uid, series_uid
from steckel.ris.report_documents import ReportVersion

_KEPT: Final = frozenset(
    json_key(tag) for tag in (*attributes.PATIENT, *attributes.STUDY, tags.INSTITUTION_NAME)
)
#: Type 2 in the modules Patient and General Study.
_REQUIRED: Final = {
    "00080020": "DA", "00080030": "TM", "00080050": "SH", "00080090": "PN", "00100010": "PN",
    "00100020": "LO", "00100030": "DA", "00100040": "CS", "00200010": "SH",
}  # fmt: skip
#: Series Number and Series Description by form.
_SERIES: Final = {
    "sr": (99001, "SR", "Reports (text)"),
    "pdf": (99002, "DOC", "Reports (PDF)"),
    "cda": (99003, "DOC", "Reports (CDA)"),
}


def common_modules(version: ReportVersion, target: Target, form: str) -> JsonDataset:
    """Return the attributes that a document in any form has."""
    number, modality, description = _SERIES[form]
    day, clock = content_moment(version, target)
    held = {key: value for key, value in target.dataset.items() if key in _KEPT}
    required: JsonDataset = {key: element(vr) for key, vr in _REQUIRED.items()}
    own: JsonDataset = {
        "00080016": element("UI", SOP_CLASSES[form]),
        "00080018": element("UI", instance_uid(version, target.study_uid, form)),
        "00080023": element("DA", day),
        "00080033": element("TM", clock),
        "00080060": element("CS", modality),
        "00080070": element("LO", "Steckel"),
        "0008103E": element("LO", description),
        "0020000D": element("UI", target.study_uid),
        "0020000E": element("UI", series_uid(target.study_uid, form)),
        "00200011": element("IS", number),
        "00200013": element("IS", version.number),
    }
    return required | held | own


def content_moment(version: ReportVersion, target: Target) -> tuple[str, str]:
    """Return date and time of a version in the zone of its study, else of this machine."""
    moment = datetime.fromtimestamp(version.at / 1000, UTC).astimezone(_zone(target))
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S}"


def institution_of(target: Target) -> str:
    """Return who answers for a report."""
    found = values_in(target.dataset, tags.INSTITUTION_NAME)
    return str(found[0]) if found else target.organization


def name_of(text: str) -> dict[str, str]:
    """Return a person name in the DICOM JSON model; empty where there is none."""
    return person_name.to_json(text)


def _zone(target: Target) -> timezone | None:
    found = values_in(target.dataset, tags.TIMEZONE_OFFSET_FROM_UTC)
    text = str(found[0]) if found else ""
    if len(text) != 5 or text[0] not in "+-" or not text[1:].isdecimal():
        return None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if text[0] == "-" else offset)
