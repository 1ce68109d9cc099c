"""What of the log of a study's corrections is in force: pure functions over its entries.

The rule: taking back is an entry too, and one that leads back to how it was before an earlier one
undoes that and all since. What a person has undone of what was done without a person is not
done again until a person says whose the study is, or which order it is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from steckel.ris.corrections import Correction, read_correction

#: Who does what follows from the numbers of images and orders.
MATCHING = "matching"
#: What the names of rules begin with, where it says who did something.
RULE = "rule:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One step of what was put right."""

    before: str
    after: str
    by: str

    @property
    def is_matching(self) -> bool:
        """Whether it follows from numbers alone."""
        return self.by == MATCHING

    @property
    def is_automatic(self) -> bool:
        """Whether no person did it."""
        return self.is_matching or self.by.startswith(RULE)

    @property
    def assigns(self) -> bool:
        """Whether it says more than that something is right as it is."""
        before, after = read_correction(self.before), read_correction(self.after)
        return bool(after.order_key) or after.identity != before.identity


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """The entries that are in force, oldest first."""

    entries: tuple[Entry, ...] = ()
    refused: bool = False  #: a person undid what was done without a person

    @property
    def base(self) -> Correction:
        """What persons and rules put right, without what matching added."""
        decided = [entry for entry in self.entries if not entry.is_matching]
        return read_correction(decided[-1].after) if decided else Correction()

    @property
    def undone(self) -> Correction | None:
        """What holds when the last decision is taken back; ``None`` if there is none."""
        if not self.entries:
            return None
        decided = [n for n, entry in enumerate(self.entries) if not entry.is_matching]
        return read_correction(self.entries[decided[-1] if decided else 0].before)


def history_of(log: Iterable[Entry]) -> History:
    """Return what is in force of a log, oldest entry first."""
    held: list[Entry] = []
    refused = False
    for entry in log:
        back = None if entry.is_automatic else _undone_by(entry, held)
        if back is None:
            held.append(entry)
            refused = refused and (entry.is_automatic or not entry.assigns)
            continue
        refused = all(one.is_automatic for one in held[back:])
        del held[back:]
    return History(entries=tuple(held), refused=refused)


def _undone_by(entry: Entry, held: list[Entry]) -> int | None:
    """Return the first entry that another takes back."""
    if not held or held[-1].after != entry.before:
        return None
    return next((n for n in reversed(range(len(held))) if held[n].before == entry.after), None)
