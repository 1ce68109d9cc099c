"""How people show who they are: second factors, sessions, tokens with scopes, service accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _widen_tables()
    _add_past_passwords()
    _add_factors()
    _add_steps()


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _widen_tables() -> None:
    op.add_column("role", _flag("needs_second_factor"))
    kind = sa.Column("kind", sa.String(16), server_default="person", nullable=False)
    op.add_column("account", kind)
    op.add_column("account", _flag("must_change"))
    op.add_column("account", sa.Column("password_changed", sa.Double()))
    op.add_column("account", _flag("has_second_factor"))
    for name in ("address", "agent"):
        op.add_column("session", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("session", _flag("is_locked"))
    op.add_column("api_token", sa.Column("expires", sa.Double()))
    op.add_column("api_token", sa.Column("actions", sa.Text()))
    op.add_column("api_token", sa.Column("sees", sa.Text()))


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account")
    return sa.ForeignKeyConstraint(["account"], ["account.name"], name=name, ondelete="CASCADE")


def _add_past_passwords() -> None:
    op.create_table(
        "past_password",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("replaced", sa.Double(), nullable=False),
        _of_account("past_password"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_past_password")),
    )
    op.create_index(op.f("ix_past_password_account"), "past_password", ["account"])


def _add_factors() -> None:
    op.create_table(
        "totp",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        _flag("is_confirmed"),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        _of_account("totp"),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_totp")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        _of_account("recovery_code"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account"), "recovery_code", ["account"])
    op.create_table(
        "passkey",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("last_used", sa.Double()),
        _of_account("passkey"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_passkey")),
    )
    op.create_index(op.f("ix_passkey_account"), "passkey", ["account"])


def _add_steps() -> None:
    op.create_table(
        "login_step",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("account", sa.String(64)),
        sa.Column("challenge", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        _of_account("login_step"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login_step")),
    )
    op.create_index(op.f("ix_login_step_account"), "login_step", ["account"])
    op.create_index(op.f("ix_login_step_created"), "login_step", ["created"])
