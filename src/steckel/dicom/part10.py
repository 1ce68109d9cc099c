"""DICOM files (PS3.10 7): preamble, file meta information, data set.

Also reads what is sent in their place: files without a preamble, without meta
information, or with meta information that says something else than the data
set is. The data set is never touched; only what stands before it is made right.
"""

from dataclasses import dataclass, field
from struct import pack

from steckel.dicom import elements, tags
from steckel.dicom.elements import Buffer
from steckel.dicom.transfer_syntax import (
    EXPLICIT_LITTLE,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_LITTLE,
    IMPLICIT_VR_LITTLE_ENDIAN,
)
from steckel.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from steckel.errors import NotDicom

PREAMBLE = 128
PREFIX = b"DICM"

#: What a preamble must not start with: it would make the file a program for
#: the system that opens it (CVE-2019-11687).
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")

#: Between these a wrong claim is put right: they differ in nothing but the spelling of elements.
_PLAIN = frozenset({IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN})


@dataclass(frozen=True, kw_only=True)
class FileStart:
    """What stands before a data set.

    `meta` maps tags of group 0002 to text. `dataset_offset` is 0 when the
    bytes are a bare data set; `complete` says that the file is as PS3.10
    wants it, so that it can be kept to the byte.
    """

    meta: dict[int, str] = field(default_factory=dict)
    dataset_offset: int = 0
    transfer_syntax: str = ""
    complete: bool = False
    has_program: bool = False  #: the preamble is the start of an executable


def _meta_element(number: int, vr: bytes, value: str) -> bytes:
    raw = value.encode("ascii", "replace")
    if len(raw) & 1:
        raw += b"\0" if vr == b"UI" else b" "
    return pack("<HH2sH", 0x0002, number, vr, len(raw)) + raw


_META_VERSION = pack("<HH2sHI2s", 0x0002, 0x0001, b"OB", 0, 2, b"\0\1")
_META_IMPLEMENTATION = _meta_element(0x0012, b"UI", IMPLEMENTATION_CLASS_UID) + _meta_element(
    0x0013, b"SH", IMPLEMENTATION_VERSION_NAME
)


def encode_meta(
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax: str,
    source_aet: str = "",
    receiving_aet: str = "",
) -> bytes:
    """Return preamble, prefix and file meta information (PS3.10 7.1)."""
    body = b"".join(
        (
            _META_VERSION,
            _meta_element(0x0002, b"UI", sop_class_uid),
            _meta_element(0x0003, b"UI", sop_instance_uid),
            _meta_element(0x0010, b"UI", transfer_syntax),
            _META_IMPLEMENTATION,
            _meta_element(0x0016, b"AE", source_aet) if source_aet else b"",
            _meta_element(0x0018, b"AE", receiving_aet) if receiving_aet else b"",
        )
    )
    length = pack("<HH2sHI", 0x0002, 0x0000, b"UL", 4, len(body))
    return bytes(PREAMBLE) + PREFIX + length + body


def make_start(
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax: str,
    source_aet: str = "",
    receiving_aet: str = "",
) -> tuple[bytes, FileStart]:
    """Return `encode_meta` and what `read_start` would find in it."""
    head = encode_meta(
        sop_class_uid=sop_class_uid,
        sop_instance_uid=sop_instance_uid,
        transfer_syntax=transfer_syntax,
        source_aet=source_aet,
        receiving_aet=receiving_aet,
    )
    meta = {
        tags.MEDIA_STORAGE_SOP_CLASS_UID: sop_class_uid,
        tags.MEDIA_STORAGE_SOP_INSTANCE_UID: sop_instance_uid,
        tags.TRANSFER_SYNTAX_UID: transfer_syntax,
        tags.SOURCE_APPLICATION_ENTITY_TITLE: source_aet,
    }
    start = FileStart(
        meta=meta, dataset_offset=len(head), transfer_syntax=transfer_syntax, complete=True
    )
    return head, start


def read_start(buffer: Buffer) -> FileStart:
    """Find out what a buffer starts with.

    Raises
    ------
    NotDicom
        It is neither a DICOM file nor a data set.
    """
    view = memoryview(buffer)
    if len(view) < 8:
        raise NotDicom("the file is empty" if not view else "the file is too short")
    if bytes(view[PREAMBLE : PREAMBLE + 4]) == PREFIX:
        start = PREAMBLE + 4
        program = bytes(view[:4]).startswith(_PROGRAMS)
        return _read_meta(view, start, complete=True, has_program=program)
    if bytes(view[:4]) == PREFIX:
        return _read_meta(view, 4)
    if bytes(view[:2]) == b"\x02\0":
        return _read_meta(view, 0)
    return FileStart(transfer_syntax=_guess(view, 0))


def _read_meta(
    view: memoryview, start: int, *, complete: bool = False, has_program: bool = False
) -> FileStart:
    """Read group 0002 element by element; its group length is not trusted."""
    meta: dict[int, str] = {}
    position = start
    encoding = EXPLICIT_LITTLE if elements.shows_vr(view, start) else IMPLICIT_LITTLE
    while position + 8 <= len(view) and bytes(view[position : position + 2]) == b"\x02\0":
        tag, vr, offset, length = elements.read_element(view, position, encoding)
        if offset + length > len(view):
            raise NotDicom("the file ends inside its meta information")
        if vr not in ("OB", "UL", "UN"):
            meta[tag] = bytes(view[offset : offset + length]).decode("latin-1").strip(" \0")
        position = offset + length
    if position + 8 > len(view):
        raise NotDicom("the file ends after its meta information: there is no data set")
    syntax = meta.get(tags.TRANSFER_SYNTAX_UID, "")
    complete = complete and bool(syntax) and encoding == EXPLICIT_LITTLE
    return FileStart(
        meta=meta,
        dataset_offset=position,
        transfer_syntax=syntax or _guess(view, position),
        complete=complete and not has_program,
        has_program=has_program,
    )


def _guess(view: memoryview, position: int) -> str:
    """Tell the encoding of a bare data set from its first element."""
    if position + 8 > len(view):
        raise NotDicom("the file is too short")
    explicit = elements.shows_vr(view, position)
    little = int.from_bytes(view[position : position + 2], "little")
    big = int.from_bytes(view[position : position + 2], "big")
    if explicit and 0 < little <= 0x20:
        return EXPLICIT_VR_LITTLE_ENDIAN
    if explicit and 0 < big <= 0x20:
        return EXPLICIT_VR_BIG_ENDIAN
    length = int.from_bytes(view[position + 4 : position + 8], "little")
    if 0 < little <= 0x20 and length <= len(view) - position:
        return IMPLICIT_VR_LITTLE_ENDIAN
    raise NotDicom("this is no DICOM file")


def true_syntax(view: memoryview, position: int, claimed: str, *, explicit: bool) -> str:
    """Return the syntax that the first element shows, where the claim is plainly wrong.

    Only between the uncompressed ones: a file that says Implicit and is
    Explicit, or the other way round, is common and can be read. A claim of
    compression is about the pixel data, which the first element says nothing of.
    """
    if claimed not in _PLAIN or position + 8 > len(view):
        return claimed
    shows_explicit = elements.shows_vr(view, position)
    if explicit == shows_explicit:
        return claimed
    group = int.from_bytes(view[position : position + 2], "little")
    if not 0 < group <= 0x20:
        return claimed
    return EXPLICIT_VR_LITTLE_ENDIAN if shows_explicit else IMPLICIT_VR_LITTLE_ENDIAN
