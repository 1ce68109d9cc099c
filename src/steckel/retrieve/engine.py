"""The retrieve engine: what C-MOVE, C-GET, WADO and export read (`retrieve.model.Retriever`).

The rule: an instance or a frame is one range read, whatever container it is
in; a series' metadata is one row, made when it is first asked for. Where something
was put right about a study, whole instances and documents say it
(`retrieve.coercing`); frames stay ranges of what is stored.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Engine, func, select

from steckel.archive.location import Location
from steckel.archive.reader import CHUNK, Reader
from steckel.dicom.elements import real_encoding
from steckel.dicom.frames import Fragment
from steckel.dicom.inflating import inflate
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE, assume
from steckel.dicom.uids import SeriesUid, StudyUid
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.schema import documents, series, studies
from steckel.index.view import View
from steckel.index.visibility import Sight
from steckel.retrieve.bulk import value_at
from steckel.retrieve.coercing import Coercing
from steckel.retrieve.metadata import instance_to_json, to_bytes
from steckel.retrieve.model import (
    MetadataDocument,
    Retriever,
    Selection,
    StoredInstance,
    name_of_coerced,
)
from steckel.retrieve.partly_seen import PartlySeen
from steckel.retrieve.plan import Planner
from steckel.retrieve.whole import Whole

_PIXELS = frozenset({"7FE00010", "7FE00008", "7FE00009"})
_GZIP_LEVEL = 4
#: Of the digest in the ETag of a document.
_DIGITS = 32
Answer = TypeVar("Answer")


class RetrieveEngine:
    """Thread-safe; blocking."""

    def __init__(
        self,
        engine: Engine,
        reader: Reader,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._planner = Planner(engine)
        self._coercing = Coercing(now)
        self._sight = Sight(engine)

    def seen_by(self, view: View) -> Retriever:
        """Return what somebody with this view can read; nothing else is there for them."""
        if view.is_everything:
            return self
        return PartlySeen(self, self._planner, self._sight, view)

    def close(self) -> None:
        """Let go of the database."""
        self._planner.close()

    def select(self, selection: Selection) -> Iterator[StoredInstance]:
        """Yield the instances in order of study, series and instance number; lazily."""
        return self._planner.select(selection)

    def fingerprint(self, selection: Selection) -> str:
        """Name what `select` yields: another text for other bytes; empty for nothing."""
        return self._planner.fingerprint(selection)

    def instance(self, study: str, series: str, sop: str) -> StoredInstance:
        """Return one instance, or raise `NotFound`."""
        return self._planner.instance(study, series, sop)

    def read(self, instance: StoredInstance, offset: int = 0, length: int | None = None) -> bytes:
        """Read bytes of the Part 10 file as it is stored (offset 0 is its preamble)."""
        return self._wherever(instance, lambda at: self._reader.read(at, offset, length))

    def whole(self, instance: StoredInstance) -> Whole:
        """Return the Part 10 file as it leaves.

        Raises
        ------
        CannotCoerce
            What is put right about its study cannot be put into it.
        """
        read = partial(self.read, instance)
        if instance.coercion is None:
            return Whole(read, (Fragment(0, instance.location.length),))
        return self._coercing.whole(instance, instance.coercion, read)

    def chunks(self, instance: StoredInstance, offset: int = 0) -> Iterator[bytes]:
        """Read the file as it leaves from `offset` to the end in pieces of at most 1 MiB."""
        if instance.coercion is not None:
            yield from self.whole(instance).pieces(offset)
            return
        while offset < instance.location.length:
            piece = self.read(instance, offset, CHUNK)
            if not piece:
                return
            yield piece
            offset += len(piece)

    def frame(self, instance: StoredInstance, number: int) -> bytes:
        """Return the stored bytes of frame `number` (from 1), or raise `NotFound`."""
        table = instance.frames
        if table is None or not 1 <= number <= table.count:
            raise NotFound(f"there is no frame {number}")
        fragments = table.frames[number - 1]
        return b"".join(self._fragment(instance, fragment) for fragment in fragments)

    def _fragment(self, instance: StoredInstance, fragment: Fragment) -> bytes:
        return self.read(instance, fragment.offset, fragment.length)

    def bulk(self, instance: StoredInstance, path: str) -> bytes:
        """Return one bulk value by its path: ``7FE00010`` or ``54000100/1/54001010``."""
        table = instance.frames
        if path in _PIXELS and table is not None and table.count:
            return b"".join(self.frame(instance, n) for n in range(1, table.count + 1))
        syntax = assume(instance.transfer_syntax)
        part10 = self.whole(instance).read()
        if syntax.deflated:
            inflated, _ = inflate(memoryview(part10)[instance.dataset_offset :])
            return value_at(inflated, 0, len(inflated), EXPLICIT_LITTLE, path)
        encoding = real_encoding(part10, instance.dataset_offset, syntax)
        return value_at(part10, instance.dataset_offset, len(part10), encoding, path)

    def metadata(self, study: str, series: str) -> MetadataDocument:
        """Return the metadata document of a series, or raise `NotFound`."""
        series_pk, version, coercion = self._series(study, series)
        kept = select(documents.c.etag, documents.c.gzipped).where(
            documents.c.series_pk == series_pk, documents.c.version == version
        )
        with self._engine.connect() as connection:
            row = connection.execute(kept).first()
        if row is not None and row.etag[_DIGITS + 1 : -1] == _mark(coercion):
            return MetadataDocument(gzipped=bytes(row.gzipped), etag=row.etag)
        document = self._make_document(study, series)
        self._keep(series_pk, version, document)
        return document

    def instance_metadata(self, instance: StoredInstance) -> bytes:
        """Return the JSON array with the data set of one instance, not compressed."""
        return to_bytes([instance_to_json(instance, self._header_bytes(instance))])

    def _make_document(self, study: str, series: str) -> MetadataDocument:
        # One data set at a time is parsed; only the compressed text of all is held.
        packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)  # gzip
        parts = [packer.compress(b"[")]
        digest = hashlib.sha256()
        coercion: str | None = None
        for number, instance in enumerate(self._planner.select(_whole(study, series))):
            text = to_bytes([instance_to_json(instance, self._header_bytes(instance))])[1:-1]
            digest.update(text)
            coercion = instance.coercion
            parts.append(packer.compress(b"," + text if number else text))
        parts += [packer.compress(b"]"), packer.flush()]
        etag = f'"{digest.hexdigest()[:_DIGITS]}{_mark(coercion)}"'
        return MetadataDocument(gzipped=b"".join(parts), etag=etag)

    def _header_bytes(self, instance: StoredInstance) -> bytes:
        """Read all that stands before the pixel data, and their first bytes, as they leave."""
        if instance.coercion is not None:
            return self._coercing.head(instance, instance.coercion, partial(self.read, instance))
        table = instance.frames
        if table is None or not table.count or not table.frames[0]:
            return self.read(instance)
        # Between the header and a first fragment stand at most the pixel data
        # element's own header and an offset table.
        return self.read(instance, 0, table.frames[0][0].offset + 16)

    def _series(self, study: str, series_uid: str) -> tuple[int, int, str | None]:
        statement = (
            select(series.c.pk, series.c.changed, studies.c.coercion)
            .join(studies, series.c.study_pk == studies.c.pk)
            .where(series.c.uid == series_uid, studies.c.uid == study)
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise NotFound("there is no such series")
        return row.pk, row.changed, row.coercion

    def _keep(self, series_pk: int, version: int, document: MetadataDocument) -> None:
        """Keep a document, unless the series changed while it was made."""
        unchanged = select(func.count()).where(
            series.c.pk == series_pk, series.c.changed == version
        )
        with writing(self._engine) as connection:
            if not connection.execute(unchanged).scalar_one():
                return
            connection.execute(documents.delete().where(documents.c.series_pk == series_pk))
            connection.execute(
                documents.insert().values(
                    series_pk=series_pk,
                    version=version,
                    etag=document.etag,
                    gzipped=document.gzipped,
                )
            )

    def _wherever(self, instance: StoredInstance, read: Callable[[Location], Answer]) -> Answer:
        """Read; once more where it lies now, when compaction moved it meanwhile."""
        try:
            return read(instance.location)
        except NotFound:
            now = self._planner.instance(
                instance.study_uid, instance.series_uid, instance.sop_instance_uid
            )
            return read(now.location)


def _whole(study: str, series_uid: str) -> Selection:
    return Selection(study_uids=(StudyUid(study),), series_uids=(SeriesUid(series_uid),))


def _mark(coercion: str | None) -> str:
    """Return how the ETag of a document ends whose data sets say what was put right."""
    return "" if coercion is None else f"-{name_of_coerced(b'', coercion).hex()}"
