"""Where frames lie that were encoded a second time, and how far that has come."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Compared by its bytes, whatever language the server speaks.
_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "second_frames",
        sa.Column("pk", _KEY, nullable=False),
        sa.Column("instance_pk", _KEY, nullable=True),
        sa.Column("file", _WORDS, nullable=False),
        sa.Column("frames", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_pk"],
            ["instances.pk"],
            name=op.f("fk_second_frames_instance_pk"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_second_frames")),
    )
    op.create_index("uq_second_frames_instance_pk", "second_frames", ["instance_pk"], unique=True)
    op.create_index("ix_second_frames_file", "second_frames", ["file"])
    op.create_table(
        "second_making",
        sa.Column("pk", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_second_making")),
    )
    op.execute("INSERT INTO second_making (pk, seen, policy) VALUES (1, 0, '')")
