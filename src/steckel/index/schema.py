"""The tables of the index.

One row per patient, study, series and instance, each with typed columns for
what is matched and sorted by, and the ready DICOM JSON that a query returns.
Dates and times stay text as DICOM spells them: they sort as they are.

A study carries the patient's attributes as its own images had them, so that a
query at study level reads one table, and a name that differs between two
studies of one Patient ID is seen and not papered over.
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
    text,
)

from steckel.index.metadata import metadata

#: Compared by its bytes, whatever language the server speaks: so ranges and pages go in
#: one order everywhere, and an index serves what begins with a text.
Words = Text().with_variant(Text(collation="C"), "postgresql")
#: 64 bits on PostgreSQL; on SQLite the row's own number.
Serial = BigInteger().with_variant(Integer(), "sqlite")


def _text(name: str, *, index: bool = False) -> Column[str]:
    return Column(name, Words, nullable=False, server_default="", index=index)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


patients = Table(
    "patients",
    metadata,
    Column("pk", Serial, primary_key=True),
    #: issuer and identifier; of a study when there is no identifier (`index.model`)
    Column("identity", Words, nullable=False, unique=True),
    _text("issuer"),
    _text("patient_id", index=True),
    _text("name"),  #: normalised (`dicom.person_name.normalise`)
    _text("birth_date", index=True),
    _text("sex"),
    _text("search"),
    Column("json", Text, nullable=False),
    _count("studies"),
    #: whether the department knows this patient (`ris.schema.registrations`)
    Column("is_registered", Boolean, nullable=False, server_default=false()),
    #: the patient that this one turned out to be; never one that was merged itself
    Column("survivor_pk", ForeignKey("patients.pk"), index=True),
    #: seen by those only who have to do with the patient, or may see all that are marked
    Column("is_confidential", Boolean, nullable=False, server_default=false()),
    Index("ix_patients_name_pk", "name", "pk"),
    Index(
        "ix_patients_confidential",
        "pk",
        sqlite_where=text("is_confidential"),
        postgresql_where=text("is_confidential"),
    ),
    sqlite_autoincrement=True,
)

studies = Table(
    "studies",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("uid", Words, nullable=False, unique=True),
    Column("patient_pk", ForeignKey("patients.pk"), nullable=False),
    #: the patient that its images name, where `patient_pk` is another
    Column("own_patient_pk", ForeignKey("patients.pk"), index=True),
    _text("patient_id"),
    _text("patient_name"),
    _text("patient_birth_date", index=True),
    _text("patient_sex"),
    _text("date"),
    _text("time"),
    _text("accession", index=True),
    _text("study_id", index=True),
    _text("description"),
    _text("referring", index=True),
    _text("institution", index=True),
    _text("modalities"),  #: ``\CT\SR\``, sorted
    _text("sop_classes"),  #: likewise
    _text("body_parts"),
    _text("search"),  #: folded words of name, identifier, accession, description
    Column("json", Text, nullable=False),
    Column("own_json", Text),  #: as its images say it, where `json` says something else
    Column("coercion", Text),  #: DICOM JSON: what is put in the place of what its images say
    _count("series"),
    _count("instances"),
    Column("received", BigInteger, nullable=False),  #: milliseconds since 1970
    Column("changed", BigInteger, nullable=False, index=True),  #: number of the last change
    Column("created", BigInteger, nullable=False),  #: number of the first
    Index("ix_studies_patient_pk_date", "patient_pk", "date", "time", "pk"),
    Index("ix_studies_date_time_pk", "date", "time", "pk"),
    Index("ix_studies_patient_name_pk", "patient_name", "pk"),
    Index("ix_studies_patient_id_pk", "patient_id", "pk"),
    Index("ix_studies_received_pk", "received", "pk"),
    Index("ix_studies_description_pk", "description", "pk"),
    Index("ix_studies_modalities_pk", "modalities", "pk"),
    sqlite_autoincrement=True,
)

series = Table(
    "series",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("study_pk", ForeignKey("studies.pk", ondelete="CASCADE"), nullable=False),
    Column("uid", Words, nullable=False, index=True),
    _text("modality"),
    Column("number", Integer),
    _text("description"),
    _text("body_part"),
    _text("station"),
    _text("department"),  #: Institutional Department Name
    #: Patient Identity Removed (0012,0062) is YES
    Column("is_deidentified", Boolean, nullable=False, server_default=false()),
    _text("date"),
    _text("time"),
    Column("json", Text, nullable=False),
    _count("instances"),
    Column("changed", BigInteger, nullable=False),
    Index("uq_series_study_pk_uid", "study_pk", "uid", unique=True),
    Index("ix_series_department", "department", "study_pk"),
    Index(
        "ix_series_deidentified",
        "study_pk",
        sqlite_where=text("is_deidentified"),
        postgresql_where=text("is_deidentified"),
    ),
    sqlite_autoincrement=True,
)

containers = Table(
    "containers",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

instances = Table(
    "instances",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("series_pk", ForeignKey("series.pk", ondelete="CASCADE"), nullable=False),
    Column("uid", Words, nullable=False, unique=True),
    Column("sop_class", Words, nullable=False),
    Column("number", Integer),
    Column("transfer_syntax", Text, nullable=False),
    Column("container_pk", ForeignKey("containers.pk"), nullable=False, index=True),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("dataset_offset", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("frames", LargeBinary),
    Column("json", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Index("ix_instances_series_pk_number_pk", "series_pk", "number", "pk"),
)

#: Instances with what is above them and the container they lie in; no table of its own.
placed_instances = (
    instances.join(series, instances.c.series_pk == series.c.pk)
    .join(studies, series.c.study_pk == studies.c.pk)
    .join(containers, instances.c.container_pk == containers.c.pk)
)

#: DICOM JSON of all instances of a series, gzip-compressed; dropped when the series changes.
documents = Table(
    "documents",
    metadata,
    Column("series_pk", ForeignKey("series.pk", ondelete="CASCADE"), primary_key=True),
    Column("version", BigInteger, nullable=False),  #: `series.changed` it was made of
    Column("etag", Text, nullable=False),
    Column("gzipped", LargeBinary, nullable=False),
)

#: Pictures that stand for series, by the name of how they are rendered.
thumbnails = Table(
    "thumbnails",
    metadata,
    Column("series_pk", ForeignKey("series.pk", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),  #: `series.changed` it was made of
    Column("digest", Text, nullable=False),  #: of the instance that is shown, in hex
    Column("frame", Integer, nullable=False),
    Column("is_image", Boolean, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

#: One row: the number of the last change. Its lock puts commits in order.
clock = Table(
    "clock",
    metadata,
    Column("pk", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("changed", BigInteger, primary_key=True, autoincrement=False),
    Column("study_uid", Words, nullable=False),
)

#: Members of containers that were deleted, but whose bytes are still there.
erasures = Table(
    "erasures",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("container", Words, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Index("uq_erasures_container_offset", "container", "offset", unique=True),
)

#: Where the frames of an instance lie that were encoded a second time (`archive.second`).
second_frames = Table(
    "second_frames",
    metadata,
    Column("pk", Serial, primary_key=True),
    #: nothing where the instance was deleted or replaced: its bytes have to go
    Column("instance_pk", ForeignKey("instances.pk", ondelete="SET NULL")),
    Column("file", Words, nullable=False),  #: empty where it was not worth it
    Column("frames", LargeBinary),  #: `dicom.frames.pack_table`
    Index("uq_second_frames_instance_pk", "instance_pk", unique=True),
    Index("ix_second_frames_file", "file"),
)

#: One row: up to which change the second representation is made, and for which modalities.
second_making = Table(
    "second_making",
    metadata,
    Column("pk", SmallInteger, primary_key=True, autoincrement=False),
    Column("seen", BigInteger, nullable=False),
    Column("policy", Text, nullable=False),
)

#: What could not be taken; its file and the same facts lie in the store's quarantine folder.
quarantine = Table(
    "quarantine",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  #: name of the error
    Column("reason", Text, nullable=False),
    Column("digest", Words, nullable=False, index=True),
    _text("study_uid"),
    _text("sop_instance_uid"),
)

#: Other bytes under a SOP Instance UID that is already here.
conflicts = Table(
    "conflicts",
    metadata,
    Column("pk", Serial, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("study_uid", Words, nullable=False, index=True),
    Column("series_uid", Text, nullable=False),
    Column("sop_instance_uid", Words, nullable=False, index=True),
    Column("received", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("kept_digest", Text, nullable=False),
    Column("kept_size", BigInteger, nullable=False),
    Column("other_digest", Words, nullable=False),
    Column("other_size", BigInteger, nullable=False),
    Column("differences", Text, nullable=False),  #: keywords, space separated
    Column("state", Text, nullable=False),  #: open, kept-first, kept-second
    Index("uq_conflicts_sop_other", "sop_instance_uid", "other_digest", unique=True),
)

#: What is put right about a study; applied on the way out, never to its bytes.
corrections = Table(
    "corrections",
    metadata,
    Column("study_uid", Words, primary_key=True),
    _text("identity"),  #: the patient it really is of; empty: as its images say
    Column("attributes", Text, nullable=False),  #: DICOM JSON
    _text("order_key", index=True),  #: the order that it was matched to
    _text("decisions"),  #: words: what was accepted as it is (`ris.corrections`)
    Column("at", BigInteger, nullable=False, server_default="0"),
    _text("by"),
    _text("reason"),
)

correction_log = Table(
    "correction_log",
    metadata,
    Column("pk", Serial, primary_key=True),
    _text("study_uid", index=True),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("at", BigInteger, nullable=False, server_default="0"),
    _text("by"),
    _text("reason"),
)
