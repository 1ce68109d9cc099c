"""What a site takes, and what it does with a second version of an instance."""

from dataclasses import dataclass
from enum import StrEnum


class OnConflict(StrEnum):
    """What to do with other bytes under a SOP Instance UID that is archived."""

    KEEP_FIRST = "keep-first"  #: the archive keeps what it has; the other waits for a person
    KEEP_LAST = "keep-last"  #: the new one takes its place; the old waits for a person
    REFUSE = "refuse"  #: the sender is told, nothing is kept


@dataclass(frozen=True, kw_only=True)
class IngestPolicy:
    """Rules of the site."""

    on_conflict: OnConflict = OnConflict.KEEP_FIRST
    max_object_bytes: int = 16 << 30
