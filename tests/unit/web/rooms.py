"""The rooms behind the web application, in memory."""
# ruff: noqa: ARG002  they take what their ports take

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from steckel.archive.draft import Buffer
from steckel.dicom.uids import SeriesUid, SopClassUid, SopInstanceUid, StudyUid
from steckel.errors import NotDicom, NotFound, OutOfSpace, StorageFailure
from steckel.exchange.outbound.model import Address, Probe
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.index.view import View
from steckel.ingest.model import Arrival, Outcome, Receipt, Refusal
from steckel.query.catalogue_model import (
    Change,
    ConflictRow,
    Count,
    Keep,
    Page,
    PatientDetail,
    PatientRow,
    PersonName,
    QuarantineRow,
    SeriesKind,
    SeriesRow,
    SourceRow,
    StudyDetail,
    StudyFilter,
    StudyRow,
    StudySort,
    Subject,
    VersionRow,
)
from steckel.reporting.reading import ReadableReport, ReadableVersion, ReportBody
from steckel.security.peers import RemoteAe
from steckel.web.ports.system import ArchiveCounts, EchoResult, ProcessRow, StoreSpace, SystemReport

NOON = 1_772_366_400_000  # 2026-03-01T12:00:00Z

PATIENT = PatientRow(
    key="k1",
    id="P001",
    issuer="",
    name=PersonName(alphabetic="DUPONT^Jeanne"),
    birth_date="19610304",
    sex="F",
    studies=1,
)
STUDY = StudyRow(
    uid="1.2.3",
    patient=PATIENT,
    date="20260301",
    time="101500",
    description="CT thorax",
    modalities=("CT", "SR"),
    series=2,
    instances=601,
    received=NOON,
    age="064Y",
    has_report=True,
)
SERIES = SeriesRow(uid="1.2.3.1", number=1, modality="CT", kind=SeriesKind.IMAGE, instances=600)


class Guard:
    """A room that shows everybody the same."""

    def seen_by(self, view: View) -> Self:
        assert isinstance(view, View)
        return self


class ClearSight:
    """Everybody sees what their view names."""

    def seen(self, view: View, uids: Iterable[str]) -> frozenset[str]:
        named = {uid for criteria in view.any_of for uid in criteria.studies}
        return frozenset(uid for uid in uids if view.anything or uid in named)


@dataclass
class Catalogue(Guard):
    asked: list[tuple[StudyFilter, StudySort, int, str | None]] = field(default_factory=list)
    rows: list[StudyRow] = field(default_factory=lambda: [STUDY])

    def studies(
        self, criteria: StudyFilter, sort: StudySort, limit: int, cursor: str | None
    ) -> Page[StudyRow]:
        self.asked.append((criteria, sort, limit, cursor))
        return Page(items=(STUDY,), next_cursor="next")

    def count(self, criteria: StudyFilter) -> Count:
        return Count(count=10_000, exact=False)

    def study(self, uid: str) -> StudyDetail:
        if uid != STUDY.uid:
            raise NotFound("there is no such study")
        return StudyDetail(study=STUDY, series=(SERIES,))

    def named_studies(self, uids: Sequence[str], accessions: Sequence[str]) -> list[StudyRow]:
        return [
            one
            for one in self.rows
            if one.uid in uids or (not uids and one.accession in accessions)
        ]

    def patients(self, search: str, limit: int, cursor: str | None) -> Page[PatientRow]:
        return Page(items=(PATIENT,) if search == "dup" else ())

    def patient(self, key: str) -> PatientDetail:
        if key == "broken":
            raise RuntimeError("DUPONT^Jeanne 19610304")
        if key != PATIENT.key:
            raise NotFound("there is no such patient")
        details = (StudyDetail(study=one, series=(SERIES,)) for one in self.rows)
        return PatientDetail(patient=PATIENT, studies=tuple(details))


@dataclass
class PatientDesk(Guard):
    """Finds whoever is put into it."""

    found: list[PatientRow] = field(default_factory=lambda: [PATIENT])
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def find(self, identifier: str, authorities: Sequence[str]) -> list[PatientRow]:
        self.asked.append((identifier, tuple(authorities)))
        return self.found


@dataclass
class Shelf(Guard):
    """One report with a text and a PDF, another as a CDA document."""

    def of_study(self, study_uid: str) -> list[ReadableReport]:
        return [_report("r1", (PDF,)), _report("r2", ("text/xml",))] if study_uid == "1.2.3" else []

    def report(self, report_id: str) -> ReadableReport:
        if report_id not in ("r1", "r2"):
            raise NotFound("there is no such report")
        return _report(report_id, (PDF,))

    def body(self, report_id: str, number: int, media_type: str = "") -> ReportBody:
        if report_id == "r2":
            return ReportBody(
                data=b"<x/>", media_type="application/xml", file_name="CT.xml", inline=False
            )
        return ReportBody(data=b"%PDF", media_type=PDF, file_name="CT.pdf", inline=True)


PDF = "application/pdf"


def _report(report_id: str, media_types: tuple[str, ...]) -> ReadableReport:
    version = ReadableVersion(
        number=1, status="final", at=NOON, received=NOON, title="CT", author="Keller^Nina",
        text="Normal.", media_types=media_types, sop_instance_uid="",
    )  # fmt: skip
    return ReadableReport(id=report_id, accession="A1", versions=(version,))


@dataclass
class Feed:
    changes: list[Change] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def latest(self) -> int:
        return self.changes[-1].sequence if self.changes else 0

    def changes_since(self, sequence: int) -> Sequence[Change]:
        self.asked.append(sequence)
        return [change for change in self.changes if change.sequence > sequence]


