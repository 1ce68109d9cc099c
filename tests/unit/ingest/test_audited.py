"""What came in is one event for each study of a sender."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.audit_memory import MemoryRecorder

from steckel.archive.draft import Draft
from steckel.audit.kinds import Kind, Outcome
from steckel.audit.refusals import NotRecorded
from steckel.dicom.uids import SeriesUid, SopClassUid, SopInstanceUid, StudyUid
from steckel.errors import NotDicom
from steckel.ingest import model
from steckel.ingest.audited import AuditedReceiver, Transfers
from steckel.ingest.model import Arrival, Receipt, Refusal, Source, Way

CT = SopClassUid("1.2.840.10008.5.1.4.1.1.2")


class NoDraft:
    discarded = 0

    def discard(self) -> None:
        NoDraft.discarded += 1


@dataclass
class Archive:
    """Takes what has a study, and refuses the rest."""

    study: str = "1.2.3"

    def draft(self) -> Draft:
        raise NotImplementedError

    def receive(self, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
        if not self.study:
            return [Refusal(error=NotDicom("no")) for _ in arrivals]
        receipt = Receipt(
            outcome=model.Outcome.STORED,
            sop_class_uid=CT,
            sop_instance_uid=SopInstanceUid("1"),
            study_uid=StudyUid(self.study),
            series_uid=SeriesUid("1"),
        )
        return [receipt for _ in arrivals]


@dataclass
class Rooms:
    now: float = 0.0
    recorder: MemoryRecorder = field(default_factory=MemoryRecorder)
    archive: Archive = field(default_factory=Archive)

    def __post_init__(self) -> None:
        self.transfers = Transfers(self.recorder, "STECKEL", lambda: self.now)
        self.door = AuditedReceiver(self.archive, self.recorder, self.transfers)

    def send(self, count: int, way: Way = Way.DIMSE, name: str = "CT1") -> list[Receipt | Refusal]:
        source = Source(way=way, name=name, address="192.0.2.5")
        arrivals = [Arrival(draft=NoDraft(), source=source)] * count  # type: ignore[arg-type]
        return self.door.receive(arrivals)


def source(name: str = "CT1") -> Source:
    return Source(way=Way.DIMSE, name=name, address="192.0.2.5")


def test_a_sender_that_is_done_leaves_one_event_for_each_study() -> None:
    rooms = Rooms()
    rooms.send(2)
    rooms.send(1)
    rooms.archive.study = "1.2.4"
    rooms.send(1)
    assert rooms.recorder.events == []
    rooms.transfers.ended(source())
    first, second = rooms.recorder.events
    assert first.kind is Kind.INSTANCES_TRANSFERRED
    assert first.study is not None
    assert (first.study.uid, first.study.classes) == ("1.2.3", ((CT, 3),))
    assert second.study is not None
    assert second.study.uid == "1.2.4"
    assert [one.name for one in first.actors] == ["CT1", "STECKEL"]
    rooms.transfers.ended(source())
    assert len(rooms.recorder.events) == 2


def test_what_was_refused_is_said() -> None:
    rooms = Rooms()
    rooms.archive.study = ""
    rooms.send(2)
    rooms.transfers.ended(source())
    (event,) = rooms.recorder.events
    assert (event.outcome, event.reason, event.study) == (Outcome.MINOR_FAILURE, "2 refused", None)


def test_what_is_under_way_is_told_and_recorded_when_nothing_more_comes() -> None:
    rooms = Rooms()
    rooms.send(1, Way.STOW, "mia")
    rooms.now = 29.0
    assert len(rooms.transfers.under_way()) == 1
    assert rooms.recorder.events == []
    rooms.now = 31.0
    assert rooms.transfers.under_way() == []
    assert len(rooms.recorder.events) == 1


def test_a_sender_that_never_ends_is_recorded_every_quarter_of_an_hour() -> None:
    rooms = Rooms()
    for _ in range(100):
        rooms.send(1)
        rooms.now += 10.0
        rooms.transfers.under_way()
    assert len(rooms.recorder.events) == 1


def test_nothing_is_taken_that_cannot_be_recorded() -> None:
    rooms = Rooms()
    rooms.recorder.is_failing = True
    (answer,) = rooms.send(1)
    assert isinstance(answer, Refusal)
    assert isinstance(answer.error, NotRecorded)
    assert NoDraft.discarded == 1


def test_an_import_names_no_file_for_a_path_may_name_a_patient() -> None:
    rooms = Rooms()
    rooms.send(1, Way.IMPORT, "/media/cd/BERG_ANNA/1.dcm")
    rooms.transfers.finish()
    (event,) = rooms.recorder.events
    assert event.kind is Kind.IMPORTED
    assert "BERG" not in repr(event)
