"""What a password has to be, as a site says it. Pure.

The rule: length counts, not kinds of characters (NIST SP 800-63B 5.1.1.2); a password is not
one of those that are guessed first, nor made of the name it belongs to.
"""

from dataclasses import dataclass

from steckel.security.common_passwords import is_common
from steckel.security.refusals import InvalidValue

SHORTEST = 8
LONGEST = 1024  #: bytes: a bound for the work of hashing
_DAY = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordPolicy:
    """What is asked of passwords."""

    shortest: int = SHORTEST  #: characters
    history: int = 5  #: how many an account had last must not come again, the present one included
    longest_days: int = 0  #: days after which another one has to be chosen; 0: never

    def require_acceptable(self, password: str, name: str) -> None:
        """Refuse a password for an account.

        Raises
        ------
        InvalidValue
            With what is asked for.
        """
        if len(password) < self.shortest:
            raise InvalidValue(f"a password has at least {self.shortest} characters")
        if len(password.encode()) > LONGEST:
            raise InvalidValue(f"a password has at most {LONGEST} bytes")
        if _is_made_of(name, password):
            raise InvalidValue(
                "a password is not the name of the account, nor the name with digits"
            )
        if is_common(password):
            raise InvalidValue("this password is one of those that are guessed first")

    def is_too_old(self, changed: float, now: float) -> bool:
        """Whether a password that was chosen at a moment (seconds since 1970) has had its time."""
        return self.longest_days > 0 and now - changed > self.longest_days * _DAY


def _is_made_of(name: str, password: str) -> bool:
    """Whether it says the name, or a part of it, and little else."""
    lower = password.lower()
    for part in {name.lower(), name.lower().partition("@")[0]}:
        rest = lower.replace(part, "") if len(part) > 2 else lower
        if rest != lower and not any(letter.isalpha() for letter in rest):
            return True
    return False
