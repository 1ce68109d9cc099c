"""What one who listens is told of what happens.

The rule: of studies that they see, and of what waits for decisions if they make some. That
a study was deleted is told to those who heard of it, and to those who see everything:
whether the others would have seen it, nobody can say any more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from steckel.index.view import View
from steckel.query.catalogue_model import (
    Change,
    ChangeKind,
    QuarantineChange,
    StudyChange,
    Subject,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectChange:
    """Something changed about a subject."""

    subject: Subject


Told = Change | SubjectChange


class StudySight(Protocol):
    """Says which studies are seen. Thread-safe; blocking."""

    def seen(self, view: View, uids: Iterable[str]) -> frozenset[str]:
        """Return those of some studies that are there and seen."""


@dataclass(kw_only=True, slots=True)
class Hearing:
    """One who listens, and what was told so far."""

    view: View
    cares: bool = False  #: whether quarantine, mismatches, messages and deliveries concern them
    _heard_of: set[str] = field(default_factory=set)

    def of(self, changes: Sequence[Told], seen: Callable[[View], frozenset[str]]) -> list[Told]:
        """Return what is told; `seen` says which of the studies in it a view shows."""
        if self.view.is_everything and self.cares:
            return list(changes)
        return [change for change in changes if self._is_told(change, seen)]

    def _is_told(self, change: Told, seen: Callable[[View], frozenset[str]]) -> bool:
        if isinstance(change, SubjectChange):
            return self.cares or change.subject is Subject.RECORDS
        if isinstance(change, QuarantineChange):
            return self.cares
        return self.view.is_everything or self._is_of_theirs(change, seen)

    def _is_of_theirs(self, change: StudyChange, seen: Callable[[View], frozenset[str]]) -> bool:
        if change.kind is ChangeKind.DELETED:
            return change.uid in self._heard_of
        is_seen = change.uid in seen(self.view)
        if is_seen:
            self._heard_of.add(change.uid)
        return is_seen


def studies_in(changes: Iterable[Told]) -> list[str]:
    """Return the studies that changes are about, but those that went."""
    return [
        change.uid
        for change in changes
        if isinstance(change, StudyChange) and change.kind is not ChangeKind.DELETED
    ]
