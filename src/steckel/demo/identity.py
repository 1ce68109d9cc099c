"""UIDs and numbers of the demo department: derived, never random.

The same day gives the same department to the byte; another day gives other
UIDs, since an instance that differs must not have the same UID (PS3.5 9).
"""

import uuid
from datetime import date

_SEED = uuid.UUID("6f0d5a5e-2a53-5e7c-9a43-0b6f4a1c7d19")


def derive_uid(today: date, *key: object) -> str:
    """Return the UID that belongs to a key, under the UUID root 2.25 (PS3.5 B.2)."""
    name = "/".join((today.isoformat(), *(str(part) for part in key)))
    return f"2.25.{uuid.uuid5(_SEED, name).int}"


def accession_number(when: date, modality: str, *key: object) -> str:
    """Return the accession number of an examination."""
    return f"{when:%y}{modality}{derive_number(*key, digits=6)}"


def derive_number(*key: object, digits: int) -> str:
    """Return a decimal number of fixed length that belongs to a key."""
    name = "/".join(str(part) for part in key)
    return str(uuid.uuid5(_SEED, name).int % 10**digits).zfill(digits)
