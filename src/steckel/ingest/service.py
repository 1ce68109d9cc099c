"""Ingest: from drafts to acknowledged instances. The one way into the archive.

The rule: a `Receipt` is given when the bytes are on stable storage and the
index has committed, never before; the index commits when the bytes are safe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import time

import structlog

from steckel.archive.drafts import SpooledDraft
from steckel.archive.store import Appended, Archive
from steckel.archive.zip_format import Provenance
from steckel.errors import (
    InputError,
    OutOfSpace,
    PatientMismatch,
    SteckelError,
    StorageFailure,
    TooLarge,
)
from steckel.index.lookups import Lookups
from steckel.index.writer import IndexWriter, Ticket
from steckel.ingest.claims import Claims
from steckel.ingest.entry import identity_of, index_entry
from steckel.ingest.examine import Examined, check_expected, examine
from steckel.ingest.model import Arrival, Outcome, Receipt, Refusal, Source, Way
from steckel.ingest.policy import IngestPolicy
from steckel.ingest.quarantine import QuarantineStore
from steckel.ingest.versions import Versions

_log = structlog.get_logger(__name__)

Answer = Receipt | Refusal


@dataclass(slots=True)
class _Candidate:
    """An arrival on its way through."""

    position: int
    arrival: Arrival
    draft: SpooledDraft
    examined: Examined
    appended: Appended | None = None
    ticket: Ticket | None = None


class IngestService:
    """Archives and indexes (`ingest.model.Receiver`). Thread-safe."""

    def __init__(
        self,
        archive: Archive,
        writer: IndexWriter,
        lookups: Lookups,
        quarantine: QuarantineStore,
        versions: Versions,
        policy: IngestPolicy,
    ) -> None:
        self._archive = archive
        self._writer = writer
        self._lookups = lookups
        self._quarantine = quarantine
        self._versions = versions
        self._policy = policy
        self._claims = Claims()

    def draft(self) -> SpooledDraft:
        """Open a buffer for one object that is about to arrive."""
        return self._archive.draft()

    def receive(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """Archive and index arrivals together; one answer per arrival, in order."""
        answers: dict[int, Answer] = {}
        rounds: list[list[_Candidate]] = []
        try:
            for position, arrival in enumerate(arrivals):
                candidate = self._examine(position, arrival, answers)
                if candidate is not None:
                    _add_to_round(rounds, candidate)
            for candidates in rounds:
                uids = [c.examined.sop_instance_uid for c in candidates]
                with self._claims.hold(uids):
                    self._archive_round(candidates, answers)
        finally:
            for arrival in arrivals:
                arrival.draft.discard()
        return [answers[position] for position in range(len(arrivals))]

    def _examine(
        self, position: int, arrival: Arrival, answers: dict[int, Answer]
    ) -> _Candidate | None:
        draft = arrival.draft
        if not isinstance(draft, SpooledDraft):
            raise TypeError("the draft was not opened by this service")
        examined: Examined | None = None
        try:
            if draft.size > self._policy.max_object_bytes:
                raise TooLarge("the object is larger than this archive takes")
            source_aet = _aet_of(arrival.source)
            examined = examine(draft.view(), source_aet, draft.tally, arrival.start)
            check_expected(examined, arrival.expected)
            self._check_patient(examined)
        except InputError as error:
            answers[position] = self._refuse(arrival, error, examined)
            return None
        return _Candidate(position=position, arrival=arrival, draft=draft, examined=examined)

    def _check_patient(self, examined: Examined) -> None:
        identity = identity_of(examined)
        if identity == self._writer.remembered_owner(examined.study_uid, examined.series_uid):
            return
        owners = self._lookups.owners(examined.study_uid)
        if owners and identity not in owners:
            raise PatientMismatch("the study is archived under another patient")

    def _archive_round(self, candidates: list[_Candidate], answers: dict[int, Answer]) -> None:
        """Archive candidates with distinct UIDs that nobody else is archiving."""
        fresh: list[_Candidate] = []
        for candidate in candidates:
            try:
                answer = self._answer_if_known(candidate)
                if answer is None:
                    self._append(candidate)
                    fresh.append(candidate)
                else:
                    answers[candidate.position] = answer
            except SteckelError as error:
                answers[candidate.position] = self._refuse(
                    candidate.arrival, error, candidate.examined
                )
        if fresh:
            self._commit(fresh)
        for candidate in fresh:
            answers[candidate.position] = self._conclude(candidate)

    def _answer_if_known(self, candidate: _Candidate) -> Answer | None:
        known = self._lookups.known(candidate.examined.sop_instance_uid)
        if known is None:
            return None
        examined = candidate.examined
        source = _label(candidate.arrival.source)
        if known.digest == examined.digest and known.study_uid == examined.study_uid:
            if self._versions.is_kept(known, examined):
                return _receipt(examined, Outcome.DUPLICATE)
            self._versions.restore(known, examined, source)
            return _receipt(examined, Outcome.STORED)
        note = self._versions.meet(known, examined, source)
        return _receipt(examined, Outcome.CONFLICT, note)

    def _append(self, candidate: _Candidate) -> None:
        examined, draft = candidate.examined, candidate.draft
        provenance = Provenance(
            dataset_offset=examined.dataset_offset,
            digest=examined.digest,
            received=int(time() * 1000),
            source=_label(candidate.arrival.source),
        )
        series = (examined.study_uid, examined.series_uid)
        if examined.whole and draft.spooled:
            candidate.appended = self._archive.append_spooled(series, draft, provenance)
        else:
            crc = draft.tally.crc if examined.whole and draft.tally else None
            candidate.appended = self._archive.append(series, examined.pieces, provenance, crc)
        entry = index_entry(examined, candidate.appended.location, provenance.received)
        candidate.ticket = Ticket(entry, candidate.appended.sync)

    def _commit(self, candidates: list[_Candidate]) -> None:
        """Make them durable and index them; return when all are decided."""
        pairs = [(c.appended, c.ticket) for c in candidates if c.appended and c.ticket]
        self._writer.write([ticket for _, ticket in pairs])
        for appended, _ in pairs:
            appended.settle()

    def _conclude(self, candidate: _Candidate) -> Answer:
        examined, appended, ticket = candidate.examined, candidate.appended, candidate.ticket
        assert appended is not None
        assert ticket is not None
        try:
            if ticket.result():
                return _receipt(examined, Outcome.STORED)
            # Another process archived it meanwhile.
            answer = self._answer_if_known(candidate)
            self._versions.drop(appended.location)
            if answer is None:
                raise StorageFailure("the instance was deleted while it was being archived")
        except PatientMismatch as error:
            answer = self._refuse(candidate.arrival, error, examined)
            self._versions.drop(appended.location)
        except SteckelError as error:
            answer = self._refuse(candidate.arrival, error, examined)
        return answer

    def _refuse(self, arrival: Arrival, error: SteckelError, examined: Examined | None) -> Refusal:
        kept = isinstance(error, InputError) and self._keep(arrival, error, examined)
        _log.warning(
            "object_refused",
            error=type(error).__name__,
            reason=str(error),
            way=arrival.source.way.value,
            sop_instance_uid=examined.sop_instance_uid if examined else None,
            quarantined=kept,
        )
        return Refusal(
            error=error,
            sop_class_uid=examined.sop_class_uid if examined else None,
            sop_instance_uid=examined.sop_instance_uid if examined else None,
            quarantined=kept,
        )

    def _keep(self, arrival: Arrival, error: InputError, examined: Examined | None) -> bool:
        if isinstance(error, TooLarge) or not isinstance(arrival.draft, SpooledDraft):
            return False
        uids = (examined.study_uid, examined.sop_instance_uid) if examined else ("", "")
        view = arrival.draft.view()
        if len(view) != arrival.draft.size:
            return False  # its file is a container already
        try:
            self._quarantine.keep(view, arrival.source, error, uids=uids)
        except (OutOfSpace, StorageFailure) as failure:
            _log.error("quarantine_failed", error=type(failure).__name__)
            return False
        return True


def _add_to_round(rounds: list[list[_Candidate]], candidate: _Candidate) -> None:
    """Put a candidate into the first round that has no other of its UID."""
    uid = candidate.examined.sop_instance_uid
    for candidates in rounds:
        if all(other.examined.sop_instance_uid != uid for other in candidates):
            candidates.append(candidate)
            return
    rounds.append([candidate])


def _receipt(examined: Examined, outcome: Outcome, *more: str) -> Receipt:
    return Receipt(
        outcome=outcome,
        sop_class_uid=examined.sop_class_uid,
        sop_instance_uid=examined.sop_instance_uid,
        study_uid=examined.study_uid,
        series_uid=examined.series_uid,
        warnings=(*examined.warnings, *more),
    )


def _label(source: Source) -> str:
    return f"{source.way.value}:{source.name}"


def _aet_of(source: Source) -> str:
    return source.name if source.way is Way.DIMSE else ""
