"""The rooms behind the DICOMweb door, in memory: real data sets, no disk, no SQL."""

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import orjson
import pydicom
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from steckel.archive.location import Location
from steckel.dicom import tags
from steckel.dicom.elements import elements_between, items_of
from steckel.dicom.frames import Fragment, FrameTable
from steckel.dicom.header import read_header
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import assume
from steckel.dicomweb.ports import DicomwebServices, KeptThumbnails
from steckel.dicomweb.rendering import RenderRequest
from steckel.dicomweb.routes import dicomweb_routes
from steckel.errors import CannotRender, NotFound, OutOfSpace, SteckelError
from steckel.index.view import EVERYTHING, Guarded, View
from steckel.ingest.examine import check_expected, examine
from steckel.ingest.model import Arrival, Outcome, Receipt, Refusal
from steckel.query.model import Fields, Level, Query
from steckel.retrieve.model import MetadataDocument, Selection, StoredInstance
from steckel.retrieve.second import Second
from steckel.retrieve.whole import Whole


@dataclass
class MemoryDraft:
    data: bytearray = field(default_factory=bytearray)
    discarded: bool = False
    limit: int = 1 << 40

    @property
    def size(self) -> int:
        return len(self.data)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if len(self.data) + len(data) > self.limit:
            raise OutOfSpace("the spool is full")
        self.data += data

    def read(self, offset: int, length: int) -> memoryview:
        return memoryview(bytes(self.data))[offset : offset + length]

    def discard(self) -> None:
        self.discarded = True


