"""Brings instances to another application entity: the sub-operations of C-MOVE (PS3.4 C.4.2.1.5).

Plans the presentation contexts first: for each SOP class one per stored
transfer syntax, so that nothing is transcoded without need, and one with the
uncompressed ones. An association holds 128 contexts; more instances' worth of
them go on several, one after the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.outgoing import FALLBACK, Outgoing, choose_context
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, CannotAssociate, open_association, release
from steckel.dimse.scu.store import MoveOriginator, StoreScu
from steckel.errors import SteckelError
from steckel.retrieve.model import StoredInstance

#: Presentation context IDs are the odd numbers up to 255 (PS3.8 9.3.2.2).
MAX_CONTEXTS = 128


class DeliveryFailed(SteckelError):
    """The association with the destination ended before it answered."""


@dataclass
class Load:
    """What one association can carry: its contexts, and the instances for them."""

    contexts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    instances: list[StoredInstance] = field(default_factory=list)


def plan_loads(instances: Iterable[StoredInstance]) -> Iterator[Load]:
    """Divide instances, in their order, into what one association each can carry."""
    load = Load()
    for instance in instances:
        wanted = [
            (instance.sop_class_uid, syntaxes)
            for syntaxes in ((instance.transfer_syntax,), FALLBACK)
        ]
        missing = [one for one in wanted if one not in load.contexts]
        if len(load.contexts) + len(missing) > MAX_CONTEXTS:
            yield load
            load, missing = Load(), wanted
        load.contexts += missing
        load.instances.append(instance)
    if load.instances:
        yield load


class Courier:
    """Delivers the instances of a plan, in order; opens associations as needed."""

    def __init__(
        self,
        caller: Caller,
        remote: RemoteEntity,
        outgoing: Outgoing,
        originator: MoveOriginator | None = None,
    ) -> None:
        self._caller = caller
        self._remote = remote
        self._outgoing = outgoing
        self._originator = originator
        self._contexts: Sequence[tuple[str, tuple[str, ...]]] = ()
        self._channel: Channel | None = None
        self._store: StoreScu | None = None
        self._refusal: CannotAssociate | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is not None and self._channel is not None:
            self._channel.abort()
        self._leave()

    def start(self, load: Load) -> None:
        """Go on with another load."""
        self._leave()
        self._contexts, self._refusal = load.contexts, None

    def deliver(self, instance: StoredInstance) -> int:
        """Store one instance of the load; return the status that the destination answers.

        Raises
        ------
        SteckelError
            It did not get there.
        """
        channel, store = self._connected()
        context = choose_context(channel.association.contexts.values(), instance)
        dataset = self._outgoing.dataset(instance, context)
        try:
            return store.store(context, instance.sop_class_uid, instance.sop_instance_uid, dataset)
        except AssociationEnded as error:
            self._leave()
            raise DeliveryFailed(f"association with {self._remote.aet} {error.how}") from error

    def _connected(self) -> tuple[Channel, StoreScu]:
        if self._refusal is not None:
            raise self._refusal
        if self._channel is None or self._store is None:
            try:
                self._channel = open_association(self._caller, self._remote, self._contexts)
            except CannotAssociate as error:
                self._refusal = error  # the same for all of this load: try once
                raise
            self._store = StoreScu(
                self._channel,
                response_timeout=self._caller.timeouts.response,
                originator=self._originator,
            )
        return self._channel, self._store

    def _leave(self) -> None:
        channel, self._channel, self._store = self._channel, None, None
        if channel is not None:
            release(channel, self._caller.timeouts.network)
