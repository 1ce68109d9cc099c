"""The tables of the message exchange."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from steckel.index.columns import moment, text
from steckel.index.metadata import metadata
from steckel.index.schema import Serial, Words

#: Every message as it came, in the order of arrival.
messages = Table(
    "messages",
    metadata,
    Column("pk", Serial, primary_key=True),
    text("source"),  #: sending application and facility, ``APP^FACILITY``
    text("door"),  #: mllp, mllp-tls, http, ris
    text("address"),
    text("certificate"),  #: subject of the sender's, where it showed one
    moment("received", index=True),
    text("control_id"),
    text("type"),  #: ``ADT^A40``
    Column("digest", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    text("state"),  #: `exchange.model.State`
    text("reason"),  #: for a person; never patient data
    text("location"),  #: of the fault, as ERR-2 spells it
    moment("said"),  #: MSH-7
    text("patient_id"),
    text("accession"),
    Column("repeats", Integer, nullable=False, server_default="0"),  #: times it came again
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("processed"),
    Index("ix_messages_state_pk", "state", "pk"),
    #: What came before is known by it (`exchange.intake`).
    Index("uq_messages_control_id_source_digest", "control_id", "source", "digest", unique=True),
    Index("ix_messages_source_pk", "source", "pk"),
    Index("ix_messages_patient_id_pk", "patient_id", "pk"),
    Index("ix_messages_accession_pk", "accession", "pk"),
    Index("ix_messages_type_pk", "type", "pk"),
    sqlite_autoincrement=True,
)

#: How messages of a source are read: mappings as data, each change a new version.
profiles = Table(
    "profiles",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("name", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    moment("at"),
    text("by"),
    Index("uq_profiles_name_version", "name", "version", unique=True),
)

destinations = Table(
    "destinations",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    text("host"),
    Column("port", Integer, nullable=False),
    Column("tls", Boolean, nullable=False),
    Column("options", Text, nullable=False),  #: JSON: what it wants to hear, and how
    Column("is_paused", Boolean, nullable=False),
    moment("failing_since"),  #: zero while it works
    text("problem"),
    Column("seen", BigInteger, nullable=False, server_default="0"),  #: `events.pk` up to which
    moment("changed"),
    text("by"),
)

#: Messages on their way out.
deliveries = Table(
    "deliveries",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("destination_pk", ForeignKey("destinations.pk", ondelete="CASCADE"), nullable=False),
    text("type"),
    text("control_id", index=True),
    text("patient_id", index=True),
    text("accession", index=True),
    Column("raw", LargeBinary, nullable=False),
    text("state"),  #: waiting, sent, parked, dropped
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("refusals", Integer, nullable=False, server_default="0"),  #: times it was answered AE
    moment("next_attempt"),
    moment("created", index=True),
    moment("sent"),
    Column("answer", LargeBinary),
    text("reason"),
    Index("ix_deliveries_destination_pk_state_pk", "destination_pk", "state", "pk"),
    sqlite_autoincrement=True,
)
