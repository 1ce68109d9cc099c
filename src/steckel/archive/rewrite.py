"""Making one sealed container out of members of others: deletion and compaction."""

import fcntl
import os
from collections.abc import Iterable
from typing import NamedTuple

from steckel.archive.disk import require_room, translate_errors
from steckel.archive.layout import SPOOL_SUFFIX, Layout
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.reader import Reader
from steckel.archive.zip_format import (
    Member,
    central_directory,
    local_header,
    local_header_length,
)


class Kept(NamedTuple):
    """A member to keep, where it lies now."""

    location: Location
    member: Member


class Moved(NamedTuple):
    """Where a kept member lies afterwards."""

    before: Location
    after: Location


def rewrite(
    layout: Layout,
    sealed: SealedContainers,
    reader: Reader,
    name: str,
    kept: Iterable[Kept],
) -> list[Moved]:
    """Copy members into a new sealed container `name`; durable when this returns.

    The old containers are untouched: the caller repoints the index first.
    """
    path = layout.open / f"{name}{SPOOL_SUFFIX}"  # as a spool file: dropped after a crash
    moved: list[Moved] = []
    members: list[Member] = []
    try:
        with translate_errors(), path.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for location, member in kept:
                require_room(layout.open, location.length)
                start = file.tell()
                header_length = local_header_length(member.provenance.source, member.length)
                new = member._replace(
                    number=len(members) + 1, start=start, offset=start + header_length
                )
                file.write(local_header(new))
                for piece in reader.chunks(location):
                    file.write(piece)
                members.append(new)
                moved.append(Moved(location, Location(name, new.offset, new.length)))
            file.write(central_directory(members, file.tell()))
            file.flush()
            os.fdatasync(file.fileno())
        sealed.put(name, path)
    finally:
        path.unlink(missing_ok=True)
    return moved
