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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Waiting:
    """An object that is in a draft and not archived yet."""

    name: str
    size: int
    draft: Draft


class Intake:
    """Archives what comes out of `ingest.sources`."""

    def __init__(self, receiver: Receiver, way: Way, address: str = "") -> None:
        self._receiver = receiver
        self._way = way
        self._address = address

    def take(self, found: Iterable[Found]) -> Iterator[Taken]:
        """Archive objects and yield what became of each, in order."""
        batch: list[_Waiting | Taken] = []
        try:
            for one in found:
                batch.append(self._fill(one))
                if len(batch) >= _BATCH_ITEMS or sum(one.size for one in batch) >= _BATCH_BYTES:
                    batch, due = [], batch
                    yield from self._archive(due)
            batch, due = [], batch
            yield from self._archive(due)
        finally:
            # Nobody reads on (the client went away), or the source failed.
            for ready in batch:
                if isinstance(ready, _Waiting):
                    ready.draft.discard()

    def archive(self, name: str, draft: Draft) -> Taken:
        """Archive one object that is in a draft already."""
        (taken,) = self._archive([_Waiting(name=name, size=draft.size, draft=draft)])
        return taken

    def _fill(self, one: Found) -> _Waiting | Taken:
        if isinstance(one, Skipped):
            return Taken(name=one.name, size=0, answer=one)
        try:
            draft = self._draft(one)
        except SteckelError as error:
            return Taken(name=one.name, size=one.size, answer=Refusal(error=error))
        return _Waiting(name=one.name, size=draft.size, draft=draft)

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

    def _archive(self, batch: list[_Waiting | Taken]) -> Iterator[Taken]:
        arrivals = [self._arrival(one) for one in batch if isinstance(one, _Waiting)]
        answers = iter(self._receiver.receive(arrivals) if arrivals else ())
        for one in batch:
            if isinstance(one, Taken):
                yield one
            else:
                yield Taken(name=one.name, size=one.size, answer=next(answers))

    def _arrival(self, one: _Waiting) -> Arrival:
        source = Source(way=self._way, name=one.name, address=self._address)
        return Arrival(draft=one.draft, source=source)
