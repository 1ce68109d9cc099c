"""Remembers for a minute that a password was right.

DICOMweb clients send Basic with every request, many at once, and argon2 takes
its time. The rule: what is remembered is keyed by an HMAC of name, password and
stored hash under a key of this process, so that it tells nothing, and a changed
password is another key.
"""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from steckel.security.accounts import Clock

_KEEP = 60.0
_MOST = 1000


class VerifiedPasswords:
    """A short memory of right passwords. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._running: dict[bytes, Future[bool]] = {}

    def key(self, name: str, password: str, password_hash: str) -> bytes:
        """Return the key of a combination."""
        message = b"\0".join(part.encode() for part in (name, password_hash, password))
        return hmac.digest(self._secret, message, hashlib.sha256)

    def check(self, key: bytes, verify: Callable[[], bool]) -> bool:
        """Return whether a combination is right; those asked for at once are verified once."""
        with self._lock:
            if self._until.get(key, 0.0) > self._clock():
                return True
            mine: Future[bool] = Future()
            running = self._running.setdefault(key, mine)
        if running is not mine:
            return running.result()
        return self._verify(key, mine, verify)

    def _verify(self, key: bytes, mine: Future[bool], verify: Callable[[], bool]) -> bool:
        try:
            right = verify()
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            if right:
                self._remember(key)
            mine.set_result(right)
            return right
        finally:
            with self._lock:
                del self._running[key]

    def _remember(self, key: bytes) -> None:
        with self._lock:
            self._until[key] = self._clock() + _KEEP
            self._until.move_to_end(key)
            while len(self._until) > _MOST:
                self._until.popitem(last=False)
