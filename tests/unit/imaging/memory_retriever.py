"""An archive in memory: real files, examined as the ingest examines them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.data import get_testdata_file

from steckel.archive.location import Location
from steckel.dicom.uids import SopInstanceUid
from steckel.errors import NotFound
from steckel.ingest.examine import examine
from steckel.retrieve.model import MetadataDocument, Selection, StoredInstance
from steckel.retrieve.whole import Whole


@dataclass
class MemoryRetriever:
    """As much of a `Retriever` as imaging uses; counts what is read."""

    files: dict[str, bytes] = field(default_factory=dict)
    bytes_read: int = 0

    def add(self, data: bytes) -> StoredInstance:
        examined = examine(memoryview(data))
        whole = b"".join(bytes(piece) for piece in examined.pieces)
        uid = f"{examined.sop_instance_uid}.{len(self.files)}"
        self.files[uid] = whole
        return StoredInstance(
            study_uid=examined.study_uid,
            series_uid=examined.series_uid,
            sop_instance_uid=SopInstanceUid(uid),
            sop_class_uid=examined.sop_class_uid,
            transfer_syntax=examined.transfer_syntax,
            location=Location("memory", 0, len(whole)),
            dataset_offset=examined.dataset_offset,
            digest=examined.digest.hex(),
            frames=examined.frames,
        )

    def read(self, instance: StoredInstance, offset: int = 0, length: int | None = None) -> bytes:
        end = None if length is None else offset + length
        found = self.files[instance.sop_instance_uid][offset:end]
        self.bytes_read += len(found)
        return found

    def frame(self, instance: StoredInstance, number: int) -> bytes:
        if instance.frames is None or not 1 <= number <= instance.frames.count:
            raise NotFound("there is no such frame")
        fragments = instance.frames.frames[number - 1]
        return b"".join(self.read(instance, part.offset, part.length) for part in fragments)

    def whole(self, instance: StoredInstance) -> Whole:
        raise NotImplementedError

    def chunks(self, instance: StoredInstance, offset: int = 0) -> Iterator[bytes]:
        yield self.read(instance, offset)

    def select(self, selection: Selection) -> Iterator[StoredInstance]:
        raise NotImplementedError

    def instance(self, study: str, series: str, sop: str) -> StoredInstance:
        raise NotImplementedError

    def bulk(self, instance: StoredInstance, path: str) -> bytes:
        raise NotImplementedError

    def metadata(self, study: str, series: str) -> MetadataDocument:
        raise NotImplementedError

    def instance_metadata(self, instance: StoredInstance) -> bytes:
        raise NotImplementedError


def sample(name: str) -> bytes:
    """A file that ships inside pydicom."""
    path = get_testdata_file(name, download=False)
    assert path, name
    return Path(str(path)).read_bytes()
