"""A clock that stands still, and cheap passwords that count their work."""

from argon2 import PasswordHasher

from steckel.security.passwords import Passwords


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
