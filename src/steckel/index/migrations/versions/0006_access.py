"""Roles as data, what an account sees, and patients that are kept confidential."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_ALL = ["administer", "audit", "care", "delete", "emergency", "exchange", "export", "flag",
        "order", "read", "report", "share", "store"]  # fmt: skip
_EVERYTHING = {"everything": True, "confidential": True, "rules": []}
_NORMAL = {"everything": True, "confidential": False, "rules": []}
_ROLES = (
    ("admin", "Administrator", _ALL, _EVERYTHING),
    ("user", "User", ["export", "read", "store"], _EVERYTHING),
    (
        "radiologist",
        "Radiologist",
        ["emergency", "export", "order", "read", "report", "share", "store"],
        _NORMAL,
    ),
    ("technologist", "Technologist", ["care", "export", "order", "read", "store"], _NORMAL),
    ("secretary", "Secretary", ["order", "read", "share"], _NORMAL),
    (
        "referring",
        "Referring physician",
        ["emergency", "export", "read"],
        {"everything": False, "confidential": False, "rules": [{"referring": "own"}]},
    ),
    (
        "researcher",
        "Researcher",
        ["export", "read"],
        {"everything": False, "confidential": False, "rules": [{"deidentified": True}]},
    ),
    (
        "guest",
        "Guest",
        ["read"],
        {"everything": False, "confidential": False, "rules": [{"assigned": True}]},
    ),
)


def upgrade() -> None:
    _widen_index()
    _add_relations()
    _add_roles()


def _widen_index() -> None:
    # Plain SQL: columns that may be empty are added to large tables without copying them.
    words = 'TEXT COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "TEXT"
    op.execute("ALTER TABLE patients ADD COLUMN is_confidential BOOLEAN DEFAULT false NOT NULL")
    op.create_index(
        "ix_patients_confidential",
        "patients",
        ["pk"],
        sqlite_where=sa.text("is_confidential"),
        postgresql_where=sa.text("is_confidential"),
    )
    op.create_index("ix_studies_institution", "studies", ["institution"])
    op.execute(f"ALTER TABLE series ADD COLUMN department {words} DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE series ADD COLUMN is_deidentified BOOLEAN DEFAULT false NOT NULL")
    _fill_departments()
    op.create_index("ix_series_department", "series", ["department", "study_pk"])
    op.create_index(
        "ix_series_deidentified",
        "series",
        ["study_pk"],
        sqlite_where=sa.text("is_deidentified"),
        postgresql_where=sa.text("is_deidentified"),
    )


def _fill_departments() -> None:
    """Take the departments of series that are there from what a query would return."""
    if op.get_bind().dialect.name == "postgresql":
        value = "json::json -> '00081040' -> 'Value' ->> 0"
    else:
        value = "json_extract(json, '$.\"00081040\".Value[0]')"
    of_series = "WHERE json LIKE '%\"00081040\"%'"
    op.execute(f"UPDATE series SET department = coalesce({value}, '') {of_series}")  # noqa: S608


def _add_relations() -> None:
    op.create_table(
        "care_relations",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("patient_pk", _KEY, nullable=False),
        sa.Column("kind", _WORDS, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("granted_by", _WORDS, server_default="", nullable=False),
        sa.Column("since", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["account"],
            ["account.name"],
            name=op.f("fk_care_relations_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_pk"],
            ["patients.pk"],
            name=op.f("fk_care_relations_patient_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_care_relations")),
    )
    op.create_index("ix_care_relations_account_until", "care_relations", ["account", "until"])
    op.create_index(op.f("ix_care_relations_patient_pk"), "care_relations", ["patient_pk"])
    op.create_table(
        "assignments",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("study_uid", _WORDS, nullable=False),
        sa.Column("assigned_by", _WORDS, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.name"], name=op.f("fk_assignments_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_assignments")),
        sa.UniqueConstraint("account", "study_uid", name=op.f("uq_assignments_account_study_uid")),
    )
    op.create_index(op.f("ix_assignments_study_uid"), "assignments", ["study_uid"])


def _add_roles() -> None:
    role = op.create_table(
        "role",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("sees", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_role")),
    )
    op.bulk_insert(
        role,
        [
            {"name": name, "title": title, "actions": json.dumps(actions), "sees": json.dumps(sees)}
            for name, title, actions, sees in _ROLES
        ],
    )
    for column, empty in (("person", ""), ("institutions", "[]"), ("departments", "[]")):
        op.execute(f"ALTER TABLE account ADD COLUMN {column} TEXT DEFAULT '{empty}' NOT NULL")
