"""Checking the chains: every row is there, unchanged, and where it was.

The rule: what is found is named by its chain and its number, and one mistake does not hide the
next. What was cut off at the end shows against the chain's own head, and where somebody
changed that too, against an anchor that was kept elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, select

from steckel.audit.anchor_document import Anchor, read_anchor
from steckel.audit.chain import digest_of, hash_of
from steckel.audit.document import event_of
from steckel.audit.ledger import columns_of
from steckel.audit.schema import audit_anchors, audit_chains, audit_events

_CHUNK: Final = 1000
_E: Final = audit_events.c


class Fault(StrEnum):
    """What can be wrong."""

    MISSING = "missing"  #: rows are not there
    CHANGED = "changed"  #: a row is not what was hashed
    MOVED = "moved"  #: a row follows another one than it did
    CUT = "cut"  #: the end of the chain is gone, or there is more than the chain knows of
    ANCHOR = "anchor"  #: an anchor says something else


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    chain: str
    number: int
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a check came to."""

    chains: int
    events: int
    anchors: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


class ChainVerification:
    """Blocking; reads everything."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, kept_elsewhere: Sequence[Anchor] = ()) -> Verdict:
        """Check all chains against themselves, our anchors, and those that were kept elsewhere."""
        findings: list[Finding] = []
        events = 0
        with self._engine.connect() as connection:
            chains = connection.execute(select(audit_chains).order_by(audit_chains.c.pk)).all()
            ours = list(_anchors(connection, findings))
            marks = _marks([*ours, *kept_elsewhere])
            for chain in chains:
                walk = _Walk(connection, chain, marks.pop(chain.name, {}))
                findings += walk.findings()
                events += walk.seen
        for name in marks:
            detail = "an anchor names a chain that is not there"
            findings.append(Finding(fault=Fault.MISSING, chain=name, number=1, detail=detail))
        return Verdict(
            chains=len(chains), events=events, anchors=len(ours), findings=tuple(findings)
        )


def _anchors(connection: Connection, findings: list[Finding]) -> Iterator[Anchor]:
    previous = ""
    for row in connection.execute(select(audit_anchors).order_by(audit_anchors.c.day)):
        anchor = read_anchor(row.body)
        wrong = digest_of(row.body) != row.hash or anchor.previous != previous
        if wrong:
            detail = f"the anchor of {row.day} was changed, or one before it is missing"
            findings.append(Finding(fault=Fault.ANCHOR, chain="", number=0, detail=detail))
        previous = row.hash
        yield anchor


def _marks(anchors: Iterable[Anchor]) -> dict[str, dict[int, set[str]]]:
    """Return by chain which hash a row has to have, as anchors say."""
    marks: dict[str, dict[int, set[str]]] = {}
    for anchor in anchors:
        for head in anchor.heads:
            marks.setdefault(head.chain, {}).setdefault(head.number, set()).add(head.hash)
    return marks


class _Walk:
    """Along one chain."""

    def __init__(self, connection: Connection, chain: Row[Any], marks: dict[int, set[str]]) -> None:
        self._connection = connection
        self._chain = chain
        self._marks = marks
        self._number: int = chain.pruned
        self._previous: str = chain.base
        self.seen = 0

    def findings(self) -> Iterator[Finding]:
        if self._chain.pruned:
            yield from self._compare(self._chain.pruned, self._chain.base)
        for row in self._rows():
            self.seen += 1
            if row.number != self._number + 1:
                lost = f"rows {self._number + 1} to {row.number - 1} are not there"
                yield self._finding(Fault.MISSING, self._number + 1, lost)
            yield from self._check(row)
            self._number, self._previous = row.number, row.hash
        yield from self._end()

    def _rows(self) -> Iterator[Row[Any]]:
        """Yield the rows in order, a piece at a time; nothing is held that was seen."""
        last = self._chain.pruned
        while True:
            piece = self._connection.execute(
                select(audit_events)
                .where(_E.chain_pk == self._chain.pk, _E.number > last)
                .order_by(_E.number)
                .limit(_CHUNK)
            ).all()
            if not piece:
                return
            yield from piece
            last = piece[-1].number

    def _check(self, row: Row[Any]) -> Iterator[Finding]:
        name = self._chain.name
        follows = hash_of(name, row.number, row.written, self._previous, row.body)
        if follows != row.hash and row.number == self._number + 1:
            yield self._finding(
                Fault.CHANGED, row.number, "it is not what was written, or not where it was"
            )
        elif self._columns_differ(row):
            yield self._finding(Fault.CHANGED, row.number, "what it is searched by was changed")
        yield from self._compare(row.number, row.hash)

    def _columns_differ(self, row: Row[Any]) -> bool:
        try:
            told = columns_of(event_of(row.body))
        except (ValueError, KeyError, TypeError):
            return True
        return any(getattr(row, name) != value for name, value in told.items())

    def _compare(self, number: int, found: str) -> Iterator[Finding]:
        """Compare with what anchors say of this row."""
        for expected in self._marks.pop(number, set()):
            if expected != found:
                detail = "an anchor knows another row here: the history was rewritten"
                yield self._finding(Fault.ANCHOR, number, detail)

    def _end(self) -> Iterator[Finding]:
        chain = self._chain
        if (self._number, self._previous) != (chain.length, chain.head):
            detail = f"it ends at row {self._number} and has {chain.length}"
            yield self._finding(Fault.CUT, self._number, detail)
        for number in self._marks:
            if number > chain.pruned:
                detail = "an anchor knows a row that is not there"
                yield self._finding(Fault.MISSING, number, detail)

    def _finding(self, fault: Fault, number: int, detail: str) -> Finding:
        return Finding(fault=fault, chain=self._chain.name, number=number, detail=detail)
