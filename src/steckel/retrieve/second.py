"""Reading the second representation of frames: HTJ2K beside what was received.

The rule: it is never needed. Where there is none, or its file is gone, the door has
the frame encoded (`dicomweb.ports.Imaging`), and the answer is the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from steckel.archive.second import SecondFiles
from steckel.dicom.frames import Fragment, FrameTable, unpack_table
from steckel.dicom.transfer_syntax import assume
from steckel.dicom.uids import TransferSyntaxUid
from steckel.index.asking import Asking
from steckel.index.second import FIND
from steckel.retrieve.model import StoredInstance

#: High-Throughput JPEG 2000 with RPCL Options, lossless (PS3.5 10.18).
HTJ2K_LOSSLESS_RPCL: Final = TransferSyntaxUid("1.2.840.10008.1.2.4.202")

#: Of smaller frames it is not worth it: the request costs more than the bytes.
LEAST_FRAME: Final = 64 << 10


def is_native(instance: StoredInstance) -> bool:
    """Whether the frames lie uncompressed, each apart from the others."""
    syntax, table = assume(instance.transfer_syntax), instance.frames
    if table is None or not table.count or table.encapsulated:
        return False
    return not (syntax.encapsulated or syntax.deflated)


def is_worth_it(instance: StoredInstance) -> bool:
    """Whether the frames are of a kind and a size that gain from another encoding."""
    if not is_native(instance) or instance.frames is None:
        return False
    return instance.frames.frames[0][0].length >= LEAST_FRAME


@dataclass(frozen=True, kw_only=True, slots=True)
class Second:
    """What there is of an instance."""

    preferred: bool  #: to the stored form, by a client that takes both
    file: str = ""
    frames: FrameTable | None = None  #: ``None``: nothing is made

    def fragment(self, number: int) -> Fragment | None:
        """Return where a frame lies (from 1)."""
        if self.frames is None or not 1 <= number <= self.frames.count:
            return None
        return self.frames.frames[number - 1][0]


class SecondFrames:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, files: SecondFiles, modalities: Iterable[str]) -> None:
        self._files = files
        self._modalities = frozenset(modalities)
        self._asking = Asking(engine)
        self._find = self._asking.prepare(FIND)

    def find(self, instance: StoredInstance) -> Second:
        """Say what there is of an instance."""
        row = self._asking.one(self._find, {"uid": instance.sop_instance_uid})
        if row is None:
            return Second(preferred=False)
        modality, file, frames = row
        if file is not None and frames is None:  # it was not worth it
            return Second(preferred=False)
        return Second(
            preferred=modality in self._modalities and is_worth_it(instance),
            file=file or "",
            frames=None if frames is None else unpack_table(bytes(frames)),
        )

    def read(self, second: Second, offset: int, length: int) -> bytes:
        """Read bytes of its file, or raise `NotFound`."""
        return self._files.read(second.file, offset, length)

    def close(self) -> None:
        """Let go of the database."""
        self._asking.close()
