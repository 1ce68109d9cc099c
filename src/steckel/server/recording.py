"""What processes and commands themselves leave in the audit trail."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from steckel.audit.acting import acting
from steckel.audit.event import Actor, Event, Part, Thing, ThingKind, now
from steckel.audit.journal import Journal
from steckel.audit.kinds import Action, Kind
from steckel.server.settings import Settings

#: What a command changes, by its first word.
_KINDS: Final = {
    "user": Kind.ACCOUNT_CHANGED,
    "session": Kind.ACCOUNT_CHANGED,
    "token": Kind.ACCOUNT_CHANGED,
    "ae": Kind.NETWORK_CONFIGURED,
    "destination": Kind.NETWORK_CONFIGURED,
}
#: What changes nothing.
_LOOKING: Final = (["list"], ["echo"], ["test"], ["show"])


@contextmanager
def recorded_role(recorder: Journal, settings: Settings, role: str) -> Iterator[None]:
    """Record that a process of ours starts and stops (PS3.15 A.5.3.1)."""

    def note(kind: Kind) -> None:
        process = recorder.ledger.process
        actor = Actor(name=settings.aet, part=Part.APPLICATION, alternative=process)
        part = Thing(id=role, kind=ThingKind.SETTING)
        recorder.record(Event(kind=kind, at=now(), actors=(actor,), things=(part,)))

    note(Kind.APPLICATION_STARTED)
    try:
        yield
    finally:
        note(Kind.APPLICATION_STOPPED)


@contextmanager
def recorded_command(recorder: Journal) -> Iterator[None]:
    """Record what a command at the terminal changes, with the change.

    The words of the command are kept: none of ours takes a secret as an argument.
    """
    words = sys.argv[1:]
    if words[1:2] in _LOOKING:
        yield
        return
    actor = Actor(name=_user(), via="command", alternative=recorder.ledger.process)
    event = Event(
        kind=_KINDS.get(words[0] if words else "", Kind.SOFTWARE_CONFIGURED),
        at=now(),
        action=Action.UPDATE,
        actors=(actor,),
        things=(Thing(id=" ".join(["steckel", *words])[:500], kind=ThingKind.ADDRESS),),
    )
    with acting(recorder.begin(event)):
        yield


def _user() -> str:
    """Return who sits at the terminal, as the system says."""
    try:
        return f"{getpass.getuser()} (system)"
    except (OSError, KeyError):  # a number without a name
        return "(system)"


def note_log_used(recorder: Journal) -> None:
    """Record that somebody reads the audit trail at the terminal (PS3.15 A.5.3.2).

    Raises
    ------
    NotRecorded
        It cannot be kept; the trail is not shown then.
    """
    words = " ".join(["steckel", *sys.argv[1:]])
    actor = Actor(name=_user(), via="command", alternative=recorder.ledger.process)
    event = Event(
        kind=Kind.LOG_USED,
        at=now(),
        action=Action.READ,
        actors=(actor,),
        things=(Thing(id=words[:500], kind=ThingKind.LOG),),
    )
    recorder.record_now(event)
