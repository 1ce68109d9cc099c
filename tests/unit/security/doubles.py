"""A clock that stands still, and cheap passwords that count their work."""

from argon2 import PasswordHasher

from steckel.security.logins import LoggedIn
from steckel.security.passwords import Passwords
from steckel.security.sessions import Place
from steckel.security.site import Security

HERE = Place(address="192.0.2.1", agent="Test/1.0")


def enter(security: Security, name: str, password: str, address: str = HERE.address) -> str:
    """Log in by a password alone, and return the session's identifier."""
    entered = security.logins.with_password(name, password, Place(address=address))
    assert isinstance(entered, LoggedIn)
    return entered.session


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


class CountingPasswords(Passwords):
    """Cheap argon2 that counts how often it had to work."""

    def __init__(self) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        self.verified: list[bool] = []  # whether the account was known

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append(password_hash is not None)
        return super().verify(password_hash, password)
