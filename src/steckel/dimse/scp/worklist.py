"""The door of the Modality Worklist (PS3.4 K.4.1)."""

from steckel.dicom.json_model import JsonDataset, JsonElement
from steckel.dimse.ports import WorklistFinder
from steckel.dimse.scp.find import send_matches
from steckel.dimse.scp.identifier import read_identifier
from steckel.dimse.scp.request import Request
from steckel.dimse.services import FIND_FUZZY
from steckel.dimse.status import Status
from steckel.index.view import Guarded
from steckel.ris.worklist_model import WorklistQuery

#: Matches in one write: a day of a large department has two hundred.
_TOGETHER = 32


class WorklistScp:
    """Modality Worklist Information Model as SCP."""

    def __init__(self, finder: Guarded[WorklistFinder]) -> None:
        self._finder = finder

    def __call__(self, request: Request) -> None:
        """Answer one query, step by step."""
        raw = request.read_identifier()
        identifier = read_identifier(raw, request.context.transfer_syntax, ())
        fuzzy = bool(request.extended.ljust(4, b"\0")[FIND_FUZZY])
        query = WorklistQuery(keys=identifier.matching, fuzzy=fuzzy)
        finder, pending = self._finder.seen_by(request.view), Status.PENDING
        if finder.unmatched(query):
            pending = Status.PENDING_WITHOUT_OPTIONAL_KEYS
        answers = (as_asked(identifier.requested, one) for one in finder.find(query))
        send_matches(request, answers, pending, together=_TOGETHER)


def as_asked(requested: JsonDataset, found: JsonDataset) -> JsonDataset:
    """Return what was asked for of a match, empty where there is none (PS3.4 C.2.2.1.3)."""
    answer: JsonDataset = {}
    for key, one in requested.items():
        held = found.get(key)
        if held is None:
            answer[key] = {"vr": one["vr"]}
        else:
            answer[key] = _of_sequence(one, held) if held["vr"] == "SQ" else held
    return answer


def _of_sequence(requested: JsonElement, found: JsonElement) -> JsonElement:
    """Return of a sequence what the item of the request asks for, all if that is empty."""
    items = requested.get("Value") or []
    wanted: JsonDataset = items[0] if items else {}
    if not wanted:
        return found
    return {"vr": "SQ", "Value": [as_asked(wanted, item) for item in found.get("Value") or []]}
