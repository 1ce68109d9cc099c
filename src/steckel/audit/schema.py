"""The tables of the audit trail. Moments are milliseconds since 1970, UTC.

Rows of `audit_events` are only ever added, and removed by nothing but `retention`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from steckel.index.columns import moment, text
from steckel.index.metadata import metadata
from steckel.index.schema import Serial, Words

#: One per process that writes: nothing is shared between two that write at once.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    text("process"),  #: role, host and number of the process
    moment("started"),
    Column("length", BigInteger, nullable=False, server_default="0"),  #: number of the last row
    text("head"),  #: hash of the last row
    Column("pruned", BigInteger, nullable=False, server_default="0"),  #: last row that is gone
    text("base"),  #: its hash
    sqlite_autoincrement=True,
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("chain_pk", ForeignKey("audit_chains.pk"), nullable=False),
    Column("number", BigInteger, nullable=False),  #: in its chain, from 1, without gaps
    moment("written"),
    moment("at"),
    Column("kind", Words, nullable=False),
    Column("outcome", SmallInteger, nullable=False),
    text("account"),
    text("patient"),  #: `index.model.patient_identity`
    text("study"),  #: Study Instance UID
    Column("body", Text, nullable=False),  #: the event, canonical JSON (`audit.document`)
    Column("hash", Words, nullable=False),
    UniqueConstraint("chain_pk", "number"),
    Index("ix_audit_events_written", "written"),
    Index("ix_audit_events_at_pk", "at", "pk"),
    Index("ix_audit_events_account_at_pk", "account", "at", "pk"),
    Index("ix_audit_events_patient_at_pk", "patient", "at", "pk"),
    Index("ix_audit_events_study_at_pk", "study", "at", "pk"),
    Index("ix_audit_events_kind_at_pk", "kind", "at", "pk"),
    sqlite_autoincrement=True,
)

#: Where each chain stood at the end of a day: what is exported, and compared with later.
audit_anchors = Table(
    "audit_anchors",
    metadata,
    Column("day", Words, primary_key=True),  #: YYYY-MM-DD, UTC
    Column("body", Text, nullable=False),  #: canonical JSON (`audit.anchors`)
    Column("hash", Words, nullable=False),
    moment("made"),
    moment("exported"),
    moment("pruned"),
)

#: How far each destination has each chain.
audit_positions = Table(
    "audit_positions",
    metadata,
    Column("destination", Words, primary_key=True),
    Column("chain_pk", ForeignKey("audit_chains.pk"), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

#: How sending to a destination goes.
audit_destinations = Table(
    "audit_destinations",
    metadata,
    Column("name", Words, primary_key=True),
    moment("sent"),  #: when something last arrived there
    moment("failed"),
    text("reason"),
)
