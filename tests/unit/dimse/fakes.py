"""In-memory stand-ins of the ports, for tests of the DIMSE services."""

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from tests.audit_memory import MemoryRecorder

from steckel.archive.draft import Buffer
from steckel.archive.location import Location
from steckel.dicom.frames import Fragment
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.part10 import read_start
from steckel.dicom.uids import (
    SeriesUid,
    SopClassUid,
    SopInstanceUid,
    StudyUid,
    TransferSyntaxUid,
)
from steckel.dimse.ports import RemoteEntity, Rooms
from steckel.errors import (
    AlreadyThere,
    CannotRender,
    NotAllowed,
    NotFound,
    OutOfSpace,
    SteckelError,
)
from steckel.index.view import EVERYTHING, View
from steckel.ingest.model import Arrival, Outcome, Receipt, Refusal
from steckel.query.model import Query
from steckel.retrieve.model import MetadataDocument, Selection, StoredInstance
from steckel.retrieve.whole import Whole
from steckel.ris.commitment_model import ALL_COMMITTED, CommitmentRequest, EventReport, Turn
from steckel.ris.worklist_model import WorklistQuery
from steckel.security.admission import Admitted, Call
from steckel.security.refusals import NotRecognized
from steckel.security.rights import ALL_RIGHTS, Right

Room = TypeVar("Room")

CT = "1.2.840.10008.5.1.4.1.1.2"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


class MemoryDraft:
    """A draft in memory, which may run full."""

    def __init__(self, capacity: int | None = None) -> None:
        self.data = bytearray()
        self.discarded = threading.Event()
        self._capacity = capacity

    @property
    def size(self) -> int:
        return len(self.data)

    def write(self, data: Buffer) -> None:
        if self._capacity is not None and len(self.data) + len(data) > self._capacity:
            raise OutOfSpace("the spool is full")
        self.data += data

    def read(self, offset: int, length: int) -> memoryview:
        return memoryview(self.data)[offset : offset + length]

    def discard(self) -> None:
        self.discarded.set()


