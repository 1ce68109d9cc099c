"""Transfer syntaxes: how the bytes of a data set are laid out (PS3.5 10, A)."""

from dataclasses import dataclass
from typing import Final

from steckel.dicom.tables import UIDS
from steckel.dicom.uids import TransferSyntaxUid

IMPLICIT_VR_LITTLE_ENDIAN: Final = TransferSyntaxUid("1.2.840.10008.1.2")
EXPLICIT_VR_LITTLE_ENDIAN: Final = TransferSyntaxUid("1.2.840.10008.1.2.1")
DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN: Final = TransferSyntaxUid("1.2.840.10008.1.2.1.99")
EXPLICIT_VR_BIG_ENDIAN: Final = TransferSyntaxUid("1.2.840.10008.1.2.2")

#: Private to GE: pixel data is big endian, all else is Implicit VR Little Endian.
_GE_PRIVATE_BIG_ENDIAN: Final = TransferSyntaxUid("1.2.840.113619.5.2")

_PAPYRUS_3: Final = TransferSyntaxUid("1.2.840.10008.1.20")
_IMPLICIT = frozenset({IMPLICIT_VR_LITTLE_ENDIAN, _GE_PRIVATE_BIG_ENDIAN, _PAPYRUS_3})

#: The whole data set is deflated (PS3.5 A.5); the JPIP ones by reference (A.7).
_DEFLATED = frozenset(
    {DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"}
)
#: Pixel data is not in the data set at all (PS3.5 A.6).
_REFERENCED = frozenset({"1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.204"})
_NATIVE = frozenset(
    {
        IMPLICIT_VR_LITTLE_ENDIAN,
        EXPLICIT_VR_LITTLE_ENDIAN,
        EXPLICIT_VR_BIG_ENDIAN,
        _GE_PRIVATE_BIG_ENDIAN,
        _PAPYRUS_3,
    }
)
#: Younger than the dictionary that is generated from pydicom.
_YOUNGER: Final = {
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
    "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements are spelled."""

    explicit: bool
    little: bool


IMPLICIT_LITTLE: Final = Encoding(explicit=False, little=True)
EXPLICIT_LITTLE: Final = Encoding(explicit=True, little=True)
EXPLICIT_BIG: Final = Encoding(explicit=True, little=False)


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """One transfer syntax."""

    uid: TransferSyntaxUid
    name: str
    encoding: Encoding
    encapsulated: bool
    deflated: bool


def _describe(uid: str, name: str) -> TransferSyntax:
    encoding = EXPLICIT_LITTLE
    if uid in _IMPLICIT:
        encoding = IMPLICIT_LITTLE
    elif uid == EXPLICIT_VR_BIG_ENDIAN:
        encoding = EXPLICIT_BIG
    return TransferSyntax(
        uid=TransferSyntaxUid(uid),
        name=name,
        encoding=encoding,
        encapsulated=uid not in _NATIVE | _DEFLATED | _REFERENCED,
        deflated=uid in _DEFLATED,
    )


#: Every transfer syntax of PS3.6 A for data sets, and a private one still met.
TRANSFER_SYNTAXES: Final = {
    TransferSyntaxUid(uid): _describe(uid, name)
    for uid, name in (
        *((uid, entry[0]) for uid, entry in UIDS.items() if entry[1] == "Transfer Syntax"),
        *_YOUNGER.items(),
        (_GE_PRIVATE_BIG_ENDIAN, "GE Private Big Endian"),
    )
    if uid.startswith("1.2.840.10008.1.2") or uid == _GE_PRIVATE_BIG_ENDIAN
}


def lookup(uid: str) -> TransferSyntax | None:
    """Return a known transfer syntax."""
    return TRANSFER_SYNTAXES.get(TransferSyntaxUid(uid))


def assume(uid: str) -> TransferSyntax:
    """Return a transfer syntax; an unknown one is taken as encapsulated Explicit VR Little Endian.

    All that DICOM added since 1993 are (PS3.5 10), so that the header of an
    object in a syntax from the future can still be read.
    """
    return lookup(uid) or _describe(uid, "unknown")
