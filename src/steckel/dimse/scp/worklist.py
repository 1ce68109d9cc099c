"""The door of the Modality Worklist (PS3.4 K.4.1)."""

from steckel.dicom.json_model import JsonDataset, JsonElement
from steckel.dimse.ports import WorklistFinder
from steckel.dimse.scp.find import send_matches
from steckel.dimse.scp.identifier import read_identifier
from steckel.dimse.scp.request import Request
from steckel.dimse.services import FIND_FUZZY
from steckel.dimse.status import Status
from steckel.ris.worklist_model import WorklistQuery


class WorklistScp:
    """Modality Worklist Information Model as SCP."""

    def __init__(self, finder: WorklistFinder) -> None:
        self._finder = finder

    def __call__(self, request: Request) -> None:
        """Answer one query, step by step."""
        raw = request.read_identifier()
        identifier = read_identifier(raw, request.context.transfer_syntax, ())
        fuzzy = bool(request.extended.ljust(4, b"\0")[FIND_FUZZY])
        query = WorklistQuery(keys=identifier.matching, fuzzy=fuzzy)
        pending = Status.PENDING
        if self._finder.unmatched(query):
            pending = Status.PENDING_WITHOUT_OPTIONAL_KEYS
        answers = (as_asked(identifier.requested, one) for one in self._finder.find(query))
        send_matches(request, answers, pending)


def as_asked(requested: JsonDataset, found: JsonDataset) -> JsonDataset:
    """Return what was asked for of a match, empty where there is none (PS3.4 C.2.2.1.3)."""
    return {key: _element(one, found.get(key)) for key, one in requested.items()}


def _element(requested: JsonElement, found: JsonElement | None) -> JsonElement:
    """Return an element; of a sequence what its item asks for, all if that is empty."""
    if found is None or found["vr"] != "SQ":
        return found or {"vr": requested["vr"]}
    items = requested.get("Value") or []
    wanted: JsonDataset = items[0] if items else {}
    if not wanted:
        return found
    return {"vr": "SQ", "Value": [as_asked(wanted, item) for item in found.get("Value") or []]}