@dataclass
class MemoryReceiver:
    """Keeps what arrives; refuses with `error` when that is set."""

    error: SteckelError | None = None
    capacity: int | None = None
    keep: bool = True
    arrivals: list[Arrival] = field(default_factory=list)
    drafts: list[MemoryDraft] = field(default_factory=list)
    crash: Exception | None = None

    def draft(self) -> MemoryDraft:
        draft = MemoryDraft(self.capacity)
        if self.keep:
            self.drafts.append(draft)
        return draft

    def receive(self, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
        return [self._receive(arrival) for arrival in arrivals]

    def _receive(self, arrival: Arrival) -> Receipt | Refusal:
        if self.crash is not None:
            raise self.crash
        if self.error is not None:
            return Refusal(error=self.error)
        if self.keep:
            self.arrivals.append(arrival)
        return Receipt(
            outcome=Outcome.STORED,
            sop_class_uid=arrival.expected.sop_class_uid or SopClassUid(""),
            sop_instance_uid=arrival.expected.sop_instance_uid or SopInstanceUid(""),
            study_uid=StudyUid("1.2"),
            series_uid=SeriesUid("1.2.3"),
        )

    def datasets(self) -> list[Dataset]:
        return [
            pydicom.dcmread(io.BytesIO(bytes(arrival.draft.read(0, arrival.draft.size))))
            for arrival in self.arrivals
        ]


@dataclass
class ListFinder:
    """Answers every query with the same matches, and remembers the queries."""

    matches: list[JsonDataset] = field(default_factory=list)
    error: SteckelError | None = None
    queries: list[Query] = field(default_factory=list)
    before_each: Callable[[int], object] = lambda _: None
    not_matched: frozenset[int] = frozenset()

    def find(self, query: Query) -> Iterator[JsonDataset]:
        self.queries.append(query)
        if self.error is not None:
            raise self.error
        for number, match in enumerate(self.matches):
            self.before_each(number)
            yield match

    def unmatched(self, query: Query) -> frozenset[int]:
        return self.not_matched & {key.tag for key in query.keys}


@dataclass
class MemoryRetriever:
    """Serves Part 10 files from memory; `selections` remembers what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    instances: list[StoredInstance] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    chunk: int = 1 << 20
    before_chunk: Callable[[StoredInstance], object] = lambda _: None

    def add(self, part10: bytes) -> StoredInstance:
        start = read_start(part10)
        dataset = pydicom.dcmread(io.BytesIO(part10), stop_before_pixels=True)
        uid = str(dataset.SOPInstanceUID)
        instance = StoredInstance(
            study_uid=StudyUid(dataset.StudyInstanceUID),
            series_uid=SeriesUid(dataset.SeriesInstanceUID),
            sop_instance_uid=SopInstanceUid(uid),
            sop_class_uid=SopClassUid(dataset.SOPClassUID),
            transfer_syntax=TransferSyntaxUid(start.transfer_syntax),
            location=Location(container=uid, offset=0, length=len(part10)),
            dataset_offset=start.dataset_offset,
            digest="",
            frames=None,
        )
        self.files[uid] = part10
        self.instances.append(instance)
        return instance

    def select(self, selection: Selection) -> Iterator[StoredInstance]:
        self.selections.append(selection)
        for instance in self.instances:
            wanted = (
                (selection.study_uids, instance.study_uid),
                (selection.series_uids, instance.series_uid),
                (selection.sop_instance_uids, instance.sop_instance_uid),
            )
            if all(not uids or uid in uids for uids, uid in wanted):
                yield instance

    def instance(self, study: str, series: str, sop: str) -> StoredInstance:
        raise NotFound(f"{study}/{series}/{sop}")

    def read(self, instance: StoredInstance, offset: int = 0, length: int | None = None) -> bytes:
        data = self.files[instance.location.container]
        return data[offset:] if length is None else data[offset : offset + length]

    def whole(self, instance: StoredInstance) -> Whole:
        return Whole(partial(self.read, instance), (Fragment(0, instance.location.length),))

    def chunks(self, instance: StoredInstance, offset: int = 0) -> Iterator[bytes]:
        data = self.files[instance.location.container]
        for start in range(offset, len(data), self.chunk):
            self.before_chunk(instance)
            yield data[start : start + self.chunk]

    def frame(self, instance: StoredInstance, number: int) -> bytes:
        raise NotFound(f"{instance.sop_instance_uid} {number}")

    def bulk(self, instance: StoredInstance, path: str) -> bytes:
        raise NotFound(f"{instance.sop_instance_uid} {path}")

    def metadata(self, study: str, series: str) -> MetadataDocument:
        raise NotFound(f"{study}/{series}")

    def instance_metadata(self, instance: StoredInstance) -> bytes:
        raise NotFound(instance.sop_instance_uid)


@dataclass
class PydicomTranscoder:
    """Rewrites uncompressed data sets; cannot do others unless `decompress` is set."""

    calls: list[str] = field(default_factory=list)

    def transcode(self, part10: bytes, to: TransferSyntaxUid) -> bytes:
        self.calls.append(to)
        dataset = pydicom.dcmread(io.BytesIO(part10))
        if dataset.file_meta.TransferSyntaxUID.is_compressed:
            raise CannotRender("no decoder for this in the test")
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(to)
        target = io.BytesIO()
        pydicom.dcmwrite(
            target,
            dataset,
            implicit_vr=dataset.file_meta.TransferSyntaxUID.is_implicit_VR,
            little_endian=True,
            enforce_file_format=True,
        )
        return target.getvalue()


@dataclass
class OpenGate:
    """Lets everybody in but who is `barred`, with the same rights and view; remembers the calls."""

    barred: frozenset[str] = frozenset()
    rights: frozenset[Right] = ALL_RIGHTS
    view: View = EVERYTHING
    error: NotAllowed | None = None
    calls: list[Call] = field(default_factory=list)

    def admit(self, call: Call) -> Admitted:
        self.calls.append(call)
        if self.error is not None:
            raise self.error
        if call.aet in self.barred:
            raise NotRecognized("barred")
        return Admitted(rights=self.rights, view=self.view)


@dataclass
class Viewed(Generic[Room]):
    """Hands its room to whoever says what it sees, and remembers what that was."""

    room: Room
    views: list[View] = field(default_factory=list)

    def seen_by(self, view: View) -> Room:
        self.views.append(view)
        return self.room


@dataclass
class OpenDirectory:
    """Knows the entities in `remotes`."""

    remotes: dict[str, RemoteEntity] = field(default_factory=dict)

    def lookup(self, aet: str) -> RemoteEntity | None:
        return self.remotes.get(aet)


@dataclass
class ListWorklist:
    """Answers every worklist query with the same items, and remembers the queries."""

    items: list[JsonDataset] = field(default_factory=list)
    queries: list[WorklistQuery] = field(default_factory=list)
    not_matched: frozenset[int] = frozenset()

    def find(self, query: WorklistQuery) -> Iterator[JsonDataset]:
        self.queries.append(query)
        yield from self.items

    def unmatched(self, query: WorklistQuery) -> frozenset[int]:
        return self.not_matched & {key.tag for key in query.keys}


@dataclass
class MemoryPerformed:
    """Keeps performed procedure steps as they come; fails with `error` when that is set."""

    steps: dict[str, JsonDataset] = field(default_factory=dict)
    error: SteckelError | None = None
    left: frozenset[int] = frozenset()

    def create(self, uid: str, values: JsonDataset, aet: str) -> None:  # noqa: ARG002  (the port)
        self._fail()
        self.steps[uid] = values

    def update(self, uid: str, values: JsonDataset) -> frozenset[int]:
        self._fail()
        self.steps[uid] = self.read(uid) | values
        return self.left

    def read(self, uid: str) -> JsonDataset:
        self._fail()
        if uid not in self.steps:
            raise NotFound("there is no performed procedure step with this UID")
        return self.steps[uid]

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


@dataclass
class MemoryCommitments:
    """Commits to everything, once per transaction."""

    requests: list[CommitmentRequest] = field(default_factory=list)
    delivered_keys: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    settled: threading.Event = field(default_factory=threading.Event)
    reported: int = 0

    def take(self, request: CommitmentRequest) -> Turn:
        if request.transaction_uid in [one.transaction_uid for one in self.requests]:
            raise AlreadyThere("this Transaction UID was used before")
        self.requests.append(request)
        return Turn(key=len(self.requests) - 1, due=0)

    def report(self, turn: Turn) -> EventReport | None:
        self.reported += 1
        request = self.requests[turn.key]
        items = [
            {
                "00081150": {"vr": "UI", "Value": [one.sop_class_uid]},
                "00081155": {"vr": "UI", "Value": [one.sop_instance_uid]},
            }
            for one in request.references
        ]
        return EventReport(
            key=turn.key,
            transaction_uid=request.transaction_uid,
            event_type=ALL_COMMITTED,
            dataset={
                "00081195": {"vr": "UI", "Value": [request.transaction_uid]},
                "00081199": {"vr": "SQ", "Value": items},
            },
        )

    def delivered(self, report: EventReport) -> None:
        self.delivered_keys.append(report.key)
        self.settled.set()

    def undelivered(self, report: EventReport, reason: str) -> None:  # noqa: ARG002  (the port)
        self.reasons.append(reason)
        self.settled.set()


@dataclass
class MemoryRooms:
    """A stand-in for each room behind the doors."""

    receiver: MemoryReceiver = field(default_factory=MemoryReceiver)
    finder: ListFinder = field(default_factory=ListFinder)
    retriever: MemoryRetriever = field(default_factory=MemoryRetriever)
    transcoder: PydicomTranscoder = field(default_factory=PydicomTranscoder)
    gate: OpenGate = field(default_factory=OpenGate)
    peers: OpenDirectory = field(default_factory=OpenDirectory)
    recorder: MemoryRecorder = field(default_factory=MemoryRecorder)
    worklist: ListWorklist = field(default_factory=ListWorklist)
    performed: MemoryPerformed = field(default_factory=MemoryPerformed)
    commitments: MemoryCommitments = field(default_factory=MemoryCommitments)
    views: list[View] = field(default_factory=list)  #: that rooms were asked with

    def rooms(self) -> Rooms:
        return Rooms(
            gate=self.gate,
            recorder=self.recorder,
            senders=self.recorder,
            receiver=self.receiver,
            finder=self._viewed(self.finder),
            retriever=self._viewed(self.retriever),
            transcoder=self.transcoder,
            peers=self.peers,
            worklist=self._viewed(self.worklist),
            performed=self._viewed(self.performed),
            commitments=self.commitments,
        )

    def _viewed(self, room: Room) -> Viewed[Room]:
        return Viewed(room, self.views)


def make_part10(
    uid: str,
    *,
    sop_class: str = CT,
    transfer_syntax: str = ExplicitVRLittleEndian,
    study: str = "1.2.3",
    series: str = "1.2.3.4",
    pixels: int = 2048,
) -> bytes:
    """Return a small image as a Part 10 file."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = pydicom.uid.UID(transfer_syntax)
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = uid
    dataset.StudyInstanceUID = study
    dataset.SeriesInstanceUID = series
    dataset.PatientID = "TEST"
    dataset.PatientName = "Test^Case"
    dataset.Modality = "CT"
    compressed = meta.TransferSyntaxUID.is_compressed
    if compressed:
        dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\xd8" + bytes(pixels) + b"\xff\xd9"])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    else:
        dataset.PixelData = bytes(range(256)) * (pixels // 256)
        dataset["PixelData"].VR = "OW"
    target = io.BytesIO()
    pydicom.dcmwrite(
        target,
        dataset,
        implicit_vr=meta.TransferSyntaxUID.is_implicit_VR,
        little_endian=meta.TransferSyntaxUID.is_little_endian,
        enforce_file_format=True,
    )
    return target.getvalue()
