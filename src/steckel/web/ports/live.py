"""What happens, for pages that are open."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol

from steckel.query.catalogue_model import Change, Subject


class ChangeFeed(Protocol):
    """What happened, in order. Sequence numbers grow and survive a restart."""

    def latest(self) -> int:
        """Return the number of the last change."""

    def changes_since(self, sequence: int) -> Sequence[Change]:
        """Return the changes with a higher number, oldest first; a long list may be cut."""


class SubjectMarks(Protocol):
    """Whether anything changed about a subject that the change feed does not tell of."""

    def read(self) -> Mapping[Subject, Hashable]:
        """Return something for each subject that is another after each change."""
