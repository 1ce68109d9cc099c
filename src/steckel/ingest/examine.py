"""Finding out what a draft is: identity, encoding, and what must be put before its data set.

The rule: the data set's bytes are never changed. What stands before them is
kept to the byte when it is right, and made anew when it is missing or wrong.
"""

from collections.abc import Sequence
from typing import NamedTuple

from steckel.archive.sums import Tally, digest_of
from steckel.dicom import part10, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer
from steckel.dicom.frames import Fragment, FrameTable
from steckel.dicom.header import Header, read_header
from steckel.dicom.part10 import FileStart
from steckel.dicom.transfer_syntax import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    TransferSyntax,
    assume,
    lookup,
)
from steckel.dicom.uids import (
    SeriesUid,
    SopClassUid,
    SopInstanceUid,
    StudyUid,
    TransferSyntaxUid,
    is_tolerable_uid,
    is_valid_uid,
)
from steckel.errors import IdentityMismatch, MissingIdentity, NotDicom
from steckel.ingest.model import Expected


class Examined(NamedTuple):
    """An object that can be archived."""

    header: Header
    study_uid: StudyUid
    series_uid: SeriesUid
    sop_instance_uid: SopInstanceUid
    sop_class_uid: SopClassUid
    transfer_syntax: TransferSyntaxUid
    pieces: tuple[Buffer, ...]  #: the Part 10 file
    whole: bool  #: the pieces are the draft as it is
    dataset_offset: int  #: in the Part 10 file
    frames: FrameTable | None
    digest: bytes
    warnings: tuple[str, ...]


def examine(
    view: memoryview,
    source_aet: str = "",
    tally: Tally | None = None,
    start: FileStart | None = None,
) -> Examined:
    """Examine a whole draft.

    `tally` has its sums, if they were taken as it came; `start` is what stands before
    its data set, if that was made here.

    Raises
    ------
    NotDicom, MissingIdentity, TooLarge
        It cannot be archived; the message says why.
    """
    if start is None:
        start = part10.read_start(view)
    warnings: list[str] = []
    header = _read(view, start, warnings)
    identity = {tag: _uid(header, tag, warnings) for tag in _IDENTITY}
    syntax = header.syntax.uid
    meta = start.meta
    right = (
        start.complete
        and meta.get(tags.TRANSFER_SYNTAX_UID) == syntax
        and meta.get(tags.MEDIA_STORAGE_SOP_INSTANCE_UID) == identity[tags.SOP_INSTANCE_UID]
        and meta.get(tags.MEDIA_STORAGE_SOP_CLASS_UID) == identity[tags.SOP_CLASS_UID]
    )
    pieces: tuple[Buffer, ...] = (view,)
    dataset_offset = start.dataset_offset
    if not right:
        head, note = _new_start(start, identity, syntax, source_aet)
        if note:
            warnings.append(note)
        pieces = (head, view[start.dataset_offset :])
        dataset_offset = len(head)
    frames, complete = header.frame_table()
    if not complete or header.scan.truncated_in is not None:
        warnings.append("the object is shorter than its header says")
    return Examined(
        header=header,
        study_uid=StudyUid(identity[tags.STUDY_INSTANCE_UID]),
        series_uid=SeriesUid(identity[tags.SERIES_INSTANCE_UID]),
        sop_instance_uid=SopInstanceUid(identity[tags.SOP_INSTANCE_UID]),
        sop_class_uid=SopClassUid(identity[tags.SOP_CLASS_UID]),
        transfer_syntax=syntax,
        pieces=pieces,
        whole=right,
        dataset_offset=dataset_offset,
        frames=_shifted(frames, dataset_offset - start.dataset_offset),
        digest=_digest(view, start, tally),
        warnings=tuple(warnings),
    )


def _digest(view: memoryview, start: FileStart, tally: Tally | None) -> bytes:
    if tally is not None and tally.dataset_offset == start.dataset_offset:
        return tally.digest()
    return digest_of(view[start.dataset_offset :])


