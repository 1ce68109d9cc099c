"""Remembers for a moment whose credentials were right.

A viewer asks for hundreds of frames in a second, each with the same credentials. The
rule: what another process changes of an account counts after half a second; what
this one changes counts at once, because it clears the memory then. Credentials are
kept as digests under a key of this process.
"""

import hashlib
import secrets
import time

from steckel.security.accounts import Clock
from steckel.security.authentication import Credentials
from steckel.security.principal import Principal

_KEEP = 0.5
_MOST = 1000


class RecentPrincipals:
    """A very short memory. Used by one thread."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._kept: dict[bytes, tuple[float, Principal]] = {}

    def get(self, credentials: Credentials) -> Principal | None:
        """Return whose they were a moment ago."""
        until, principal = self._kept.get(self._key(credentials), (0.0, None))
        return principal if until > self._clock() else None

    def keep(self, credentials: Credentials, principal: Principal) -> None:
        """Remember whose they are."""
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[self._key(credentials)] = (self._clock() + _KEEP, principal)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def _key(self, credentials: Credentials) -> bytes:
        return hashlib.blake2b(repr(credentials).encode(), key=self._secret).digest()
