"""Patients that are registered, orders and what became of them, messages with other systems."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Compared by its bytes, whatever language the server speaks.
_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _widen_index()
    _add_tables()


def _widen_index() -> None:
    # Plain SQL: columns that may be empty are added to large tables without copying them.
    key = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute("ALTER TABLE patients ADD COLUMN is_registered BOOLEAN DEFAULT false NOT NULL")
    for table, column in (("patients", "survivor_pk"), ("studies", "own_patient_pk")):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} {key} "
            f"CONSTRAINT fk_{table}_{column} REFERENCES patients (pk)"
        )
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.execute("ALTER TABLE studies ADD COLUMN own_json TEXT")
    op.execute("ALTER TABLE studies ADD COLUMN coercion TEXT")


def _add_tables() -> None:
    op.create_table(
        "appointments",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("key", _WORDS, nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("order_key", _WORDS, server_default="", nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("start", _WORDS, server_default="", nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("resource", _WORDS, server_default="", nullable=False),
        sa.Column("registers", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_appointments")),
        sa.UniqueConstraint("key", name=op.f("uq_appointments_key")),
    )
    op.create_index(op.f("ix_appointments_identity"), "appointments", ["identity"], unique=False)
    op.create_index(op.f("ix_appointments_order_key"), "appointments", ["order_key"], unique=False)
    op.create_index("ix_appointments_start_pk", "appointments", ["start", "pk"], unique=False)
    op.create_table(
        "availability",
        sa.Column("study_uid", _WORDS, nullable=False),
        sa.Column("instances", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("study_uid", name=op.f("pk_availability")),
    )
    op.create_table(
        "commitments",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("transaction_uid", _WORDS, nullable=False),
        sa.Column("aet", _WORDS, server_default="", nullable=False),
        sa.Column("state", _WORDS, server_default="", nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", _WORDS, server_default="", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_commitments")),
    )
    op.create_index(op.f("ix_commitments_state"), "commitments", ["state"], unique=False)
    op.create_index(
        "uq_commitments_aet_transaction_uid", "commitments", ["aet", "transaction_uid"], unique=True
    )
    op.create_table(
        "correction_log",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.Column("reason", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_correction_log")),
    )
    op.create_index(
        op.f("ix_correction_log_study_uid"), "correction_log", ["study_uid"], unique=False
    )
    op.create_table(
        "corrections",
        sa.Column("study_uid", _WORDS, nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("order_key", _WORDS, server_default="", nullable=False),
        sa.Column("decisions", _WORDS, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.Column("reason", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("study_uid", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_order_key"), "corrections", ["order_key"], unique=False)
    op.create_table(
        "destinations",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("host", _WORDS, server_default="", nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Boolean(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("problem", _WORDS, server_default="", nullable=False),
        sa.Column("seen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_destinations")),
        sa.UniqueConstraint("name", name=op.f("uq_destinations_name")),
    )
    op.create_table(
        "events",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("kind", _WORDS, server_default="", nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identifiers",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("issuer", _WORDS, server_default="", nullable=False),
        sa.Column("value", _WORDS, server_default="", nullable=False),
        sa.Column("type", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_identifiers")),
    )
    op.create_index(op.f("ix_identifiers_value"), "identifiers", ["value"], unique=False)
    op.create_index(
        "uq_identifiers_identity_issuer_value",
        "identifiers",
        ["identity", "issuer", "value"],
        unique=True,
    )
    op.create_table(
        "links",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("prior", _WORDS, server_default="", nullable=False),
        sa.Column("survivor", _WORDS, server_default="", nullable=False),
        sa.Column("apart_from", _WORDS, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tie", _WORDS, server_default="", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_prior"), "links", ["prior"], unique=False)
    op.create_index(op.f("ix_links_survivor"), "links", ["survivor"], unique=False)
    op.create_index(
        "uq_links_prior_survivor_at",
        "links",
        ["prior", "survivor", "apart_from", "at"],
        unique=True,
    )
    op.create_table(
        "matching_progress",
        sa.Column("pk", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("begun", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("change", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("event", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("orders", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_matching_progress")),
    )
    op.create_table(
        "matching_rules",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", _WORDS, server_default="", nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_matching_rules")),
    )
    op.create_table(
        "messages",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("source", _WORDS, server_default="", nullable=False),
        sa.Column("door", _WORDS, server_default="", nullable=False),
        sa.Column("address", _WORDS, server_default="", nullable=False),
        sa.Column("certificate", _WORDS, server_default="", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("control_id", _WORDS, server_default="", nullable=False),
        sa.Column("type", _WORDS, server_default="", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", _WORDS, server_default="", nullable=False),
        sa.Column("reason", _WORDS, server_default="", nullable=False),
        sa.Column("location", _WORDS, server_default="", nullable=False),
        sa.Column("said", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("patient_id", _WORDS, server_default="", nullable=False),
        sa.Column("accession", _WORDS, server_default="", nullable=False),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("processed", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_accession_pk", "messages", ["accession", "pk"], unique=False)
    op.create_index("ix_messages_patient_id_pk", "messages", ["patient_id", "pk"], unique=False)
    op.create_index(op.f("ix_messages_received"), "messages", ["received"], unique=False)
    op.create_index("ix_messages_source_pk", "messages", ["source", "pk"], unique=False)
    op.create_index("ix_messages_state_pk", "messages", ["state", "pk"], unique=False)
    op.create_index("ix_messages_type_pk", "messages", ["type", "pk"], unique=False)
    op.create_index(
        "uq_messages_control_id_source_digest",
        "messages",
        ["control_id", "source", "digest"],
        unique=True,
    )
    op.create_table(
        "mismatches",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("id", _WORDS, nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("kind", _WORDS, server_default="", nullable=False),
        sa.Column("state", _WORDS, server_default="", nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.Column("resolution", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_mismatches")),
        sa.UniqueConstraint("id", name=op.f("uq_mismatches_id")),
    )
    op.create_index("ix_mismatches_state_changed", "mismatches", ["state", "changed"])
    op.create_index("ix_mismatches_state_pk", "mismatches", ["state", "pk"], unique=False)
    op.create_index("ix_mismatches_changed", "mismatches", ["changed"], unique=False)
    op.create_index(
        "uq_mismatches_study_uid_kind", "mismatches", ["study_uid", "kind"], unique=True
    )
    op.create_table(
        "orders",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("key", _WORDS, nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("placer", _WORDS, server_default="", nullable=False),
        sa.Column("filler", _WORDS, server_default="", nullable=False),
        sa.Column("accession", _WORDS, server_default="", nullable=False),
        sa.Column("accession_issuer", _WORDS, server_default="", nullable=False),
        sa.Column("procedure_id", _WORDS, server_default="", nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("modality", _WORDS, server_default="", nullable=False),
        sa.Column("description", _WORDS, server_default="", nullable=False),
        sa.Column("priority", _WORDS, server_default="", nullable=False),
        sa.Column("scheduled", _WORDS, server_default="", nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("registers", sa.Text(), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_orders")),
        sa.UniqueConstraint("key", name=op.f("uq_orders_key")),
    )
    op.create_index(op.f("ix_orders_accession"), "orders", ["accession"], unique=False)
    op.create_index(op.f("ix_orders_changed"), "orders", ["changed"], unique=False)
    op.create_index(op.f("ix_orders_created"), "orders", ["created"], unique=False)
    op.create_index(op.f("ix_orders_filler"), "orders", ["filler"], unique=False)
    op.create_index(op.f("ix_orders_identity"), "orders", ["identity"], unique=False)
    op.create_index(op.f("ix_orders_placer"), "orders", ["placer"], unique=False)
    op.create_index(op.f("ix_orders_status"), "orders", ["status"], unique=False)
    op.create_index(op.f("ix_orders_study_uid"), "orders", ["study_uid"], unique=False)
    op.create_table(
        "profiles",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_profiles")),
    )
    op.create_index("uq_profiles_name_version", "profiles", ["name", "version"], unique=True)
    op.create_table(
        "registrations",
        sa.Column("identity", _WORDS, nullable=False),
        sa.Column("issuer", _WORDS, server_default="", nullable=False),
        sa.Column("patient_id", _WORDS, server_default="", nullable=False),
        sa.Column("registers", sa.Text(), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_registrations")),
    )
    op.create_table(
        "reports",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("id", _WORDS, nullable=False),
        sa.Column("key", _WORDS, nullable=False),
        sa.Column("registers", sa.Text(), nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("accession", _WORDS, server_default="", nullable=False),
        sa.Column("placer", _WORDS, server_default="", nullable=False),
        sa.Column("filler", _WORDS, server_default="", nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("title", _WORDS, server_default="", nullable=False),
        sa.Column("author", _WORDS, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("versions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_reports")),
        sa.UniqueConstraint("id", name=op.f("uq_reports_id")),
        sa.UniqueConstraint("key", name=op.f("uq_reports_key")),
    )
    op.create_index(op.f("ix_reports_accession"), "reports", ["accession"], unique=False)
    op.create_index(op.f("ix_reports_at"), "reports", ["at"], unique=False)
    op.create_index(op.f("ix_reports_changed"), "reports", ["changed"], unique=False)
    op.create_index(op.f("ix_reports_filler"), "reports", ["filler"], unique=False)
    op.create_index(op.f("ix_reports_identity"), "reports", ["identity"], unique=False)
    op.create_index(op.f("ix_reports_placer"), "reports", ["placer"], unique=False)
    op.create_index(op.f("ix_reports_study_uid"), "reports", ["study_uid"], unique=False)
    op.create_table(
        "visits",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("key", _WORDS, nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("number", _WORDS, server_default="", nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("registers", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_visits")),
        sa.UniqueConstraint("key", name=op.f("uq_visits_key")),
    )
    op.create_index(op.f("ix_visits_identity"), "visits", ["identity"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("destination_pk", _KEY, nullable=False),
        sa.Column("type", _WORDS, server_default="", nullable=False),
        sa.Column("control_id", _WORDS, server_default="", nullable=False),
        sa.Column("patient_id", _WORDS, server_default="", nullable=False),
        sa.Column("accession", _WORDS, server_default="", nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", _WORDS, server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refusals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("reason", _WORDS, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_pk"],
            ["destinations.pk"],
            name=op.f("fk_deliveries_destination_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    for column in ("accession", "control_id", "created", "patient_id"):
        op.create_index(op.f(f"ix_deliveries_{column}"), "deliveries", [column], unique=False)
    op.create_index(
        "ix_deliveries_destination_pk_state_pk",
        "deliveries",
        ["destination_pk", "state", "pk"],
        unique=False,
    )
    op.create_table(
        "performed_steps",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("uid", _WORDS, nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("aet", _WORDS, server_default="", nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("order_pk", _KEY, nullable=True),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_pk"],
            ["orders.pk"],
            name=op.f("fk_performed_steps_order_pk"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_performed_steps")),
        sa.UniqueConstraint("uid", name=op.f("uq_performed_steps_uid")),
    )
    op.create_index(
        op.f("ix_performed_steps_order_pk"), "performed_steps", ["order_pk"], unique=False
    )
    op.create_index(
        op.f("ix_performed_steps_study_uid"), "performed_steps", ["study_uid"], unique=False
    )
    op.create_table(
        "report_names",
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("report_pk", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_pk"],
            ["reports.pk"],
            name=op.f("fk_report_names_report_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_report_names")),
    )
    op.create_index(op.f("ix_report_names_report_pk"), "report_names", ["report_pk"], unique=False)
    op.create_table(
        "report_versions",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("report_pk", _KEY, nullable=False),
        sa.Column("digest", _WORDS, nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tie", _WORDS, server_default="", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("title", _WORDS, server_default="", nullable=False),
        sa.Column("author", _WORDS, server_default="", nullable=False),
        sa.Column("text", _WORDS, server_default="", nullable=False),
        sa.Column("media_type", _WORDS, server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("by", _WORDS, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["report_pk"],
            ["reports.pk"],
            name=op.f("fk_report_versions_report_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_report_versions")),
    )
    op.create_index(
        "ix_report_versions_is_archived_pk", "report_versions", ["is_archived", "pk"], unique=False
    )
    op.create_index(
        "uq_report_versions_report_pk_digest",
        "report_versions",
        ["report_pk", "digest"],
        unique=True,
    )
    op.create_table(
        "report_instances",
        sa.Column("version_pk", _KEY, nullable=False),
        sa.Column("study_uid", _WORDS, nullable=False),
        sa.Column("sop_instance_uid", _WORDS, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["version_pk"],
            ["report_versions.pk"],
            name=op.f("fk_report_instances_version_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_pk", "study_uid", name=op.f("pk_report_instances")),
    )
    op.create_table(
        "steps",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("order_pk", _KEY, nullable=False),
        sa.Column("step_id", _WORDS, server_default="", nullable=False),
        sa.Column("scheduled", _WORDS, server_default="", nullable=False),
        sa.Column("performed", _WORDS, server_default="", nullable=False),
        sa.Column("status", _WORDS, server_default="", nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("modality", _WORDS, server_default="", nullable=False),
        sa.Column("date", _WORDS, server_default="", nullable=False),
        sa.Column("time", _WORDS, server_default="", nullable=False),
        sa.Column("aets", _WORDS, server_default="", nullable=False),
        sa.Column("station", _WORDS, server_default="", nullable=False),
        sa.Column("location", _WORDS, server_default="", nullable=False),
        sa.Column("physician", _WORDS, server_default="", nullable=False),
        sa.Column("description", _WORDS, server_default="", nullable=False),
        sa.Column("identity", _WORDS, server_default="", nullable=False),
        sa.Column("patient_id", _WORDS, server_default="", nullable=False),
        sa.Column("patient_name", _WORDS, server_default="", nullable=False),
        sa.Column("patient_birth_date", _WORDS, server_default="", nullable=False),
        sa.Column("patient_sex", _WORDS, server_default="", nullable=False),
        sa.Column("accession", _WORDS, server_default="", nullable=False),
        sa.Column("study_uid", _WORDS, server_default="", nullable=False),
        sa.Column("procedure_id", _WORDS, server_default="", nullable=False),
        sa.Column("admission_id", _WORDS, server_default="", nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_pk"], ["orders.pk"], name=op.f("fk_steps_order_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_steps")),
    )
    op.create_index(op.f("ix_steps_accession"), "steps", ["accession"], unique=False)
    op.create_index(op.f("ix_steps_identity"), "steps", ["identity"], unique=False)
    op.create_index(
        "ix_steps_is_open_aets_date",
        "steps",
        ["is_open", "aets", "date", "time", "pk"],
        unique=False,
    )
    op.create_index(
        "ix_steps_is_open_date_time_pk", "steps", ["is_open", "date", "time", "pk"], unique=False
    )
    op.create_index(
        "ix_steps_is_open_modality_date",
        "steps",
        ["is_open", "modality", "date", "time", "pk"],
        unique=False,
    )
    op.create_index(op.f("ix_steps_patient_id"), "steps", ["patient_id"], unique=False)
    op.create_index("ix_steps_patient_name_pk", "steps", ["patient_name", "pk"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_steps_patient_name_words ON steps "
            "USING gin (patient_name gin_trgm_ops)"
        )
    op.create_index(op.f("ix_steps_procedure_id"), "steps", ["procedure_id"], unique=False)
    op.create_index(op.f("ix_steps_study_uid"), "steps", ["study_uid"], unique=False)
    op.create_index("uq_steps_order_pk_step_id", "steps", ["order_pk", "step_id"], unique=True)
