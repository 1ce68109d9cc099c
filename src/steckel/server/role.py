"""One process of a node, forked by the nursery when the supervisor asks for it.

It speaks with the supervisor over two pipes: on standard input comes ``go``
when all is prepared, and the end when the supervisor is gone; on standard
output go ``prepared …`` and ``ready``, one JSON object a line.
"""

import gc
import os
import resource
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Protocol, cast

from steckel.audit.journal import Journal
from steckel.errors import SteckelError, StorageFailure
from steckel.server.logs import configure_logs
from steckel.server.processes import registered
from steckel.server.recording import recorded_role
from steckel.server.saying import say
from steckel.server.settings import Settings, load_settings
from steckel.server.stopping import stop_on_signals

if TYPE_CHECKING:
    from steckel.server.preparing import Prepared

#: How a process says that starting it again would not help (EX_CONFIG of sysexits.h).
EXIT_CANNOT_START = 78

_OPEN_FILES = 65_536

Run = Callable[[threading.Event], None]


class Rooms(Protocol):
    """What a role works in."""

    @property
    def recorder(self) -> Journal:
        """Takes note of what happens."""

    def close(self) -> None:
        """Leave them."""


def run_role(role: str, *, prepare: bool) -> int:
    """Run a role until it is told to stop; the first of a node does what is done once."""
    settings = load_settings(os.environ, {})
    configure_logs(settings.log_level, role=role)
    _allow_many_files()
    stop = threading.Event()
    stop_on_signals(stop)
    house, run = _enter(role, settings)
    try:
        if prepare:
            done = _prepare(settings)
            say("prepared", password=done.password, recovered=done.recovered)
        if sys.stdin.readline().strip() != "go":
            return 0
        threading.Thread(target=_end_with_supervisor, daemon=True).start()
        # What was loaded stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        with (
            registered(settings.home, role),
            recorded_role(house.recorder, settings, role),
        ):
            run(stop)
    except (SteckelError, OSError) as problem:
        say("failed", reason=str(problem))
        return EXIT_CANNOT_START
    finally:
        house.close()
    return 0


def _allow_many_files() -> None:
    """Raise the limit of open files: each connection is one, and the default is often 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _end_with_supervisor() -> None:
    """End at once when the supervisor is gone: nothing acknowledged depends on a clean stop."""
    while sys.stdin.readline():
        pass
    os._exit(1)


def _prepare(settings: Settings) -> "Prepared":
    """Do what is done once, in a process that ends: what it loads for that is not kept.

    Raises
    ------
    SteckelError, OSError
        The node cannot start.
    """
    context = get_context("fork")  # nothing else runs yet
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_prepare_and_tell, args=(settings, sender))
    child.start()
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = StorageFailure("the preparation ended before it was done; its log says why")
    child.join()
    if isinstance(answer, Exception):
        raise answer
    return cast("Prepared", answer)


def _prepare_and_tell(settings: Settings, sender: Connection) -> None:
    try:
        sender.send(_prepare_here(settings))
    except (SteckelError, OSError) as problem:
        sender.send(problem)


def _prepare_here(settings: Settings) -> "Prepared":
    """Do it in rooms that are left again."""
    from steckel.server.preparing import prepare  # noqa: PLC0415
    from steckel.server.wiring import House  # noqa: PLC0415

    with closing(House(settings)) as house:
        return prepare(house)


def _enter(role: str, settings: Settings) -> tuple[Rooms, Run]:
    """Import what a role needs, and only that."""
    if role == "worker":
        from steckel.server.role_worker import run_worker  # noqa: PLC0415
        from steckel.server.wiring import House  # noqa: PLC0415

        house = House(settings, role)
        return house, partial(run_worker, house)
    if role == "hl7":
        from steckel.server.messages import MessageRooms  # noqa: PLC0415
        from steckel.server.role_hl7 import run_hl7  # noqa: PLC0415

        rooms = MessageRooms(settings)
        return rooms, partial(run_hl7, rooms)
    from steckel.server.serving import ServingHouse  # noqa: PLC0415

    serving = ServingHouse(settings, role)
    if role == "web":
        from steckel.server.role_web import run_web  # noqa: PLC0415

        return serving, partial(run_web, serving)
    from steckel.server.role_dicom import run_dicom  # noqa: PLC0415

    return serving, partial(run_dicom, serving)
