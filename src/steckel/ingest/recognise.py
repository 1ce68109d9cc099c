"""What a file is, from its name and its first kilobyte.

The rule: only what certainly is no DICOM object is left out, with the reason; in
doubt a file goes on to `ingest`, which reads it whole. Bytes that say DICM count for
more than any name; and a file that is named as DICOM is never left out: somebody
believes that it is, and has to see in quarantine that it is not.
"""

from pathlib import PurePosixPath

from steckel.dicom.part10 import PREAMBLE, PREFIX, read_start
from steckel.errors import NotDicom

#: How much of a file `why_skip` wants to see.
HEAD = 1024

#: Media Storage Directory Storage (PS3.4 table B.5-1, PS3.3 F.3): a DICOMDIR.
_DIRECTORY = "1.2.840.10008.1.3.10"
_MEDIA_STORAGE_SOP_CLASS_UID = 0x00020002

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

_FOREIGN = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF that is not inside a DICOM object"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (b"Rar!", "a RAR archive: only ZIP is opened"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: only ZIP is opened"),
    (b"\x1f\x8b\x08", "a gzip archive: only ZIP is opened"),
    (b"BZh", "a bzip2 archive: only ZIP is opened"),
    (b"\xfd7zXZ\x00", "an xz archive: only ZIP is opened"),
    (b"RIFF", "a sound or a video"),
    (b"SQLite format 3\0", "a database"),
)

_TEXT_SUFFIXES = {
    ".txt", ".htm", ".html", ".xml", ".inf", ".ini", ".css", ".js", ".json", ".csv", ".tsv",
    ".md", ".log", ".bat", ".sh", ".cfg", ".rtf", ".svg",
}  # fmt: skip
_DICOM_SUFFIXES = {".dcm", ".dicom", ".dic", ".ima"}
_TEXT_BYTES = b"\t\r\n\f" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SYSTEM_FILES = {".ds_store", "thumbs.db", "desktop.ini", "autorun.inf", ".directory"}


def is_zip(head: bytes) -> bool:
    """Whether a file starts as a ZIP does (APPNOTE 4.3.7, or an empty one, 4.3.16)."""
    return head.startswith(_ZIP)


def is_dicomdir(head: bytes) -> bool:
    """Whether a file is the directory of a medium (PS3.10 8.6)."""
    if not _says_dicm(head):
        return False
    try:
        return read_start(head).meta.get(_MEDIA_STORAGE_SOP_CLASS_UID) == _DIRECTORY
    except NotDicom:
        return False  # its meta information is longer than that of any DICOMDIR


def why_skip(name: str, head: bytes) -> str | None:
    """Return why a file is left out, or ``None`` when it may be a DICOM object."""
    if is_dicomdir(head):
        return "a DICOMDIR: the objects that it lists are taken instead"
    base = PurePosixPath(name.replace("\\", "/")).name.lower()
    if _says_dicm(head) or (PurePosixPath(base).suffix in _DICOM_SUFFIXES and base[:2] != "._"):
        return None
    if not head:
        return "an empty file"
    if base in _SYSTEM_FILES or base.startswith("._") or is_junk(name):
        return "a file of the operating system"
    for magic, reason in _FOREIGN:
        if head.startswith(magic):
            return reason
    if PurePosixPath(base).suffix in _TEXT_SUFFIXES and _is_text(head):
        return "a text file"
    return None


def is_junk(name: str) -> bool:
    """Whether a member of an archive was added by macOS beside the real one."""
    return name.replace("\\", "/").startswith("__MACOSX/") or "/__MACOSX/" in name


def _says_dicm(head: bytes) -> bool:
    return head[PREAMBLE : PREAMBLE + len(PREFIX)] == PREFIX


def _is_text(head: bytes) -> bool:
    return head.startswith(_UTF_16) or not head.translate(None, _TEXT_BYTES)
