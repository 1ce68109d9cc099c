"""From what a person gives to receipts: drafts are filled and archived in batches.

Stands between `ingest.sources` and the `Receiver`; upload and ``steckel import``
use it. Its rule: one answer per object, in order, whatever happens to another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from steckel.archive.draft import Draft
from steckel.errors import SteckelError
from steckel.ingest.found import Found, Skipped, SourceItem
from steckel.ingest.model import Arrival, Receipt, Receiver, Refusal, Source, Way

_BLOCK = 1 << 20
#: One `receive` makes so much durable at once: enough that syncing costs little,
#: little enough that a person sees progress.
_BATCH_ITEMS = 32
_BATCH_BYTES = 32 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of one object."""

    name: str
    size: int
    answer: Receipt | Refusal | Skipped


class Intake:
    """Archives what comes out of `ingest.sources`."""

    def __init__(self, receiver: Receiver, way: Way, address: str = "") -> None:
        self._receiver = receiver
        self._way = way
        self._address = address

    def take(self, found: Iterable[Found]) -> Iterator[Taken]:
        """Archive objects and yield what became of each, in order."""
        batch: list[Draft | Taken] = []
        names: list[str] = []
        waiting = 0
        try:
            for one in found:
                ready = self._fill(one)
                batch.append(ready)
                names.append(one.name)
                waiting += ready.size
                if len(batch) >= _BATCH_ITEMS or waiting >= _BATCH_BYTES:
                    batch, due = [], batch
                    names, due_names = [], names
                    waiting = 0
                    yield from self._receive(due, due_names)
            batch, due = [], batch
            yield from self._receive(due, names)
        finally:
            # Nobody reads on (the client went away), or the source failed.
            for draft in batch:
                if not isinstance(draft, Taken):
                    draft.discard()

    def _fill(self, one: Found) -> Draft | Taken:
        if isinstance(one, Skipped):
            return Taken(name=one.name, size=0, answer=one)
        try:
            return self._draft(one)
        except SteckelError as error:
            return Taken(name=one.name, size=one.size, answer=Refusal(error=error))

    def _draft(self, item: SourceItem) -> Draft:
        stream = item.open()
        try:
            draft = self._receiver.draft()
            try:
                while block := stream.read(_BLOCK):
                    draft.write(block)
            except BaseException:
                draft.discard()
                raise
        finally:
            stream.close()
        return draft

    def _receive(self, batch: list[Draft | Taken], names: list[str]) -> Iterator[Taken]:
        sizes = [one.size for one in batch]
        arrivals = [
            Arrival(draft=one, source=self.source(name))
            for one, name in zip(batch, names, strict=True)
            if not isinstance(one, Taken)
        ]
        answers = iter(self._receiver.receive(arrivals) if arrivals else ())
        for one, name, size in zip(batch, names, sizes, strict=True):
            yield (
                one if isinstance(one, Taken) else Taken(name=name, size=size, answer=next(answers))
            )

    def source(self, name: str) -> Source:
        """Return where an object of this name came from."""
        return Source(way=self._way, name=name, address=self._address)
