"""The door of C-FIND (PS3.4 C.4.1)."""

from collections.abc import Iterable

from steckel.dicom.json_model import JsonDataset
from steckel.dimse.scp.identifier import read_identifier, to_answer, to_query
from steckel.dimse.scp.request import Request
from steckel.dimse.services import FIND_COMBINED, FIND_FUZZY, FIND_RELATIONAL
from steckel.dimse.status import Status
from steckel.index.view import Guarded
from steckel.query.ports import Finder


class FindScp:
    """Query of all our information models as SCP."""

    def __init__(self, finder: Guarded[Finder], *, aet: str, relational_by_default: bool) -> None:
        self._finder = finder
        self._aet = aet
        self._relational_by_default = relational_by_default

    def __call__(self, request: Request) -> None:
        """Answer one query, match by match."""
        levels = request.service.levels
        raw = request.read_identifier()
        identifier = read_identifier(raw, request.context.transfer_syntax, levels)
        extended = request.extended.ljust(4, b"\0")
        query = to_query(
            identifier,
            levels,
            relational=bool(extended[FIND_RELATIONAL]) or self._relational_by_default,
            combined=bool(extended[FIND_COMBINED]),
            fuzzy=bool(extended[FIND_FUZZY]),
        )
        finder, pending = self._finder.seen_by(request.view), Status.PENDING
        if finder.unmatched(query):
            pending = Status.PENDING_WITHOUT_OPTIONAL_KEYS
        matches = finder.find(query)
        send_matches(request, (to_answer(identifier, one, self._aet) for one in matches), pending)


def send_matches(
    request: Request, answers: Iterable[JsonDataset], pending: Status, *, together: int = 1
) -> None:
    """Answer match by match, until there are no more or the peer cancels.

    With `together`, so many matches are sent at once: for answers that come without a pause.
    """
    try:
        for number, answer in enumerate(answers):
            if number % together == 0:
                if request.cancelled():
                    request.respond(Status.CANCEL)
                    return
                request.channel.hold(together - 1)
            request.respond(pending, identifier=answer)
    finally:
        request.channel.hold(0)
    request.respond(Status.SUCCESS)
