"""Keys of records that stay the same for ever, in the letters of FHIR ids (R4 2.24.0.4).

A patient's follows from identifier and issuer, so that an index that is made anew gives the
same; only where that has no room in 64 characters, it is the number of the row.
"""

import base64
import binascii
from typing import Final

_LONGEST: Final = 64


def patient_key(identity: str, pk: int) -> str:
    """Return the key of a patient."""
    spelled = base64.b32encode(identity.encode()).decode().rstrip("=").lower()
    key = f"i.{spelled}"
    return key if len(key) <= _LONGEST else f"r.{pk}"


def identity_in(key: str) -> str | None:
    """Return the identity that a key spells; ``None`` where it is the number of a row, or none."""
    if not key.startswith("i."):
        return None
    spelled = key[2:].upper()
    try:
        return base64.b32decode(spelled + "=" * (-len(spelled) % 8)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def row_in(key: str) -> int | None:
    """Return the number of the row that a key names."""
    text = key.removeprefix("r.")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None
