"""A performed procedure step as a CT says it, as DICOM JSON."""

from typing import Any

from steckel.dicom.json_model import JsonDataset


def text(vr: str, *values: Any) -> Any:
    return {"vr": vr, "Value": list(values)}


def item(
    number: str, step_id: str = "S1", *, accession: str = "", study_uid: str = ""
) -> JsonDataset:
    """Return what says which scheduled step it is for."""
    return {
        "00080050": text("SH", accession or f"A{number}"),
        "0020000D": text("UI", study_uid or f"1.2.{number}"),
        "00400009": text("SH", step_id) if step_id else {"vr": "SH"},
        "00401001": {"vr": "SH"},
    }


def at_creation(*items: JsonDataset) -> JsonDataset:
    return {
        "00080005": text("CS", "ISO_IR 100"),
        "00080060": text("CS", "CT"),
        "00100010": text("PN", {"Alphabetic": "DOE^JANE"}),
        "00100020": text("LO", "P1"),
        "00400241": text("AE", "CT1"),
        "00400244": text("DA", "20261124"),
        "00400245": text("TM", "0835"),
        "00400252": text("CS", "IN PROGRESS"),
        "00400253": text("SH", "PPS1"),
        "00400270": text("SQ", *(items or (item("7"),))),
    }


COMPLETION: JsonDataset = {
    "00400250": text("DA", "20261124"),
    "00400251": text("TM", "0850"),
    "00400252": text("CS", "COMPLETED"),
    "00400340": text("SQ", {"0020000E": text("UI", "1.2.7.1"), "00181030": text("LO", "THORAX")}),
}
DISCONTINUATION: JsonDataset = {
    **{key: one for key, one in COMPLETION.items() if key != "00400340"},
    "00400252": text("CS", "DISCONTINUED"),
}
