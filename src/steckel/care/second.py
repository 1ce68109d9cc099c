"""Making the second representation of frames: HTJ2K beside what was received.

Which study is next, `care.second_queue` knows. The rule: one step is one batch, so that
memory is bounded and a stop is soon; what was looked at has a row, be there frames or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import structlog
from sqlalchemy import Engine

from steckel.archive.second import Batch, SecondFiles
from steckel.dicom.frames import Fragment, FrameTable, pack_table
from steckel.errors import CannotRender, NotFound
from steckel.index.engine import writing
from steckel.index.second import SecondRow, keep, missing
from steckel.retrieve.model import Retriever, StoredInstance
from steckel.retrieve.second import is_worth_it

_log = structlog.get_logger(__name__)

#: Instances of one batch, and bytes after which it is closed.
_MOST_INSTANCES = 500
_BATCH_BYTES = 64 << 20
#: Bytes of frames that are given to the encoder at once.
_AT_ONCE = 16 << 20


class Encoder(Protocol):
    """Encodes frames."""

    def encode(self, instance: StoredInstance, numbers: Iterable[int]) -> Sequence[bytes]:
        """Return the codestreams of frames (from 1).

        Raises `CannotRender` where they cannot be encoded, `NotFound` where they are gone.
        """


@dataclass(frozen=True, kw_only=True)
class SecondMaker:
    """Makes what one study lacks."""

    engine: Engine
    retriever: Retriever
    encoder: Encoder
    files: SecondFiles
    modalities: frozenset[str]
    stopping: Event

    def run(self, study: str) -> int:
        """Make one batch; return how many instances were looked at, none when all is made.

        Raises
        ------
        OutOfSpace, StorageFailure
            It stays to be done.
        """
        with self.engine.connect() as connection:
            lacking = missing(connection, study, self.modalities, _MOST_INSTANCES)
        if not lacking:
            return 0
        batch = self.files.new()
        try:
            rows = self._fill(batch, study, lacking)
            if batch.size:
                batch.finish()
        finally:
            batch.discard()
        with writing(self.engine) as connection:
            keep(connection, rows)
        _log.debug("second_made", study_uid=study, instances=len(rows), bytes=batch.size)
        return len(rows)

    def _fill(
        self, batch: Batch, study: str, lacking: Sequence[tuple[str, str]]
    ) -> list[SecondRow]:
        rows: list[SecondRow] = []
        for series, sop in lacking:
            try:
                instance = self.retriever.instance(study, series, sop)
            except NotFound:  # deleted meanwhile
                continue
            start = batch.size
            row = self._row(batch, instance)
            if self.stopping.is_set():  # the encoder may have failed for that
                batch.cut(start)
                break
            rows.append(row)
            if batch.size >= _BATCH_BYTES:
                break
        return rows

    def _row(self, batch: Batch, instance: StoredInstance) -> SecondRow:
        table = self._encode(batch, instance) if is_worth_it(instance) else None
        return SecondRow(
            sop_instance_uid=instance.sop_instance_uid,
            digest=bytes.fromhex(instance.digest),
            file=batch.name if table else "",
            frames=pack_table(table) if table else None,
        )

    def _encode(self, batch: Batch, instance: StoredInstance) -> FrameTable | None:
        """Append the frames of an instance; nothing when they cannot be, or gain nothing."""
        start = batch.size
        fragments: list[Fragment] = []
        try:
            for numbers in _portions(instance):
                fragments += map(batch.append, self.encoder.encode(instance, numbers))
        except (CannotRender, NotFound) as problem:
            _log.info(
                "second_not_made", sop_instance_uid=instance.sop_instance_uid, reason=str(problem)
            )
            batch.cut(start)
            return None
        if batch.size - start >= _stored_size(instance):
            batch.cut(start)
            return None
        return FrameTable(encapsulated=True, frames=tuple((f,) for f in fragments))


def _portions(instance: StoredInstance) -> Iterable[range]:
    """Divide the frames into what is encoded at once."""
    table = instance.frames
    if table is None:
        return []
    each = max(_AT_ONCE // max(table.frames[0][0].length, 1), 1)
    return [range(n, min(n + each, table.count + 1)) for n in range(1, table.count + 1, each)]


def _stored_size(instance: StoredInstance) -> int:
    frames = instance.frames.frames if instance.frames else ()
    return sum(fragment.length for frame in frames for fragment in frame)
