"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Compared by its bytes, whatever language the server speaks.
_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
#: The index of words is a table of its own on SQLite, an index of the column on PostgreSQL.
_SEARCH_SQLITE = (
    (
        "CREATE VIRTUAL TABLE studies_search USING fts5(search, content='studies', "
        "content_rowid='pk', tokenize='trigram')"
    ),
    (
        "CREATE TRIGGER studies_search_insert AFTER INSERT ON studies BEGIN "
        "INSERT INTO studies_search(rowid, search) VALUES (new.pk, new.search); END"
    ),
    (
        "CREATE TRIGGER studies_search_delete AFTER DELETE ON studies BEGIN "
        "INSERT INTO studies_search(studies_search, rowid, search) "
        "VALUES ('delete', old.pk, old.search); END"
    ),
    (
        "CREATE TRIGGER studies_search_update AFTER UPDATE OF search ON studies "
        "WHEN old.search <> new.search BEGIN "
        "INSERT INTO studies_search(studies_search, rowid, search) "
        "VALUES ('delete', old.pk, old.search); "
        "INSERT INTO studies_search(rowid, search) VALUES (new.pk, new.search); END"
    ),
)
_SEARCH_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    (  # Studies come seldom, and searches may not wait for a list of what is not yet indexed.
        "CREATE INDEX ix_studies_search ON studies USING gin (search gin_trgm_ops) "
        "WITH (fastupdate = off)"
    ),
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("preferences", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("last_login", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )
    op.create_table(
        "ae",
        sa.Column("title", sa.String(length=16), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("title", name=op.f("pk_ae")),
    )
    op.create_table(
        "clock",
        sa.Column("pk", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_clock")),
    )
    op.create_table(
        "conflicts",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", _WORDS, nullable=False),
        sa.Column("study_uid", _WORDS, nullable=False),
        sa.Column("series_uid", sa.Text(), nullable=False),
        sa.Column("sop_instance_uid", _WORDS, nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kept_digest", sa.Text(), nullable=False),
        sa.Column("kept_size", sa.BigInteger(), nullable=False),
        sa.Column("other_digest", _WORDS, nullable=False),
        sa.Column("other_size", sa.BigInteger(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_conflicts")),
        sa.UniqueConstraint("id", name=op.f("uq_conflicts_id")),
    )
    with op.batch_alter_table("conflicts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflicts_sop_instance_uid"), ["sop_instance_uid"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_conflicts_study_uid"), ["study_uid"], unique=False)
        batch_op.create_index(
            "uq_conflicts_sop_other", ["sop_instance_uid", "other_digest"], unique=True
        )

    op.create_table(
        "containers",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_containers")),
        sa.UniqueConstraint("name", name=op.f("uq_containers_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deletions",
        sa.Column("changed", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("study_uid", _WORDS, nullable=False),
        sa.PrimaryKeyConstraint("changed", name=op.f("pk_deletions")),
    )
    op.create_table(
        "erasures",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("container", _WORDS, nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_erasures")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index("uq_erasures_container_offset", ["container", "offset"], unique=True)

    op.create_table(
        "patients",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity", _WORDS, nullable=False),
        sa.Column("issuer", _WORDS, server_default="", nullable=False),
        sa.Column("patient_id", _WORDS, server_default="", nullable=False),
        sa.Column("name", _WORDS, server_default="", nullable=False),
        sa.Column("birth_date", _WORDS, server_default="", nullable=False),
        sa.Column("sex", _WORDS, server_default="", nullable=False),
        sa.Column("search", _WORDS, server_default="", nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("studies", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_patients")),
        sa.UniqueConstraint("identity", name=op.f("uq_patients_identity")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patients_birth_date"), ["birth_date"], unique=False)
        batch_op.create_index("ix_patients_name_pk", ["name", "pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_patients_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "quarantine",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", _WORDS, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", _WORDS, nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("sop_instance_uid", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("id", name=op.f("uq_quarantine_id")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_digest"), ["digest"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("last_used", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"], ["account.name"], name=op.f("fk_api_token_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_account"), ["account"], unique=False)

    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.name"], name=op.f("fk_session_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_created"), ["created"], unique=False)

    op.create_table(
        "studies",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", _WORDS, nullable=False),
        sa.Column(
            "patient_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("patient_id", _WORDS, server_default="", nullable=False),
        sa.Column("patient_name", _WORDS, server_default="", nullable=False),
        sa.Column("patient_birth_date", _WORDS, server_default="", nullable=False),
        sa.Column("patient_sex", _WORDS, server_default="", nullable=False),
        sa.Column("date", _WORDS, server_default="", nullable=False),
        sa.Column("time", _WORDS, server_default="", nullable=False),
        sa.Column("accession", _WORDS, server_default="", nullable=False),
        sa.Column("study_id", _WORDS, server_default="", nullable=False),
        sa.Column("description", _WORDS, server_default="", nullable=False),
        sa.Column("referring", _WORDS, server_default="", nullable=False),
        sa.Column("institution", _WORDS, server_default="", nullable=False),
        sa.Column("modalities", _WORDS, server_default="", nullable=False),
        sa.Column("sop_classes", _WORDS, server_default="", nullable=False),
        sa.Column("body_parts", _WORDS, server_default="", nullable=False),
        sa.Column("search", _WORDS, server_default="", nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("series", sa.Integer(), server_default="0", nullable=False),
        sa.Column("instances", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_pk"], ["patients.pk"], name=op.f("fk_studies_patient_pk")
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_studies")),
        sa.UniqueConstraint("uid", name=op.f("uq_studies_uid")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("studies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_studies_accession"), ["accession"], unique=False)
        batch_op.create_index(batch_op.f("ix_studies_changed"), ["changed"], unique=False)
        batch_op.create_index("ix_studies_date_time_pk", ["date", "time", "pk"], unique=False)
        batch_op.create_index("ix_studies_description_pk", ["description", "pk"], unique=False)
        batch_op.create_index("ix_studies_modalities_pk", ["modalities", "pk"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_studies_patient_birth_date"), ["patient_birth_date"], unique=False
        )
        batch_op.create_index("ix_studies_patient_id_pk", ["patient_id", "pk"], unique=False)
        batch_op.create_index("ix_studies_patient_name_pk", ["patient_name", "pk"], unique=False)
        batch_op.create_index(
            "ix_studies_patient_pk_date", ["patient_pk", "date", "time", "pk"], unique=False
        )
        batch_op.create_index("ix_studies_received_pk", ["received", "pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_studies_referring"), ["referring"], unique=False)
        batch_op.create_index(batch_op.f("ix_studies_study_id"), ["study_id"], unique=False)

    op.create_table(
        "series",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("study_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", _WORDS, nullable=False),
        sa.Column("modality", _WORDS, server_default="", nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("description", _WORDS, server_default="", nullable=False),
        sa.Column("body_part", _WORDS, server_default="", nullable=False),
        sa.Column("station", _WORDS, server_default="", nullable=False),
        sa.Column("date", _WORDS, server_default="", nullable=False),
        sa.Column("time", _WORDS, server_default="", nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("instances", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_pk"], ["studies.pk"], name=op.f("fk_series_study_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_series")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_uid"), ["uid"], unique=False)
        batch_op.create_index("uq_series_study_pk_uid", ["study_pk", "uid"], unique=True)

    op.create_table(
        "documents",
        sa.Column(
            "series_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("gzipped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_pk"], ["series.pk"], name=op.f("fk_documents_series_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_pk", name=op.f("pk_documents")),
    )
    op.create_table(
        "instances",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "series_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("uid", _WORDS, nullable=False),
        sa.Column("sop_class", _WORDS, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("transfer_syntax", sa.Text(), nullable=False),
        sa.Column(
            "container_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("dataset_offset", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("frames", sa.LargeBinary(), nullable=True),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["container_pk"], ["containers.pk"], name=op.f("fk_instances_container_pk")
        ),
        sa.ForeignKeyConstraint(
            ["series_pk"], ["series.pk"], name=op.f("fk_instances_series_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_instances")),
        sa.UniqueConstraint("uid", name=op.f("uq_instances_uid")),
    )
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instances_container_pk"), ["container_pk"], unique=False
        )
        batch_op.create_index(
            "ix_instances_series_pk_number_pk", ["series_pk", "number", "pk"], unique=False
        )
    op.execute("INSERT INTO clock (pk, value) VALUES (1, 0)")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SEARCH_SQLITE if sqlite else _SEARCH_POSTGRESQL:
        op.execute(statement)
