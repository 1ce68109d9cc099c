"""The tables of the department: what is said about patients, orders, and what was done.

They name a patient by `identity` (issuer and identifier, `index.model.patient_identity`) and a
study by its UID, not by a row of the index: the index can be made anew from the store, these
cannot.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from steckel.index.metadata import metadata
from steckel.index.schema import Serial, Words


def _text(name: str, *, index: bool = False) -> Column[str]:
    return Column(name, Words, nullable=False, server_default="", index=index)


def _moment(name: str, *, index: bool = False) -> Column[int]:
    """Milliseconds since 1970."""
    return Column(name, BigInteger, nullable=False, server_default="0", index=index)


#: What was said about a patient's demographics.
registrations = Table(
    "registrations",
    metadata,
    Column("identity", Words, primary_key=True),
    _text("issuer"),
    _text("patient_id"),
    Column("registers", Text, nullable=False),  #: `ris.registers.Registers`
    Column("json", Text, nullable=False),  #: DICOM JSON that follows from them
    _moment("at"),  #: of the newest statement
)

#: Other identifiers of a patient: national ones, those of other hospitals.
identifiers = Table(
    "identifiers",
    metadata,
    Column("pk", Serial, primary_key=True),
    _text("identity"),
    _text("issuer"),
    _text("value", index=True),
    _text("type"),
    Index("uq_identifiers_identity_issuer_value", "identity", "issuer", "value", unique=True),
)

#: Every merge and un-merge that was ever said; nothing is removed from here.
links = Table(
    "links",
    metadata,
    Column("pk", Serial, primary_key=True),
    _text("prior", index=True),
    _text("survivor", index=True),  #: empty: `prior` stands by itself again
    _moment("at"),
    _text("tie"),
    _text("by"),  #: user or message
    Index("uq_links_prior_survivor_at", "prior", "survivor", "at", unique=True),
)

visits = Table(
    "visits",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    _text("identity", index=True),
    _text("number"),
    _text("status"),  #: `ris.model.VisitStatus`
    Column("registers", Text, nullable=False),
    _moment("at"),
)

#: One row per requested procedure.
orders = Table(
    "orders",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("key", Words, nullable=False, unique=True),  #: `ris.model.OrderKey`
    _text("identity", index=True),
    _text("placer", index=True),
    _text("filler", index=True),
    _text("accession", index=True),
    _text("accession_issuer"),
    _text("procedure_id"),
    _text("study_uid", index=True),
    _text("modality"),
    _text("description"),
    _text("priority"),
    _text("scheduled"),  #: DICOM DT, local time
    _text("status", index=True),  #: `ris.model.OrderStatus`
    Column("registers", Text, nullable=False),
    Column("json", Text, nullable=False),  #: DICOM JSON of the requested procedure
    _moment("at"),
    _moment("created", index=True),
    _moment("changed", index=True),
)

#: Scheduled procedure steps with all that a worklist query matches (PS3.4 K.6.1.2).
steps = Table(
    "steps",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("order_pk", ForeignKey("orders.pk", ondelete="CASCADE"), nullable=False),
    _text("step_id"),
    _text("scheduled"),  #: what the RIS says: SCHEDULED, ARRIVED, READY, CANCELLED …
    _text("performed"),  #: what MPPS says: nothing, IN PROGRESS, COMPLETED, DISCONTINUED
    _text("status"),  #: what follows (`ris.model.step_status`)
    Column("is_open", Boolean, nullable=False),  #: whether a worklist shows it
    _text("modality"),
    _text("date"),
    _text("time"),
    _text("aets"),  #: ``\CT1\CT2\``, sorted
    _text("station"),
    _text("location"),
    _text("physician"),  #: normalised
    _text("description"),
    _text("identity", index=True),  #: of the surviving patient
    _text("patient_id", index=True),
    _text("patient_name"),  #: normalised
    _text("patient_birth_date"),
    _text("patient_sex"),
    _text("accession", index=True),
    _text("study_uid", index=True),
    _text("procedure_id", index=True),
    _text("admission_id"),
    Column("json", Text, nullable=False),  #: the whole worklist item
    _moment("changed"),
    Index("uq_steps_order_pk_step_id", "order_pk", "step_id", unique=True),
    Index("ix_steps_is_open_date_time_pk", "is_open", "date", "time", "pk"),
    Index("ix_steps_is_open_modality_date", "is_open", "modality", "date", "time", "pk"),
    Index("ix_steps_is_open_aets_date", "is_open", "aets", "date", "time", "pk"),
    Index("ix_steps_patient_name_pk", "patient_name", "pk"),
)

appointments = Table(
    "appointments",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    _text("identity", index=True),
    _text("order_key", index=True),
    _text("status"),  #: `ris.model.AppointmentStatus`
    _text("start"),  #: DICOM DT, local time
    Column("minutes", Integer, nullable=False, server_default="0"),
    _text("resource"),
    Column("registers", Text, nullable=False),
    _moment("at"),
    Index("ix_appointments_start_pk", "start", "pk"),
)

#: Modality performed procedure steps (PS3.3 C.4.13 to C.4.16).
performed_steps = Table(
    "performed_steps",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("uid", Words, nullable=False, unique=True),
    _text("status"),
    _text("aet"),
    _text("study_uid", index=True),
    Column("order_pk", ForeignKey("orders.pk", ondelete="SET NULL"), index=True),
    Column("json", Text, nullable=False),
    _moment("created"),
    _moment("changed"),
)

#: Requests for storage commitment that are to be answered (PS3.4 J).
commitments = Table(
    "commitments",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("transaction_uid", Words, nullable=False),
    _text("aet"),
    _text("state", index=True),  #: waiting, sent, given-up
    Column("items", Text, nullable=False),  #: JSON: pairs of SOP class and instance
    Column("result", Text),  #: JSON of the event report's data set
    Column("attempts", Integer, nullable=False, server_default="0"),
    _moment("next_attempt"),
    _text("reason"),
    _moment("received"),
    Index("uq_commitments_aet_transaction_uid", "aet", "transaction_uid", unique=True),
)

reports = Table(
    "reports",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("key", Words, nullable=False, unique=True),  #: what the author's system calls it
    _text("identity", index=True),
    _text("study_uid", index=True),
    _text("accession", index=True),
    _text("placer"),
    _text("filler", index=True),
    _text("status"),  #: `ris.model.ReportStatus`
    _text("title"),
    _text("author"),
    _moment("at", index=True),
    Column("versions", Integer, nullable=False, server_default="0"),
    _moment("changed", index=True),
)

report_versions = Table(
    "report_versions",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("report_pk", ForeignKey("reports.pk", ondelete="CASCADE"), nullable=False),
    Column("digest", Words, nullable=False),  #: of all that is said here
    _text("status"),
    _moment("at"),
    _text("tie"),
    _moment("received"),
    _text("title"),
    _text("author"),
    _text("text"),
    _text("media_type"),
    Column("body", LargeBinary),  #: PDF or CDA
    _text("sop_instance_uid"),  #: as it is archived; empty until then
    _text("by"),  #: message that brought it
    Index("uq_report_versions_report_pk_digest", "report_pk", "digest", unique=True),
    Index("ix_report_versions_sop_instance_uid_pk", "sop_instance_uid", "pk"),
)

#: Studies that do not fit what was ordered, for a person to put right (IHE PIR).
mismatches = Table(
    "mismatches",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    _text("study_uid"),
    _text("kind"),  #: `ris.model.MismatchKind`
    _text("state"),  #: open, resolved, accepted
    Column("details", Text, nullable=False),  #: JSON
    _moment("at"),
    _moment("changed"),
    _text("by"),
    _text("resolution"),
    Index("uq_mismatches_study_uid_kind", "study_uid", "kind", unique=True),
    Index("ix_mismatches_state_pk", "state", "pk"),
)

#: How mismatches are put right without a person.
matching_rules = Table(
    "matching_rules",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("position", Integer, nullable=False),
    _text("name"),
    Column("enabled", Boolean, nullable=False),
    Column("body", Text, nullable=False),  #: JSON
    _moment("changed"),
    _text("by"),
)

#: Studies that arrived and were quiet for a while; what was told of them (`ris.availability`).
availability = Table(
    "availability",
    metadata,
    Column("study_uid", Words, primary_key=True),
    Column("instances", Integer, nullable=False, server_default="0"),
    _moment("at"),
)

#: One row: up to where changes were looked at (`ris.matching_queue`).
matching_progress = Table(
    "matching_progress",
    metadata,
    Column("pk", SmallInteger, primary_key=True, autoincrement=False),
    _moment("begun"),  #: what arrived before is left alone until it changes
    Column("change", BigInteger, nullable=False, server_default="0"),  #: of `query.changes`
    Column("event", BigInteger, nullable=False, server_default="0"),  #: of `events`
    _moment("orders"),  #: of `orders.changed`
)

#: What happened that others may want to hear; written with what it tells of, in one transaction.
events = Table(
    "events",
    metadata,
    Column("pk", Serial, primary_key=True),
    _text("kind"),  #: `ris.model.EventKind`
    _text("identity"),
    Column("json", Text, nullable=False),
    _moment("at"),
    sqlite_autoincrement=True,
)
