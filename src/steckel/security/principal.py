"""Who is asking, as the doors see it."""

from dataclasses import dataclass
from enum import StrEnum

from steckel.index.view import NOTHING, View


class Via(StrEnum):
    """How a caller showed who it is."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105  a word, no secret
    BASIC = "basic"


class Standing(StrEnum):
    """What somebody who has a session has to do before anything else."""

    OPEN = "open"  #: nothing
    LOCKED = "locked"  #: open the screen again
    PASSWORD = "password"  # noqa: S105  choose another password
    SECOND_FACTOR = "second-factor"  #: set up a second factor


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """An account that has shown who it is."""

    name: str
    role: str
    via: Via
    actions: frozenset[str] = frozenset()  #: what it may do
    view: View = NOTHING  #: what it sees
    display_name: str = ""
    session: str | None = None  #: digest of the session's identifier
    standing: Standing = Standing.OPEN  #: in any other, it may do and sees nothing

    def may(self, action: str) -> bool:
        """Whether the account has the right to do something."""
        return action in self.actions
