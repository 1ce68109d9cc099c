"""Random secrets that are shown once and kept as a digest.

256 random bits need no slow hash: nobody guesses them, and SHA-256 cannot be
reversed on them.
"""

import hashlib
import secrets

_BYTES = 32
TOKEN_PREFIX = "stk_"  # noqa: S105  a prefix by which leaked tokens are recognised, no secret


def new_session_id() -> str:
    """Return a fresh session identifier."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """Return a fresh API token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
