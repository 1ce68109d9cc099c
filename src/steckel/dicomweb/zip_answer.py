"""A ZIP archive, written while it is sent (APPNOTE 4.3; no compression, ZIP64 where needed)."""

from collections.abc import Generator, Iterator
from typing import IO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from steckel.retrieve.model import Retriever, StoredInstance


class _Outlet:
    """A file that cannot be rewound, whose content is taken away as it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep some bytes."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """Hand over what was written."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def zip_pieces(
    retriever: Retriever, instances: Iterator[StoredInstance]
) -> Generator[bytes, None, None]:
    """Yield an archive with a Part 10 file per instance, a folder per series."""
    outlet = _Outlet()
    with ZipFile(cast("IO[bytes]", outlet), "w", ZIP_STORED, allowZip64=True) as archive:
        for instance in instances:
            # A fixed time stamp: the same study makes the same archive.
            name = f"{instance.study_uid}/{instance.series_uid}/{instance.sop_instance_uid}.dcm"
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            whole = retriever.whole(instance)
            large = whole.length >= 1 << 31
            with archive.open(member, "w", force_zip64=large) as entry:
                for piece in whole.pieces():
                    entry.write(piece)
                    yield outlet.take()
            yield outlet.take()
    yield outlet.take()
