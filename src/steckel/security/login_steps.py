"""What was begun and waits for its next step: a login for its code, a key for its answer.

The rule: a ticket is known to who began, counts for minutes, and is taken once.
"""

import time
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine, delete, insert, select, update

from steckel.index.engine import writing
from steckel.security.accounts import Clock
from steckel.security.refusals import NotAuthenticated
from steckel.security.secret import digest, new_session_id
from steckel.security.tables import login_step

#: How long somebody has to look for the telephone, in seconds.
LONGEST = 300.0


class StepKind(StrEnum):
    """What the next step is for."""

    SECOND = "second"  #: the password was right, a second factor is asked for
    PASSKEY = "passkey"  #: somebody logs in with a passkey alone
    ENROL = "enrol"  #: a passkey is being added
    UNLOCK = "unlock"  #: a locked screen is to be opened with a passkey


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something that was begun."""

    account: str | None
    challenge: str


class LoginSteps:
    """What was begun, by its ticket. Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, kind: StepKind, account: str | None, challenge: str = "") -> str:
        """Begin something, and return its ticket."""
        ticket = new_session_id()
        now = self._clock()
        row = {"digest": digest(ticket), "kind": kind.value, "account": account}
        with writing(self._engine) as connection:
            connection.execute(delete(login_step).where(login_step.c.created < now - LONGEST))
            connection.execute(insert(login_step).values(**row, challenge=challenge, created=now))
        return ticket

    def find(self, kind: StepKind, ticket: str) -> Step:
        """Return what was begun; raises `NotAuthenticated` if it is over."""
        table = login_step
        statement = select(table.c.account, table.c.challenge).where(
            table.c.digest == digest(ticket),
            table.c.kind == kind.value,
            table.c.created >= self._clock() - LONGEST,
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise NotAuthenticated("this took too long: begin again")
        return Step(account=row.account, challenge=row.challenge)

    def ask(self, ticket: str, challenge: str) -> None:
        """Note what an authenticator has to sign for something that was begun."""
        table = login_step
        statement = update(table).where(table.c.digest == digest(ticket))
        with writing(self._engine) as connection:
            connection.execute(statement.values(challenge=challenge))

    def take(self, ticket: str) -> None:
        """End a step, this once; raises `NotAuthenticated` if it has ended."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(login_step).where(login_step.c.digest == digest(ticket))
            )
        if gone.rowcount == 0:
            raise NotAuthenticated("this took too long: begin again")
