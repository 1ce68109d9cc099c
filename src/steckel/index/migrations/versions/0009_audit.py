"""What happened, in an unbroken chain."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Rows are added, and go only when the chain says that they were pruned.
_SQLITE_GUARDS = (
    """
    CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END
    """,
    """
    CREATE TRIGGER audit_events_remain BEFORE DELETE ON audit_events
    WHEN OLD.number > (SELECT pruned FROM audit_chains WHERE pk = OLD.chain_pk)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END
    """,
)
_POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION audit_events_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.number <= (
            SELECT pruned FROM audit_chains WHERE pk = OLD.chain_pk
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the audit trail is only ever added to';
    END $$
    """,
    """
    CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_guard()
    """,
)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, server_default="", nullable=False)


def _moment(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    _add_chains()
    _add_events()
    _add_anchors()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for guard in _POSTGRESQL_GUARDS if is_postgresql else _SQLITE_GUARDS:
        op.execute(guard)


def _add_chains() -> None:
    op.create_table(
        "audit_chains",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        _words("process"),
        _moment("started"),
        _moment("length"),
        _words("head"),
        _moment("pruned"),
        _words("base"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_audit_chains")),
        sa.UniqueConstraint("name", name=op.f("uq_audit_chains_name")),
        sqlite_autoincrement=True,
    )


def _add_events() -> None:
    op.create_table(
        "audit_events",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("chain_pk", _KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _moment("written"),
        _moment("at"),
        sa.Column("kind", _WORDS, nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        _words("account"),
        _words("patient"),
        _words("study"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", _WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_pk"], ["audit_chains.pk"], name=op.f("fk_audit_events_chain_pk")
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("chain_pk", "number", name=op.f("uq_audit_events_chain_pk_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_events_written", "audit_events", ["written"])
    op.create_index("ix_audit_events_at_pk", "audit_events", ["at", "pk"])
    for column in ("account", "patient", "study", "kind"):
        op.create_index(f"ix_audit_events_{column}_at_pk", "audit_events", [column, "at", "pk"])


def _add_anchors() -> None:
    op.create_table(
        "audit_anchors",
        sa.Column("day", _WORDS, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", _WORDS, nullable=False),
        _moment("made"),
        _moment("exported"),
        _moment("pruned"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "audit_positions",
        sa.Column("destination", _WORDS, nullable=False),
        sa.Column("chain_pk", _KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_pk"], ["audit_chains.pk"], name=op.f("fk_audit_positions_chain_pk")
        ),
        sa.PrimaryKeyConstraint("destination", "chain_pk", name=op.f("pk_audit_positions")),
    )
    op.create_table(
        "audit_destinations",
        sa.Column("name", _WORDS, nullable=False),
        _moment("sent"),
        _moment("failed"),
        _words("reason"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_destinations")),
    )
