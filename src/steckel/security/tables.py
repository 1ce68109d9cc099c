"""The tables of access control. Moments are seconds since 1970, UTC."""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, String, Table, Text, false

from steckel.index.metadata import metadata

#: What accounts may do and see, as sets that an administrator can change.
role = Table(
    "role",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("actions", Text, nullable=False),  #: JSON: names of `decisions.Action`
    Column("sees", Text, nullable=False),  #: JSON: `sees.Sees`
)

account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("role", String(16), nullable=False),
    Column("person", Text, nullable=False, server_default=""),  #: name as DICOM spells it (PN)
    Column("institutions", Text, nullable=False, server_default="[]"),  #: JSON
    Column("departments", Text, nullable=False, server_default="[]"),  #: JSON
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("preferences", Text, nullable=False, server_default="{}"),  #: JSON of the workstation
    Column("created", Double, nullable=False),
    Column("last_login", Double),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  #: SHA-256 of the identifier in the cookie
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Double, nullable=False, index=True),
    Column("seen", Double, nullable=False),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  #: SHA-256 of the token
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("created", Double, nullable=False),
    Column("last_used", Double),
)

#: Remote application entities: where C-MOVE sends to, who may call us.
ae = Table(
    "ae",
    metadata,
    Column("title", String(16), primary_key=True),
    Column("host", String(255), nullable=False),
    Column("port", Integer, nullable=False),
    Column("tls", Boolean, nullable=False, server_default=false()),
    Column("description", Text, nullable=False, server_default=""),
)
