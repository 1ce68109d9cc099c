"""Passwords: argon2id (RFC 9106), and no way to tell from the time whether an account exists."""

import secrets
import threading
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from steckel.security.password_policy import LONGEST

#: Each verification takes tens of megabytes: a flood of logins waits in a line.
_AT_ONCE = 2


class Passwords:
    """Hashes and verifies passwords. Thread-safe; blocking for tens of milliseconds."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._dummy = _hash_of_nothing(self._hasher)

    def hash(self, password: str) -> str:
        """Return the hash under which a password is kept."""
        with self._slots:
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether a password fits. ``None``, for an unknown account, takes as long as any."""
        if len(password.encode()) > LONGEST:
            return False
        try:
            with self._slots:
                self._hasher.verify(password_hash or self._dummy, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """Return a hash that no password has, and that costs as much to compare as any other.

    In the form of the reference implementation (PHC string format); made of random
    bytes, because computing one would cost each process of a node 0.1 s at its start.
    """
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def generate() -> str:
    """Return a fresh password of about 95 bits that can be typed from a screen."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
    return "-".join(groups)
