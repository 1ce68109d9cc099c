"""The tables that say who sees what, as far as queries ask them. Moments: milliseconds, UTC."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from steckel.index.columns import moment, text
from steckel.index.metadata import metadata
from steckel.index.schema import Serial, Words

#: Who has to do with a patient, and until when: by what the department knows, or by an
#: emergency that somebody gave a reason for. Rows are never changed, only ended.
care_relations = Table(
    "care_relations",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
    Column("patient_pk", ForeignKey("patients.pk", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Words, nullable=False),  #: care, emergency
    Column("reason", Text, nullable=False, server_default=""),
    text("granted_by"),
    moment("since"),
    Column("until", BigInteger),  #: empty: as long as nobody ends it
    Index("ix_care_relations_account_until", "account", "until"),
)

#: Studies that were given to somebody.
assignments = Table(
    "assignments",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
    Column("study_uid", Words, nullable=False, index=True),
    text("assigned_by"),
    moment("at"),
    UniqueConstraint("account", "study_uid"),
)
