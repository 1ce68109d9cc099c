"""How people show who they are: second factors, sessions, tokens, other directories."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
