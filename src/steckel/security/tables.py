"""The tables of access control. Moments are seconds since 1970, UTC."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    false,
)

from steckel.index.metadata import metadata

#: What an application entity has that was registered without a word about it.
EVERY_RIGHT = '["query","retrieve","store"]'
SEES_EVERYTHING = '{"everything":true,"confidential":true,"rules":[]}'

#: What accounts may do and see, as sets that an administrator can change.
role = Table(
    "role",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("actions", Text, nullable=False),  #: JSON: names of `decisions.Action`
    Column("sees", Text, nullable=False),  #: JSON: `sees.Sees`
    #: Whether who has it needs more than a password to log in.
    Column("needs_second_factor", Boolean, nullable=False, server_default=false()),
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
    Column("kind", String(16), nullable=False, server_default="person"),  #: `accounts.Kind`
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("password_changed", Double),  #: when; null for as long as the account is there
    #: Whether there is an entry of `totp` that is confirmed, or a `passkey`.
    Column("has_second_factor", Boolean, nullable=False, server_default=false()),
)

#: Passwords that an account had before.
past_password = Table(
    "past_password",
    metadata,
    Column("pk", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("password_hash", Text, nullable=False),
    Column("replaced", Double, nullable=False),
)

#: The secret that an authenticator application shares with us (RFC 6238).
totp = Table(
    "totp",
    metadata,
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), primary_key=True),
    Column("secret", String(64), nullable=False),  #: base32
    Column("created", Double, nullable=False),
    Column("is_confirmed", Boolean, nullable=False, server_default=false()),
    Column("last_step", BigInteger, nullable=False, server_default="0"),  #: of the last code taken
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("digest", String(64), primary_key=True),  #: SHA-256 of account and code
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
)

#: Public keys of authenticators (WebAuthn).
passkey = Table(
    "passkey",
    metadata,
    Column("digest", String(64), primary_key=True),  #: SHA-256 of the credential's identifier
    Column("credential", Text, nullable=False),  #: the identifier, base64url
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("public_key", Text, nullable=False),  #: COSE, base64url
    Column("sign_count", BigInteger, nullable=False, server_default="0"),
    Column("created", Double, nullable=False),
    Column("last_used", Double),
)

#: What was begun and waits for the next step: a second factor, an answer of an authenticator.
login_step = Table(
    "login_step",
    metadata,
    Column("digest", String(64), primary_key=True),  #: SHA-256 of the ticket
    Column("kind", String(16), nullable=False),
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), index=True),
    Column("challenge", Text, nullable=False, server_default=""),
    Column("created", Double, nullable=False, index=True),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  #: SHA-256 of the identifier in the cookie
    Column("account", ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Double, nullable=False, index=True),
    Column("seen", Double, nullable=False),
    Column("address", Text, nullable=False, server_default=""),  #: where it began
    Column("agent", Text, nullable=False, server_default=""),  #: what the browser calls itself
    Column("is_locked", Boolean, nullable=False, server_default=false()),
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
    Column("expires", Double),  #: null: never
    Column("actions", Text),  #: JSON: of those of the account, these alone; null: all
    Column("sees", Text),  #: JSON: `sees.Sees`, of what the account sees; null: all of it
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
    Column("rights", Text, nullable=False, server_default=EVERY_RIGHT),  #: JSON: `rights.Right`
    Column("networks", Text, nullable=False, server_default="[]"),  #: JSON; none: any address
    Column("sees", Text, nullable=False, server_default=SEES_EVERYTHING),  #: JSON: `sees.Sees`
    Column("certificate", Text, nullable=False, server_default=""),  #: that its calls must show
)
