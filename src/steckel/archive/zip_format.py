"""The ZIP format, as far as a container needs it (APPNOTE.TXT 6.3.3; docs/formats/store.md).

Members are stored, never compressed, and their local headers carry all there
is to know about them, so that a container that was never closed can be read.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from struct import Struct, error, pack, unpack_from
from typing import NamedTuple

from steckel.errors import StorageFailure

_LOCAL = Struct("<IHHHHHIIIHH")
_CENTRAL = Struct("<IHHHHHHIIIHHHHHII")
_END64 = Struct("<IQHHIIQQQQ")
_LOCATOR64 = Struct("<IIQI")
_END = Struct("<IHHHHIIH")

_LOCAL_SIGNATURE = 0x04034B50
_CENTRAL_SIGNATURE = 0x02014B50
_END64_SIGNATURE = 0x06064B50
_LOCATOR64_SIGNATURE = 0x07064B50
_END_SIGNATURE = 0x06054B50

_ZIP64_EXTRA = 0x0001
_STECKEL_EXTRA = 0x4B53  # "SK"
_PADDING_EXTRA = 0x4B50  # "PK": zeros only

_MAX_32 = 0xFFFFFFFF
_MADE_BY_UNIX = 3 << 8 | 45
_READABLE_FILE = 0o100644 << 16

NAME_LENGTH = len("00000001.dcm")
_PROVENANCE = Struct("<BIQ32sB")
_PROVENANCE_VERSION = 2  # 1 had another digest

_FIRST_SECOND = int(datetime(1980, 1, 1, tzinfo=UTC).timestamp())
_LAST_SECOND = int(datetime(2107, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


class Provenance(NamedTuple):
    """What a container says of a member beyond ZIP: enough to rebuild the index."""

    dataset_offset: int  #: bytes before the data set, in the Part 10 file
    digest: bytes  #: BLAKE3 of the data set
    received: int  #: milliseconds since 1970, UTC
    source: str  #: the way it came and who sent it, ``dimse:CT1``


class Member(NamedTuple):
    """One Part 10 file in a container."""

    number: int  #: from 1; its name is ``00000001.dcm``
    start: int  #: of the local header
    offset: int  #: of the file
    length: int
    crc: int  #: CRC-32 of the file
    provenance: Provenance

    @property
    def name(self) -> str:
        """The file's name in the container."""
        return f"{self.number:08d}.dcm"

    @property
    def end(self) -> int:
        """Where the next member starts."""
        return self.offset + self.length


def local_header(member: Member, *, pad_to: int = 0) -> bytes:
    """Return the local header; filled up to `pad_to` bytes when that is given."""
    extra = _extra(member)
    size = min(member.length, _MAX_32)
    missing = pad_to - _LOCAL.size - NAME_LENGTH - len(extra)
    if missing > 0:
        extra += pack("<HH", _PADDING_EXTRA, missing - 4) + bytes(missing - 4)
    date, time = _dos_time(member.provenance.received)
    head = _LOCAL.pack(
        _LOCAL_SIGNATURE, 45, 0, 0, time, date, member.crc, size, size, NAME_LENGTH, len(extra)
    )
    return head + member.name.encode() + extra


def local_header_length(source: str, length: int) -> int:
    """Return how long the local header of a member will be."""
    zip64 = 20 if length >= _MAX_32 else 0
    return _LOCAL.size + NAME_LENGTH + zip64 + 4 + _PROVENANCE.size + len(_source_bytes(source))


def parse_local_header(data: bytes, start: int) -> Member | None:
    """Read a local header that stands at `start` of a container; ``None`` if there is none.

    Raises
    ------
    StorageFailure
        A local header stands there, but not one of ours.
    """
    if len(data) < _LOCAL.size or data[:4] != pack("<I", _LOCAL_SIGNATURE):
        return None
    fields = _LOCAL.unpack_from(data)
    crc, size, name_length, extra_length = fields[6], fields[8], fields[9], fields[10]
    header_length = _LOCAL.size + name_length + extra_length
    if len(data) < header_length:
        return None
    name = data[_LOCAL.size : _LOCAL.size + name_length]
    extras = _split_extra(data[_LOCAL.size + name_length : header_length])
    if size == _MAX_32 and _ZIP64_EXTRA in extras:
        (size,) = unpack_from("<Q", extras[_ZIP64_EXTRA])
    try:
        number = int(name.removesuffix(b".dcm"))
        provenance = _parse_provenance(extras[_STECKEL_EXTRA])
    except (KeyError, ValueError, error) as problem:
        raise StorageFailure(f"the member at byte {start} is none of Steckel's") from problem
    return Member(
        number=number,
        start=start,
        offset=start + header_length,
        length=size,
        crc=crc,
        provenance=provenance,
    )


