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
    false,
)

from steckel.index.columns import moment, text
from steckel.index.metadata import metadata
from steckel.index.schema import Serial, Words

#: What was said about a patient's demographics.
registrations = Table(
    "registrations",
    metadata,
    Column("identity", Words, primary_key=True),
    text("issuer"),
    text("patient_id"),
    Column("registers", Text, nullable=False),  #: `ris.registers.Registers`
    Column("json", Text, nullable=False),  #: DICOM JSON that follows from them
    moment("at"),  #: of the newest statement
)

#: Other identifiers of a patient: national ones, those of other hospitals.
identifiers = Table(
    "identifiers",
    metadata,
    Column("pk", Serial, primary_key=True),
    text("identity"),
    text("issuer"),
    text("value", index=True),
    text("type"),
    Index("uq_identifiers_identity_issuer_value", "identity", "issuer", "value", unique=True),
)

#: Every merge and un-merge that was ever said; nothing is removed from here.
links = Table(
    "links",
    metadata,
    Column("pk", Serial, primary_key=True),
    text("prior", index=True),
    text("survivor", index=True),  #: empty: `prior` stands by itself again
    text("apart_from"),  #: only if it was this one
    moment("at"),
    text("tie"),
    text("by"),  #: user or message
    Index("uq_links_prior_survivor_at", "prior", "survivor", "apart_from", "at", unique=True),
)

visits = Table(
    "visits",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    text("identity", index=True),
    text("number"),
    text("status"),  #: `ris.model.VisitStatus`
    Column("registers", Text, nullable=False),
    moment("at"),
)

#: One row per requested procedure.
orders = Table(
    "orders",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("key", Words, nullable=False, unique=True),  #: `ris.model.OrderKey`
    text("identity", index=True),
    text("placer", index=True),
    text("filler", index=True),
    text("accession", index=True),
    text("accession_issuer"),
    text("procedure_id"),
    text("study_uid", index=True),
    text("modality"),
    text("description"),
    text("priority"),
    text("scheduled"),  #: DICOM DT, local time
    text("status", index=True),  #: `ris.model.OrderStatus`
    Column("registers", Text, nullable=False),
    Column("json", Text, nullable=False),  #: DICOM JSON of the requested procedure
    moment("at"),
    moment("created", index=True),
    moment("changed", index=True),
)

#: Scheduled procedure steps with all that a worklist query matches (PS3.4 K.6.1.2).
steps = Table(
    "steps",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("order_pk", ForeignKey("orders.pk", ondelete="CASCADE"), nullable=False),
    text("step_id"),
    text("scheduled"),  #: what the RIS says: SCHEDULED, ARRIVED, READY, CANCELLED …
    text("performed"),  #: what MPPS says: nothing, IN PROGRESS, COMPLETED, DISCONTINUED
    text("status"),  #: what follows (`ris.model.step_status`)
    Column("is_open", Boolean, nullable=False),  #: whether a worklist shows it
    text("modality"),
    text("date"),
    text("time"),
    text("aets"),  #: ``\CT1\CT2\``, sorted
    text("station"),
    text("location"),
    text("physician"),  #: normalised
    text("description"),
    text("identity", index=True),  #: of the surviving patient
    text("patient_id", index=True),
    text("patient_name"),  #: normalised
    text("patient_birth_date"),
    text("patient_sex"),
    text("accession", index=True),
    text("study_uid", index=True),
    text("procedure_id", index=True),
    text("admission_id"),
    Column("json", Text, nullable=False),  #: the whole worklist item
    moment("changed"),
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
    text("identity", index=True),
    text("order_key", index=True),
    text("status"),  #: `ris.model.AppointmentStatus`
    text("start"),  #: DICOM DT, local time
    Column("minutes", Integer, nullable=False, server_default="0"),
    text("resource"),
    Column("registers", Text, nullable=False),
    moment("at"),
    Index("ix_appointments_start_pk", "start", "pk"),
)

#: Modality performed procedure steps (PS3.3 C.4.13 to C.4.16).
performed_steps = Table(
    "performed_steps",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("uid", Words, nullable=False, unique=True),
    text("status"),
    text("aet"),
    text("study_uid", index=True),
    Column("order_pk", ForeignKey("orders.pk", ondelete="SET NULL"), index=True),
    Column("json", Text, nullable=False),
    moment("created"),
    moment("changed"),
)