@dataclass
class FixedMarks:
    marks: dict[Subject, int] = field(default_factory=dict)

    def read(self) -> Mapping[Subject, int]:
        return dict(self.marks)


ENTRY = QuarantineRow(
    id="q1",
    name="folder/Kopie äöü.dcm",
    source=SourceRow(way="upload", name="folder/Kopie äöü.dcm", address="alice@192.0.2.1"),
    received=NOON,
    size=6,
    reason="no DICOM",
    kind="NotDicom",
)


@dataclass
class QuarantineRoom(Guard):
    entries: dict[str, QuarantineRow] = field(default_factory=lambda: {"q1": ENTRY})

    def page(self, limit: int, cursor: str | None) -> Page[QuarantineRow]:
        return Page(items=tuple(self.entries.values()))

    def count(self) -> int:
        return len(self.entries)

    def entry(self, entry_id: str) -> QuarantineRow:
        if entry_id not in self.entries:
            raise NotFound("this object is no longer in quarantine")
        return self.entries[entry_id]

    def chunks(self, entry_id: str) -> Iterator[bytes]:
        self.entry(entry_id)
        return iter([b"abc", b"def"])

    def replay(self, entry_id: str) -> Receipt | Refusal:
        self.entry(entry_id)
        return Refusal(error=NotDicom("still no DICOM"), quarantined=True)

    def delete(self, entry_id: str) -> None:
        self.entry(entry_id)
        del self.entries[entry_id]


@dataclass
class ConflictRoom(Guard):
    resolved: list[tuple[str, Keep]] = field(default_factory=list)

    def page(self, limit: int, cursor: str | None) -> Page[ConflictRow]:
        version = VersionRow(digest="aa", size=10)
        row = ConflictRow(
            id="c1",
            study_uid="1.2.3",
            series_uid="1.2.3.1",
            sop_instance_uid="1.2.3.1.1",
            received=NOON,
            source="CT1",
            kept=version,
            other=VersionRow(digest="bb", size=11),
            differences=("PatientName",),
            state="open",
        )
        return Page(items=(row,))

    def count(self) -> int:
        return 1

    def resolve(self, conflict_id: str, keep: Keep) -> None:
        self.resolved.append((conflict_id, keep))


@dataclass
class Status:
    failure: StorageFailure | None = None

    def report(self) -> SystemReport:
        return SystemReport(
            version="0.1.0",
            started=NOON,
            roles=("web",),
            database="sqlite",
            store=StoreSpace(used_bytes=1, free_bytes=2),
            counts=ArchiveCounts(patients=1, studies=1, series=2, instances=601),
            quarantine=1,
            conflicts=1,
            processes=(ProcessRow(role="web", pid=1, rss_bytes=3),),
        )

    def check(self) -> None:
        if self.failure:
            raise self.failure


@dataclass
class Bin(Guard):
    deleted: list[str] = field(default_factory=list)

    def delete_study(self, study: str) -> None:
        if study != STUDY.uid:
            raise NotFound("there is no such study")
        self.deleted.append(study)


@dataclass
class ProbeRoom:
    asked: list[Address] = field(default_factory=list)

    def probe(self, address: Address, subscription: Subscription) -> Probe:
        self.asked.append(address)
        return Probe(ok=False, milliseconds=12.3, message="nobody listens there")


@dataclass
class Echo:
    asked: list[RemoteAe] = field(default_factory=list)

    def echo(self, entity: RemoteAe) -> EchoResult:
        self.asked.append(entity)
        return EchoResult(ok=False, milliseconds=12.345, message="nobody listens there")


class MemoryDraft:
    def __init__(self, room: "Inbox") -> None:
        self._room = room
        self.data = bytearray()
        self.discarded = False

    @property
    def size(self) -> int:
        return len(self.data)

    def write(self, data: Buffer) -> None:
        if self._room.full:
            raise OutOfSpace("the disk is full")
        self.data += data

    def read(self, offset: int, length: int) -> memoryview:
        return memoryview(self.data)[offset : offset + length]

    def discard(self) -> None:
        self.discarded = True


@dataclass
class Inbox:
    """Stores what begins with ``DICM`` at 128 and says ``good``; quarantines the rest."""

    arrivals: list[Arrival] = field(default_factory=list)
    drafts: list[MemoryDraft] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    full: bool = False
    full_at_receive: bool = False

    def draft(self) -> MemoryDraft:
        self.drafts.append(MemoryDraft(self))
        return self.drafts[-1]

    def receive(self, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
        self.batches.append(len(arrivals))
        self.arrivals.extend(arrivals)
        return [self._answer(arrival) for arrival in arrivals]

    def _answer(self, arrival: Arrival) -> Receipt | Refusal:
        arrival.draft.discard()
        if self.full_at_receive:
            return Refusal(error=OutOfSpace("the disk is full"))
        content = bytes(arrival.draft.read(0, arrival.draft.size))
        if content[128:132] != b"DICM":
            return Refusal(error=NotDicom("no DICOM data set"), quarantined=True)
        return Receipt(
            outcome=Outcome.STORED,
            sop_class_uid=SopClassUid("1.2.840.10008.5.1.4.1.1.2"),
            sop_instance_uid=SopInstanceUid("1.2.3.1.1"),
            study_uid=StudyUid("1.2.3"),
            series_uid=SeriesUid("1.2.3.1"),
        )