#: Enough to read any local header that we write.
LOCAL_HEADER_ROOM = 1024


def central_directory(members: Iterable[Member], start: int) -> bytes:
    """Return the central directory and the end records that close a container."""
    entries = [_central_entry(member) for member in members]
    directory = b"".join(entries)
    count, size = len(entries), len(directory)
    end64 = _END64.pack(_END64_SIGNATURE, _END64.size - 12, 45, 45, 0, 0, count, count, size, start)
    locator = _LOCATOR64.pack(_LOCATOR64_SIGNATURE, 0, start + size, 1)
    end = _END.pack(
        _END_SIGNATURE,
        0,
        0,
        min(count, 0xFFFF),
        min(count, 0xFFFF),
        min(size, _MAX_32),
        min(start, _MAX_32),
        0,
    )
    return directory + end64 + locator + end


def _central_entry(member: Member) -> bytes:
    extra = _extra(member, start=member.start)
    size = min(member.length, _MAX_32)
    date, time = _dos_time(member.provenance.received)
    head = _CENTRAL.pack(
        _CENTRAL_SIGNATURE,
        _MADE_BY_UNIX,
        45,
        0,
        0,
        time,
        date,
        member.crc,
        size,
        size,
        NAME_LENGTH,
        len(extra),
        0,
        0,
        0,
        _READABLE_FILE,
        min(member.start, _MAX_32),
    )
    return head + member.name.encode() + extra


def _extra(member: Member, *, start: int = 0) -> bytes:
    """Return the extra fields; `start` is given for the central directory."""
    big = b"" if member.length < _MAX_32 else pack("<QQ", member.length, member.length)
    if start >= _MAX_32:
        big += pack("<Q", start)
    zip64 = pack("<HH", _ZIP64_EXTRA, len(big)) + big if big else b""
    provenance = member.provenance
    source = _source_bytes(provenance.source)
    body = (
        _PROVENANCE.pack(
            _PROVENANCE_VERSION,
            provenance.dataset_offset,
            provenance.received,
            provenance.digest,
            len(source),
        )
        + source
    )
    return zip64 + pack("<HH", _STECKEL_EXTRA, len(body)) + body


def _source_bytes(source: str) -> bytes:
    # Cut where a character ends, so that what is read is what was written.
    return source.encode("utf-8")[:128].decode("utf-8", "ignore").encode("utf-8")


def _parse_provenance(body: bytes) -> Provenance:
    version, dataset_offset, received, digest, length = _PROVENANCE.unpack_from(body)
    if version != _PROVENANCE_VERSION:
        raise ValueError(f"provenance version {version}")
    source = body[_PROVENANCE.size : _PROVENANCE.size + length].decode("utf-8", "replace")
    return Provenance(
        dataset_offset=dataset_offset, digest=digest, received=received, source=source
    )


def _split_extra(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position + 4 <= len(data):
        identifier, length = unpack_from("<HH", data, position)
        found[identifier] = data[position + 4 : position + 4 + length]
        position += 4 + length
    return found


def _dos_time(milliseconds: int) -> tuple[int, int]:
    """Return date and time as ZIP has them; a time that it cannot say is cut to its ends."""
    seconds = min(max(milliseconds // 1000, _FIRST_SECOND), _LAST_SECOND)
    moment = datetime.fromtimestamp(seconds, UTC)
    date = moment.year - 1980 << 9 | moment.month << 5 | moment.day
    return date, moment.hour << 11 | moment.minute << 5 | moment.second // 2