@dataclass
class MemoryArchive:
    """Receiver, Finder, Retriever and Deleter at once."""

    files: dict[str, bytes] = field(default_factory=dict)
    instances: dict[str, StoredInstance] = field(default_factory=dict)
    drafts: list[MemoryDraft] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    refuse_with: SteckelError | None = None
    draft_limit: int = 1 << 40
    numbers: dict[str, int] = field(default_factory=dict)
    deleted: list[tuple[str, ...]] = field(default_factory=list)

    def seen_by(self, view: View) -> "MemoryArchive":
        """Show all, or the studies that a view names."""
        if view.is_everything:
            return self
        shown = {uid for criteria in view.any_of for uid in criteria.studies}
        seen = {
            sop: instance for sop, instance in self.instances.items() if instance.study_uid in shown
        }
        return replace(self, instances=seen)

    # --- receiver
    def draft(self) -> MemoryDraft:
        if isinstance(self.refuse_with, OutOfSpace):
            raise self.refuse_with
        draft = MemoryDraft(limit=self.draft_limit)
        self.drafts.append(draft)
        return draft

    def receive(self, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
        self.batches.append(len(arrivals))
        self.arrivals += arrivals
        return [self._receive(arrival) for arrival in arrivals]

    def _receive(self, arrival: Arrival) -> Receipt | Refusal:
        try:
            if self.refuse_with is not None:
                raise self.refuse_with
            data = bytes(arrival.draft.read(0, arrival.draft.size))
            examined = examine(memoryview(data))
        except SteckelError as error:
            return Refusal(error=error)
        try:
            check_expected(examined, arrival.expected)
        except SteckelError as error:
            return Refusal(
                error=error,
                sop_class_uid=examined.sop_class_uid,
                sop_instance_uid=examined.sop_instance_uid,
            )
        outcome = Outcome.STORED
        whole = b"".join(bytes(piece) for piece in examined.pieces)
        if (held := self.files.get(examined.sop_instance_uid)) is not None:
            outcome = Outcome.DUPLICATE if held == whole else Outcome.CONFLICT
        else:
            self.files[examined.sop_instance_uid] = whole
            self.instances[examined.sop_instance_uid] = StoredInstance(
                study_uid=examined.study_uid,
                series_uid=examined.series_uid,
                sop_instance_uid=examined.sop_instance_uid,
                sop_class_uid=examined.sop_class_uid,
                transfer_syntax=examined.transfer_syntax,
                location=Location("memory", 0, len(whole)),
                dataset_offset=examined.dataset_offset,
                digest=examined.digest.hex(),
                frames=examined.frames,
            )
        return Receipt(
            outcome=outcome,
            sop_class_uid=examined.sop_class_uid,
            sop_instance_uid=examined.sop_instance_uid,
            study_uid=examined.study_uid,
            series_uid=examined.series_uid,
            warnings=examined.warnings,
        )

    def add(self, data: bytes) -> StoredInstance:
        draft = self.draft()
        draft.write(data)
        (receipt,) = self.receive([Arrival(draft=draft, source=None)])
        assert isinstance(receipt, Receipt), receipt
        return self.instances[receipt.sop_instance_uid]

    # --- retriever
    def select(self, selection: Selection) -> Iterator[StoredInstance]:
        ordered = sorted(
            self.instances.values(),
            key=lambda i: (i.study_uid, i.series_uid, self._number(i), i.sop_instance_uid),
        )
        for instance in ordered:
            if all(
                not wanted or uid in wanted
                for wanted, uid in (
                    (selection.study_uids, instance.study_uid),
                    (selection.series_uids, instance.series_uid),
                    (selection.sop_instance_uids, instance.sop_instance_uid),
                )
            ):
                yield instance

    def _number(self, instance: StoredInstance) -> int:
        if instance.sop_instance_uid not in self.numbers:
            values = self.dataset(instance).get("00200013", {}).get("Value")
            self.numbers[instance.sop_instance_uid] = int(values[0]) if values else 0
        return self.numbers[instance.sop_instance_uid]

    def fingerprint(self, selection: Selection) -> str:
        digests = "".join(instance.digest for instance in self.select(selection))
        return hashlib.sha256(digests.encode()).hexdigest()[:32] if digests else ""

    def instance(self, study: str, series: str, sop: str) -> StoredInstance:
        found = self.instances.get(sop)
        if found is None or (found.study_uid, found.series_uid) != (study, series):
            raise NotFound("there is no such instance")
        return found

    def read(self, instance: StoredInstance, offset: int = 0, length: int | None = None) -> bytes:
        end = None if length is None else offset + length
        return self.files[instance.sop_instance_uid][offset:end]

    def whole(self, instance: StoredInstance) -> Whole:
        read = partial(self.read, instance)
        return Whole(read, (Fragment(0, instance.location.length),))

    def chunks(self, instance: StoredInstance, offset: int = 0) -> Iterator[bytes]:
        data = self.files[instance.sop_instance_uid][offset:]
        for start in range(0, len(data), 1 << 16):
            yield data[start : start + (1 << 16)]

    def frame(self, instance: StoredInstance, number: int) -> bytes:
        if instance.frames is None or not 1 <= number <= instance.frames.count:
            raise NotFound("there is no such frame")
        return b"".join(
            self.read(instance, part.offset, part.length)
            for part in instance.frames.frames[number - 1]
        )

    def bulk(self, instance: StoredInstance, path: str) -> bytes:
        data = memoryview(self.files[instance.sop_instance_uid])
        encoding = assume(instance.transfer_syntax).encoding
        start, end = instance.dataset_offset, len(data)
        steps = path.split("/")
        while steps:
            tag = int(steps.pop(0), 16)
            found = [e for e in elements_between(data, start, end, encoding) if e.tag == tag]
            if not found:
                raise NotFound("there is no such value")
            if not steps:
                return bytes(data[found[0].offset : found[0].end])
            items = list(items_of(data, found[0], encoding))
            number = int(steps.pop(0))
            if number > len(items):
                raise NotFound("there is no such item")
            start, end = items[number - 1]
        raise NotFound("there is no such value")

    def dataset(self, instance: StoredInstance) -> JsonDataset:
        data = memoryview(self.files[instance.sop_instance_uid])
        syntax = assume(instance.transfer_syntax)
        header = read_header(data, instance.dataset_offset, len(data), syntax)
        root = (
            f"/dicomweb/studies/{instance.study_uid}/series/{instance.series_uid}"
            f"/instances/{instance.sop_instance_uid}/bulkdata/"
        )
        reading = Reading(encoding=syntax.encoding, bulk=lambda path: root + path, bulk_above=64)
        start = 0 if header.inflated else instance.dataset_offset
        made = dataset_to_json(header.buffer, start, header.scan.header_end, reading)
        if header.scan.pixel:
            made["7FE00010"] = {"vr": "OW", "BulkDataURI": root + "7FE00010"}
        return made

    def metadata(self, study: str, series: str) -> MetadataDocument:
        datasets = [
            self.dataset(instance)
            for instance in self.instances.values()
            if (instance.study_uid, instance.series_uid) == (study, series)
        ]
        if not datasets:
            raise NotFound("there is no such series")
        body = orjson.dumps(datasets)
        return MetadataDocument(
            gzipped=gzip.compress(body), etag=hashlib.sha256(body).hexdigest()[:16]
        )

    def instance_metadata(self, instance: StoredInstance) -> bytes:
        return orjson.dumps([self.dataset(instance)])

    # --- finder
    def find(self, query: Query) -> Iterator[JsonDataset]:
        self.queries.append(query)
        level = {
            Level.STUDY: tags.STUDY_INSTANCE_UID,
            Level.SERIES: tags.SERIES_INSTANCE_UID,
            Level.IMAGE: tags.SOP_INSTANCE_UID,
        }[query.level]
        matches: dict[str, JsonDataset] = {}
        for instance in self.instances.values():
            dataset = self.dataset(instance)
            if all(_matches(dataset, key.tag, key.value) for key in query.keys):
                matches.setdefault(dataset[json_key(level)]["Value"][0], dataset)
        end = None if query.limit is None else query.offset + query.limit
        for dataset in list(matches.values())[query.offset : end]:
            yield _reduced(dataset, query)

    def unmatched(self, query: Query) -> frozenset[int]:
        return frozenset(key.tag for key in query.keys if key.tag == tags.PATIENT_COMMENTS)

    # --- deleter
    def delete_study(self, study: str) -> None:
        self._delete(Selection(study_uids=(study,)))

    def delete_series(self, study: str, series: str) -> None:
        self._delete(Selection(study_uids=(study,), series_uids=(series,)))

    def delete_instance(self, study: str, series: str, sop: str) -> None:
        self.instance(study, series, sop)
        self._delete(Selection(sop_instance_uids=(sop,)))

    def _delete(self, selection: Selection) -> None:
        found = list(self.select(selection))
        if not found:
            raise NotFound("there is nothing to delete")
        for instance in found:
            del self.instances[instance.sop_instance_uid]


_ALWAYS = {
    "00080020", "00080030", "00080050", "00080060", "00080018", "00080016", "00100010",
    "00100020", "0020000D", "0020000E", "00200011", "00200013",
}  # fmt: skip


def _reduced(dataset: JsonDataset, query: Query) -> JsonDataset:
    if query.fields is Fields.ALL:
        return {k: e for k, e in dataset.items() if "BulkDataURI" not in e}
    wanted = set(_ALWAYS) if query.fields is Fields.DEFAULT else set()
    if not isinstance(query.fields, Fields):
        wanted |= {json_key(tag) for tag in query.fields}
    wanted |= {json_key(tag) for tag in query.include}
    return {key: element for key, element in dataset.items() if key in wanted}


def _matches(dataset: JsonDataset, tag: int, value: str) -> bool:
    found = [v for key, e in dataset.items() if key == json_key(tag) for v in e.get("Value") or ()]
    texts = [v.get("Alphabetic", "") if isinstance(v, dict) else str(v) for v in found]
    if "-" in value and value.replace("-", "").isdigit():
        low, _, high = value.partition("-")
        return any(low <= text <= (high or "9") for text in texts)
    return any(fnmatchcase(text, choice) for text in texts for choice in value.split("\\"))


@dataclass(frozen=True)
class Picture:
    data: bytes
    media_type: str


def encoded(instance: StoredInstance, frame: int) -> bytes:
    """Stands for a codestream of a frame."""
    return f"codestream {frame} of {instance.sop_instance_uid} ".encode() * 20


@dataclass
class MemorySecond:
    """The second representation of some instances in one file; the file may be gone."""

    preferred: bool = True
    file: bytearray = field(default_factory=bytearray)
    lost: bool = False
    reads: list[tuple[int, int]] = field(default_factory=list)
    _tables: dict[str, FrameTable] = field(default_factory=dict)

    def make(self, instance: StoredInstance, frames: int = 1) -> None:
        table = []
        for number in range(1, frames + 1):
            codestream = encoded(instance, number)
            table.append((Fragment(len(self.file), len(codestream)),))
            self.file += codestream
        self._tables[instance.sop_instance_uid] = FrameTable(encapsulated=True, frames=tuple(table))

    def find(self, instance: StoredInstance) -> Second:
        table = self._tables.get(instance.sop_instance_uid)
        return Second(preferred=self.preferred, file="file" if table else "", frames=table)

    def read(self, second: Second, offset: int, length: int) -> bytes:
        if self.lost or not second.file:
            raise NotFound("it is gone")
        self.reads.append((offset, length))
        return bytes(self.file[offset : offset + length])


@dataclass
class SimpleImaging:
    """Just enough pixels: pydicom decodes, Pillow draws."""

    archive: MemoryArchive
    requests: list[RenderRequest] = field(default_factory=list)
    decodes: int = 0
    encodes: int = 0
    not_encoded: set[str] = field(default_factory=set)
    transcodes: int = 0

    def _pixels(self, instance: StoredInstance, frame: int) -> np.ndarray:
        try:
            dataset = pydicom.dcmread(BytesIO(self.archive.files[instance.sop_instance_uid]))
            return pydicom.pixels.pixel_array(dataset, index=frame - 1)
        except Exception as error:
            raise CannotRender("the pixels cannot be decoded") from error

    async def decode(self, instance: StoredInstance, frame: int) -> bytes:
        self.decodes += 1
        pixels = self._pixels(instance, frame)
        return pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()

    async def encode(self, instance: StoredInstance, frame: int) -> bytes:
        self.encodes += 1
        if instance.sop_instance_uid in self.not_encoded:
            raise CannotRender("it is not encoded")
        return encoded(instance, frame)

    async def render(self, instance: StoredInstance, frame: int, request: RenderRequest) -> Picture:
        self.requests.append(request)
        pixels = self._pixels(instance, frame)
        low, high = pixels.min(), pixels.max()
        scaled = ((pixels - low) * (255.0 / max(high - low, 1))).astype("uint8")
        image = Image.fromarray(scaled)
        if request.width and request.height:
            image.thumbnail((request.width, request.height))
        out = BytesIO()
        image.save(out, request.media_type.partition("/")[2])
        return Picture(out.getvalue(), request.media_type)

    async def thumbnail(
        self, instance: StoredInstance, frame: int, request: RenderRequest
    ) -> Picture:
        return await self.render(instance, frame, request)

    async def transcode(self, part10: bytes, to: str) -> bytes:
        self.transcodes += 1
        if to != ExplicitVRLittleEndian:
            raise CannotRender("this syntax cannot be made")
        dataset = pydicom.dcmread(BytesIO(part10))
        if dataset.file_meta.TransferSyntaxUID.is_compressed:
            dataset.decompress()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        out = BytesIO()
        dataset.save_as(out, implicit_vr=False, little_endian=True)
        return out.getvalue()


@dataclass(frozen=True)
class Person:
    name: str = "somebody"
    rights: frozenset[str] = frozenset({"read", "export", "store", "delete"})
    view: View = EVERYTHING

    def may(self, action: str) -> bool:
        return action in self.rights


def application(
    archive: MemoryArchive,
    imaging: SimpleImaging | None = None,
    *,
    person: Person | None = Person(),
    max_stow_body: int | None = None,
    second: MemorySecond | None = None,
    thumbnails: Guarded[KeptThumbnails] | None = None,
) -> ASGIApp:
    services = DicomwebServices(
        receiver=archive,
        finder=archive,
        retriever=archive,
        imaging=imaging or SimpleImaging(archive),
        deleter=archive,
        second=second,
        thumbnails=thumbnails,
        max_stow_body=max_stow_body,
    )
    return WithPrincipal(Starlette(routes=dicomweb_routes(services)), person)


@dataclass(frozen=True)
class WithPrincipal:
    """Stands for the authentication."""

    app: ASGIApp
    person: Person | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["state"] = {"principal": self.person}
        await self.app(scope, receive, send)


def sample(name: str) -> bytes:
    """A file that ships inside pydicom."""
    path = get_testdata_file(name, download=False)
    assert path, name
    return Path(str(path)).read_bytes()


def multipart(*parts: bytes, boundary: str = "frontier", newline: bytes = b"\r\n") -> bytes:
    dashes = b"--" + boundary.encode()
    body = b""
    for part in parts:
        body += dashes + newline + b"Content-Type: application/dicom" + newline * 2
        body += part + newline
    return body + dashes + b"--" + newline


MULTIPART = 'multipart/related; type="application/dicom"; boundary=frontier'
