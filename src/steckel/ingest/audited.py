"""Recording what came in: one event for each study of a sender, however many objects it sends.

Stands around the ingest service, so that no way in is forgotten. An event is recorded when
its sender says that it is done (an association ends), or sends nothing for a while; until
then it lies in the spool of the process (`audit.spool`). While nothing can be recorded,
nothing is taken.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from steckel.archive.draft import Draft
from steckel.audit.event import Actor, Event, Part, Study, now
from steckel.audit.kinds import Action, Kind, Outcome
from steckel.audit.ports import Recorder
from steckel.audit.refusals import NotRecorded
from steckel.ingest.model import Arrival, Receipt, Receiver, Refusal, Source, Way

#: Seconds without an object after which a sender is done that does not say so.
_QUIET: Final = 30.0
#: Seconds after which what was sent so far is recorded, however long it goes on.
_LONGEST: Final = 900.0

#: What an object that comes this way is: a transfer between nodes, or brought by a person.
_KINDS: Final = {Way.DIMSE: Kind.INSTANCES_TRANSFERRED, Way.STOW: Kind.INSTANCES_TRANSFERRED}
_Key = tuple[Way, str, str]


@dataclass
class _Transfer:
    """What one sender has sent of one study."""

    began: int  #: milliseconds since 1970
    started: float
    last: float
    classes: Counter[str] = field(default_factory=Counter)
    refused: int = 0


class Transfers:
    """The transfers that are under way in a process. Thread-safe; never waits."""

    def __init__(
        self, recorder: Recorder, aet: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._recorder = recorder
        self._aet = aet
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[_Key, dict[str, _Transfer]] = {}

    def note(self, source: Source, study: str, sop_class: str, *, taken: bool) -> None:
        """Count an object."""
        at = self._clock()
        with self._lock:
            studies = self._open.setdefault(_key(source), {})
            transfer = studies.get(study)
            if transfer is None:
                transfer = studies[study] = _Transfer(began=now(), started=at, last=at)
            transfer.last = at
            transfer.classes[sop_class] += taken
            transfer.refused += not taken

    def ended(self, source: Source) -> None:
        """Record what a sender sent, which is done."""
        key = _key(source)
        with self._lock:
            studies = self._open.pop(key, {})
        for study, transfer in studies.items():
            self._recorder.record(self._event(key, study, transfer))

    def under_way(self) -> list[Event]:
        """Record what has come to its end; return what would be lost with the process."""
        at = self._clock()
        done, left = [], []
        with self._lock:
            for key, studies in list(self._open.items()):
                for study, transfer in list(studies.items()):
                    event = self._event(key, study, transfer)
                    if at - transfer.last < _QUIET and at - transfer.started < _LONGEST:
                        left.append(event)
                        continue
                    del studies[study]
                    done.append(event)
                if not studies:
                    del self._open[key]
        for event in done:
            self._recorder.record(event)
        return left

    def finish(self) -> None:
        """Record all: the process ends."""
        with self._lock:
            opened, self._open = self._open, {}
        for key, studies in opened.items():
            for study, transfer in studies.items():
                self._recorder.record(self._event(key, study, transfer))

    def _event(self, key: _Key, study: str, transfer: _Transfer) -> Event:
        way, name, address = key
        kind = _KINDS.get(way, Kind.IMPORTED)
        sender = Actor(name=name, part=Part.SOURCE, address=address, via=way.value)
        taken = +transfer.classes
        reason = f"{transfer.refused} refused" if transfer.refused else ""
        return Event(
            kind=kind,
            at=transfer.began,
            action=Action.CREATE,
            outcome=Outcome.MINOR_FAILURE if transfer.refused else Outcome.SUCCESS,
            reason=reason,
            actors=(sender, Actor(name=self._aet, part=Part.DESTINATION)),
            study=Study(uid=study, classes=tuple(sorted(taken.items()))) if study else None,
        )


@dataclass(frozen=True)
class AuditedReceiver:
    """The one way in (`ingest.model.Receiver`), and a note of what came."""

    receiver: Receiver
    recorder: Recorder
    transfers: Transfers

    def draft(self) -> Draft:
        """Open a buffer for one object that is about to arrive."""
        return self.receiver.draft()

    def receive(self, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
        """Archive and index arrivals together; one answer per arrival, in order."""
        if self.recorder.is_failing:
            for arrival in arrivals:
                arrival.draft.discard()
            return [Refusal(error=NotRecorded()) for _ in arrivals]
        sources = [arrival.source for arrival in arrivals]
        answers = self.receiver.receive(arrivals)
        for source, answer in zip(sources, answers, strict=True):
            is_taken = isinstance(answer, Receipt)
            study = answer.study_uid if isinstance(answer, Receipt) else ""
            self.transfers.note(source, study, answer.sop_class_uid or "", taken=is_taken)
        return answers


def _key(source: Source) -> _Key:
    # The name of a file that is imported tells nobody who imported it, and may name a patient.
    name = "" if source.way is Way.IMPORT else source.name
    return (source.way, name or source.way.value, source.address)
