"""The door of C-MOVE (PS3.4 C.4.2): instances go to a third application entity."""

from steckel.dimse.outgoing import Outgoing
from steckel.dimse.ports import PeerDirectory
from steckel.dimse.scp.identifier import read_identifier, to_selection
from steckel.dimse.scp.request import Request
from steckel.dimse.scp.retrieval import Retrieval
from steckel.dimse.scu.association import Caller
from steckel.dimse.scu.courier import Courier, plan_loads
from steckel.dimse.scu.store import MoveOriginator
from steckel.dimse.status import Status
from steckel.index.view import Guarded
from steckel.retrieve.model import StoredInstance


class MoveScp:
    """Retrieve by C-MOVE as SCP."""

    def __init__(self, outgoing: Guarded[Outgoing], peers: PeerDirectory, caller: Caller) -> None:
        self._outgoing = outgoing
        self._peers = peers
        self._caller = caller

    def __call__(self, request: Request) -> None:
        """Have everything that is asked for sent to the destination."""
        levels = request.service.levels
        raw = request.read_identifier()
        destination = request.command.move_destination
        remote = self._peers.lookup(destination)
        if remote is None:
            comment = f"no application entity {destination} is registered here"
            request.respond(Status.MOVE_DESTINATION_UNKNOWN, comment=comment)
            return
        identifier = read_identifier(raw, request.context.transfer_syntax, levels)
        outgoing = self._outgoing.seen_by(request.view)
        selected = outgoing.retriever.select(to_selection(identifier, levels))
        loads = list(plan_loads(selected))
        first_of = {id(load.instances[0]): load for load in loads}
        originator = MoveOriginator(
            aet=request.peer.calling_aet, message_id=request.command.message_id or 0
        )
        with Courier(self._caller, remote, outgoing, originator) as courier:

            def deliver(instance: StoredInstance) -> int:
                if id(instance) in first_of:
                    courier.start(first_of[id(instance)])
                return courier.deliver(instance)

            instances = [instance for load in loads for instance in load.instances]
            Retrieval(request, instances).run(deliver)
