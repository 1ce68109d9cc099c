"""What an association tells its user (the indications and confirmations of PS3.8 7).

Presentation data comes as `pdu.Fragment`.
"""

from dataclasses import dataclass

from steckel.upperlayer.pdu import AssociateAc, AssociateRj, AssociateRq, Fragment


@dataclass(frozen=True, slots=True)
class AssociationRequested:
    """A-ASSOCIATE indication: answer with `accept` or `reject`."""

    request: AssociateRq


@dataclass(frozen=True, slots=True)
class AssociationAccepted:
    """A-ASSOCIATE confirmation, positive."""

    answer: AssociateAc


@dataclass(frozen=True, slots=True)
class AssociationRejected:
    """A-ASSOCIATE confirmation, negative."""

    answer: AssociateRj


@dataclass(frozen=True, slots=True)
class ReleaseRequested:
    """A-RELEASE indication: answer with `respond_release`, at once unless it collided."""


@dataclass(frozen=True, slots=True)
class Released:
    """A-RELEASE confirmation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aborted:
    """A-ABORT or A-P-ABORT indication; `by_peer` tells whether an A-ABORT came in."""

    by_peer: bool
    source: int = 0
    reason: int = 0
    detail: str = ""  #: what the peer did wrong, for the log


AssociationEvent = (
    AssociationRequested
    | AssociationAccepted
    | AssociationRejected
    | ReleaseRequested
    | Released
    | Aborted
    | Fragment
)