def check_expected(examined: Examined, expected: Expected) -> None:
    """Raise `IdentityMismatch` when an object is not the one that was announced."""
    pairs: Sequence[tuple[str, str | None, str]] = (
        ("SOP Class UID", expected.sop_class_uid, examined.sop_class_uid),
        ("SOP Instance UID", expected.sop_instance_uid, examined.sop_instance_uid),
        ("Study Instance UID", expected.study_uid, examined.study_uid),
    )
    for name, announced, found in pairs:
        if announced and announced != found:
            raise IdentityMismatch(f"{name} of the data set is not the announced one")


_IDENTITY = {
    tags.SOP_CLASS_UID: "SOP Class UID",
    tags.SOP_INSTANCE_UID: "SOP Instance UID",
    tags.STUDY_INSTANCE_UID: "Study Instance UID",
    tags.SERIES_INSTANCE_UID: "Series Instance UID",
}


def _uid(header: Header, tag: int, warnings: list[str]) -> str:
    name = _IDENTITY[tag]
    value = header.text(tag).strip()
    if not value:
        raise MissingIdentity(f"the data set has no {name}")
    if not is_valid_uid(value):
        if not is_tolerable_uid(value):
            raise MissingIdentity(f"{name} of the data set is not a UID")
        warnings.append(f"{name} has components with leading zeros")
    return value


def _read(view: memoryview, start: FileStart, warnings: list[str]) -> Header:
    """Scan the data set in the syntax that it is really in."""
    claimed = assume(start.transfer_syntax)
    syntax = claimed
    if not claimed.deflated:
        true = part10.true_syntax(
            view, start.dataset_offset, claimed.uid, explicit=claimed.encoding.explicit
        )
        syntax = assume(true)
    header = _scan(view, start.dataset_offset, syntax)
    pixel = header.scan.pixel
    known = lookup(syntax.uid) is not None  # one from the future may have its reasons
    if known and syntax.encapsulated and pixel and pixel.length != UNDEFINED_LENGTH:
        explicit = header.syntax.encoding.explicit
        plain = EXPLICIT_VR_LITTLE_ENDIAN if explicit else IMPLICIT_VR_LITTLE_ENDIAN
        syntax = assume(plain)
        header = _scan(view, start.dataset_offset, syntax)
    if syntax.uid != claimed.uid:
        warnings.append(
            f"said to be in {claimed.uid}, but is in {syntax.uid}; archived as what it is"
        )
    elif header.syntax.encoding != claimed.encoding:
        warnings.append(f"in Implicit VR, which {claimed.uid} does not allow; archived as it is")
    return header


def _scan(view: memoryview, offset: int, syntax: TransferSyntax) -> Header:
    header = read_header(view, offset, len(view), syntax, pixels=False)
    if not header.scan.elements:
        raise NotDicom("this is no DICOM file")
    return header


def _new_start(
    start: FileStart, identity: dict[int, str], syntax: str, source_aet: str
) -> tuple[bytes, str]:
    head = part10.encode_meta(
        sop_class_uid=identity[tags.SOP_CLASS_UID],
        sop_instance_uid=identity[tags.SOP_INSTANCE_UID],
        transfer_syntax=syntax,
        source_aet=start.meta.get(tags.SOURCE_APPLICATION_ENTITY_TITLE, source_aet),
    )
    if start.has_program:
        return head, "the preamble was the start of a program, and was blanked"
    if not start.meta:
        return head, "the file had no meta information; it was added"
    return head, "file meta information was wrong or incomplete; it was made anew"


def _shifted(table: FrameTable | None, by: int) -> FrameTable | None:
    if table is None or not by:
        return table
    return FrameTable(
        encapsulated=table.encapsulated,
        frames=tuple(
            tuple(Fragment(fragment.offset + by, fragment.length) for fragment in frame)
            for frame in table.frames
        ),
    )
