"""Study Instance UIDs of orders that name none: made of what identifies them, never at random.

So the same order has the same study, by whichever door it is said, on every machine.
"""

import uuid
from typing import Final

#: Name space (RFC 9562) of the Study Instance UIDs that are made up.
_STUDIES: Final = uuid.UUID("5c1f9f5a-3f0e-5f7f-9a86-0d7a4c5f6c11")


def study_uid_of_accession(issuer: str, accession: str) -> str:
    """Return the study of an accession number: procedures that share it share a study."""
    return _derived(f"accession\x1f{issuer}\x1f{accession}")


def study_uid_of_order(order_key: str) -> str:
    """Return the study of an order alone."""
    return _derived(f"order\x1f{order_key}")


def _derived(name: str) -> str:
    """Return a UID under the root 2.25 (UUID version 5, PS3.5 B.2)."""
    return f"2.25.{uuid.uuid5(_STUDIES, name).int}"
