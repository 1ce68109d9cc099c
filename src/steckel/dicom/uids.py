"""UIDs: their kinds, their form, our own root (PS3.5 9, PS3.8 A)."""

import re
import uuid
from typing import NewType

SopClassUid = NewType("SopClassUid", str)
SopInstanceUid = NewType("SopInstanceUid", str)
StudyUid = NewType("StudyUid", str)
SeriesUid = NewType("SeriesUid", str)
TransferSyntaxUid = NewType("TransferSyntaxUid", str)

#: PS3.8 Annex A.2.1
APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
VERIFICATION = SopClassUid("1.2.840.10008.1.1")

#: Identifies this implementation in association negotiation and file meta
#: information (PS3.7 D.3.3.2, PS3.10 7.1). A UUID-derived UID (PS3.5 B.2).
IMPLEMENTATION_CLASS_UID = "2.25.190229417823120184593718260557741097281"
IMPLEMENTATION_VERSION_NAME = "STECKEL_0_1"

_STRICT = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*\Z")
_TOLERATED = re.compile(r"[0-9]+(?:\.[0-9]+)*\Z")


def is_valid_uid(value: str) -> bool:
    """Whether a value follows PS3.5 9.1 to the letter."""
    return 0 < len(value) <= 64 and _STRICT.match(value) is not None


def is_tolerable_uid(value: str) -> bool:
    """Whether a value is a UID but for leading zeros, which some devices write."""
    return 0 < len(value) <= 64 and _TOLERATED.match(value) is not None


def new_uid() -> str:
    """Return a fresh UID derived from a random UUID (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"