#: Requests for storage commitment that are to be answered (PS3.4 J).
commitments = Table(
    "commitments",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("transaction_uid", Words, nullable=False),
    text("aet"),
    text("state", index=True),  #: waiting, sent, given-up
    Column("items", Text, nullable=False),  #: JSON: pairs of SOP class and instance
    Column("result", Text),  #: JSON of the event report's data set
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("next_attempt"),
    text("reason"),
    moment("received"),
    Index("uq_commitments_aet_transaction_uid", "aet", "transaction_uid", unique=True),
)

reports = Table(
    "reports",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("key", Words, nullable=False, unique=True),  #: the first of its names, by the alphabet
    Column("registers", Text, nullable=False),  #: of what it is, as its versions say
    text("identity", index=True),
    text("study_uid", index=True),
    text("accession", index=True),
    text("placer", index=True),
    text("filler", index=True),
    text("status"),  #: `ris.model.ReportStatus`
    text("title"),
    text("author"),
    moment("at", index=True),
    Column("versions", Integer, nullable=False, server_default="0"),
    moment("changed", index=True),
)

#: What its author's system calls a report: a document that replaces another has its own number.
report_names = Table(
    "report_names",
    metadata,
    Column("name", Words, primary_key=True),
    Column("report_pk", ForeignKey("reports.pk", ondelete="CASCADE"), nullable=False, index=True),
)

report_versions = Table(
    "report_versions",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("report_pk", ForeignKey("reports.pk", ondelete="CASCADE"), nullable=False),
    Column("digest", Words, nullable=False),  #: of all that is said here
    text("status"),
    moment("at"),
    text("tie"),
    moment("received"),
    text("title"),
    text("author"),
    text("text"),
    text("media_type"),
    Column("body", LargeBinary),  #: PDF or CDA
    #: whether all studies that it was found to belong to have it
    Column("is_archived", Boolean, nullable=False, server_default=false()),
    text("by"),  #: message that brought it
    Index("uq_report_versions_report_pk_digest", "report_pk", "digest", unique=True),
    Index("ix_report_versions_is_archived_pk", "is_archived", "pk"),
)

#: As which instance a study has a version of a report.
report_instances = Table(
    "report_instances",
    metadata,
    Column("version_pk", ForeignKey("report_versions.pk", ondelete="CASCADE"), primary_key=True),
    Column("study_uid", Words, primary_key=True),
    text("sop_instance_uid"),
)

#: Studies that do not fit what was ordered, for a person to put right (IHE PIR).
mismatches = Table(
    "mismatches",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    text("study_uid"),
    text("kind"),  #: `ris.model.MismatchKind`
    text("state"),  #: open, resolved, accepted
    Column("details", Text, nullable=False),  #: JSON
    moment("at"),
    moment("changed"),
    text("by"),
    text("resolution"),
    Index("uq_mismatches_study_uid_kind", "study_uid", "kind", unique=True),
    Index("ix_mismatches_state_pk", "state", "pk"),
    Index("ix_mismatches_state_changed", "state", "changed"),
    Index("ix_mismatches_changed", "changed"),  #: what changed last (`exchange.marks`)
)

#: How mismatches are put right without a person.
matching_rules = Table(
    "matching_rules",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("position", Integer, nullable=False),
    text("name"),
    Column("enabled", Boolean, nullable=False),
    Column("body", Text, nullable=False),  #: JSON
    moment("changed"),
    text("by"),
)

#: Studies that arrived and were quiet for a while; what was told of them (`ris.availability`).
availability = Table(
    "availability",
    metadata,
    Column("study_uid", Words, primary_key=True),
    Column("instances", Integer, nullable=False, server_default="0"),
    moment("at"),
)

#: One row: up to where changes were looked at (`ris.matching_queue`).
matching_progress = Table(
    "matching_progress",
    metadata,
    Column("pk", SmallInteger, primary_key=True, autoincrement=False),
    moment("begun"),  #: what arrived before is left alone until it changes
    Column("change", BigInteger, nullable=False, server_default="0"),  #: of `query.changes`
    Column("event", BigInteger, nullable=False, server_default="0"),  #: of `events`
    moment("orders"),  #: of `orders.changed`
)

#: What happened that others may want to hear; written with what it tells of, in one transaction.
events = Table(
    "events",
    metadata,
    Column("pk", Serial, primary_key=True),
    text("kind"),  #: `ris.model.EventKind`
    text("identity"),
    Column("json", Text, nullable=False),
    moment("at"),
    sqlite_autoincrement=True,
)
