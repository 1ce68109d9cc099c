"""Another implementation's idea of a worklist item (mwlkit), field by field."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import PID, PV1_FULL, message, said

from steckel.exchange.dry_run import worklist_items

mwlkit = pytest.importorskip("mwlkit", reason="mwlkit is not installed")
pytestmark = pytest.mark.interop
Item = dict[str, Any]

#: What mwlkit writes and we do not, or otherwise, and why.
_OURS = {
    "00080005": "the character set is chosen when the item leaves",
    "00081110": "an empty sequence says nothing",
    "00100021": "the namespace, as images have it; the OID is in the qualifiers (0010,0024)",
    "00400007": "of the protocol (IPC-6) rather than of the whole procedure, where it is said",
    "00400020": "worked out when the item leaves, from order and performed step",
    "00400006": "empty says nothing",
}
ORDERS = {
    "imaging order": message(
        "OMI^O23", PID, PV1_FULL,
        "ORC|NW|P100^HIS|F100^RIS||SC||||20260301101400|||10005^DURAND^MARIE^^^DR",
        "TQ1|||||||20260302083000||S^STAT",
        "OBR|1|P100^HIS|F100^RIS|CTABD^CT abdomen^L||||||||||||10005^DURAND^MARIE^^^DR",
        "IPC|ACC100|RP100|1.2.3.4.5|SPS1|CT|CTABD2^CT contrast^L|CT1|ROOM1|CT1",
    ),
    "imaging order with two stations": message(
        "OMI^O23", PID, PV1_FULL, "ORC|NW|P7", "TQ1|||||||202603020830", "OBR|1|P7||MR^MR head^L",
        "IPC|ACC7|RP7|1.2.3.7|SPS7|MR|MRH^MR head^L|MR1^Big magnet|R2|MR1~MR2",
    ),
    "general order": message(
        "ORM^O01", PID, PV1_FULL, "ORC|NW|P2|F2||SC",
        "OBR|1|P2|F2|XHIP^Hip^L||||||||||||10005^DURAND^MARIE||ACC2|RP2|SPS2||||CR|||^^^202603020830^^R",
        "ZDS|1.2.3.6^100^Application^DICOM",
    ),
}  # fmt: skip


def flat(theirs: dict[str, Any]) -> Item:
    """Return an item with tags as DICOM JSON spells them."""
    return {
        key[1:5] + key[6:10]: [flat(one) for one in value] if isinstance(value, list) else value
        for key, value in theirs.items()
    }


def plain(ours: Item) -> Item:
    """Return an item with its values as text."""
    found: Item = {}
    for tag, element in ours.items():
        values = element.get("Value", [])
        if element.get("vr") == "SQ":
            found[tag] = [plain(one) for one in values]
        elif element.get("vr") == "PN":
            found[tag] = "\\".join(one["Alphabetic"] for one in values)
        else:
            found[tag] = "\\".join(str(one) for one in values)
    return found


def differences(theirs: Item, ours: Item) -> list[str]:
    found = []
    for tag, value in theirs.items():
        if tag in _OURS:
            continue
        if isinstance(value, list):
            for one, two in zip(value, ours.get(tag, []), strict=False):
                found += differences(one, two)
            if len(value) != len(ours.get(tag, [])):
                found.append(f"{tag}: {len(value)} items, ours {len(ours.get(tag, []))}")
        elif tag == "00400001":  # it takes the first of several
            if value not in ours.get(tag, "").split("\\"):
                found.append(f"{tag}: {value!r}, ours {ours.get(tag)!r}")
        elif tag == "00400003":
            if value.ljust(6, "0") != ours.get(tag, "").ljust(6, "0"):
                found.append(f"{tag}: {value!r}, ours {ours.get(tag)!r}")
        elif value != ours.get(tag, ""):
            found.append(f"{tag}: {value!r}, ours {ours.get(tag)!r}")
    return found


@pytest.mark.parametrize("name", list(ORDERS))
def test_another_implementation_makes_the_same_worklist_item(name: str) -> None:
    raw = ORDERS[name]
    (ours,) = worklist_items(said(raw).statements)
    theirs = flat(mwlkit.worklist_item(raw, default_station_ae="ANY").to_dict())
    for tag in ("00400001",) if name == "general order" else ():
        theirs["00400100"][0].pop(tag)  # the station that it was told to write
    assert differences(theirs, plain(ours)) == []


def test_the_comparison_can_fail() -> None:
    raw = ORDERS["general order"]
    (ours,) = worklist_items(said(raw.replace(b"ACC2", b"ACC3")).statements)
    theirs = flat(mwlkit.worklist_item(raw, default_station_ae="ANY").to_dict())
    assert any(one.startswith("00080050") for one in differences(theirs, plain(ours)))


def test_what_is_refused_here_is_refused_there() -> None:
    path = Path("../shared/data/hl7/dcm4che/OMI^O23-ImagingOrder.hl7")
    if not path.exists():
        pytest.skip("no messages lie in ../shared/data/hl7")
    with pytest.raises(ValueError, match="the VR allows"):
        mwlkit.worklist_item(path.read_bytes())
