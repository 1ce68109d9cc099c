"""The door of C-GET (PS3.4 C.4.3): instances go back on the association that asks."""

from collections.abc import Iterator

from steckel.dimse.outgoing import Outgoing, choose_context
from steckel.dimse.scp.identifier import read_identifier, to_selection
from steckel.dimse.scp.request import Request
from steckel.dimse.scp.retrieval import Retrieval
from steckel.dimse.scu.store import StoreScu
from steckel.index.view import Guarded
from steckel.retrieve.model import StoredInstance
from steckel.upperlayer.negotiation import Context


class GetScp:
    """Retrieve by C-GET as SCP."""

    def __init__(self, outgoing: Guarded[Outgoing], *, response_timeout: float) -> None:
        self._outgoing = outgoing
        self._response_timeout = response_timeout

    def __call__(self, request: Request) -> None:
        """Send what is asked for."""
        levels = request.service.levels
        raw = request.read_identifier()
        identifier = read_identifier(raw, request.context.transfer_syntax, levels)
        outgoing = self._outgoing.seen_by(request.view)
        instances = list(outgoing.retriever.select(to_selection(identifier, levels)))
        store = StoreScu(request.channel, response_timeout=self._response_timeout)

        def deliver(instance: StoredInstance) -> int:
            context = choose_context(_taken_back(request), instance)
            dataset = outgoing.dataset(instance, context)
            return store.store(context, instance.sop_class_uid, instance.sop_instance_uid, dataset)

        Retrieval(request, instances).run(deliver)


def _taken_back(request: Request) -> Iterator[Context]:
    """Yield the contexts in which the peer has the SCP role (PS3.7 D.3.3.4)."""
    contexts = request.channel.association.contexts.values()
    return (context for context in contexts if context.requestor_is_scp)
