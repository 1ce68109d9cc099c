"""What application entities may do."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DEFAULTS = {
    "rights": '["query","retrieve","store"]',
    "networks": "[]",
    "sees": '{"everything":true,"confidential":true,"rules":[]}',
    "certificate": "",
}


def upgrade() -> None:
    for name, default in _DEFAULTS.items():
        column = sa.Column(name, sa.Text(), server_default=default, nullable=False)
        op.add_column("ae", column)
