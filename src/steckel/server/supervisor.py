"""``steckel serve``: starts the roles as processes, and keeps them running.

The command line checks its arguments and becomes this process (`run_node`).
The rule: this process does no work of its own and loads next to nothing, so
that nothing can take it down; a role that ends unexpectedly is started again,
one that cannot start ends the node with the reason.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any, BinaryIO, NoReturn, TextIO

import orjson

from steckel.errors import SettingsError, SteckelError
from steckel.server.announcing import announcement
from steckel.server.births import PYTHON, adopt_orphans, bear, bury_orphans
from steckel.server.settings import Settings, load_settings
from steckel.server.stopping import stop_on_signals

ROLES = ("web", "dicom", "hl7", "worker")
#: Who prepares the node if it is among the roles: those that load least come first,
#: so that it is done while the others still load.
_PREPARE = ("worker", "hl7", "dicom", "web")
#: Tells this process to print the password of `admin` although it is no new one.
_SHOW_LOGIN = "--show-login"
_EXIT_CANNOT_START = 78
_GRACE_SECONDS = 25.0
_RESTART_SECONDS = 1.0
#: How often it looks for roles that are due, and for orphans.
_LOOK_SECONDS = 0.2
#: After a role could not start although it ran before: what it lacks may come back.
_RETRY_SECONDS = 10.0


def parse_roles(text: str) -> tuple[str, ...]:
    """Return the roles in a comma-separated list.

    Raises
    ------
    SettingsError
        One of them is none.
    """
    roles = tuple(dict.fromkeys(role.strip() for role in text.split(",") if role.strip()))
    for role in roles:
        if role not in ROLES:
            raise SettingsError(f"--roles: {role!r} is no role; there are: {', '.join(ROLES)}")
    if not roles:
        raise SettingsError(f"--roles: name at least one of {', '.join(ROLES)}")
    return roles


def run_node(settings: Settings, roles: Sequence[str], *, show_password: bool = False) -> NoReturn:
    """Become the supervisor of a node: the process is replaced, which frees what it loaded."""
    command = [*PYTHON, __name__, *roles, *([_SHOW_LOGIN] if show_password else [])]
    environment = {**os.environ, **settings.as_environment()}
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - ourselves


def main(argv: Sequence[str]) -> int:
    """Supervise the given roles until a signal says to stop."""
    settings = load_settings(os.environ, {})
    shown = settings.admin_password if _SHOW_LOGIN in argv else None

    def announce(new_password: str | None) -> None:
        _tell(announcement(settings, new_password or shown), sys.stdout)

    try:
        Supervisor(settings, [word for word in argv if word != _SHOW_LOGIN], announce).run()
    except SteckelError as problem:
        print(f"steckel: {problem}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


@dataclass(slots=True)
class _Child:
    role: str
    pid: int
    orders: BinaryIO  #: its standard input
    ready: bool = False
    ended: bool = False
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs the roles of a node."""

    settings: Settings
    roles: Sequence[str]
    announce: Callable[[str | None], None]  #: called once, when all is ready, with a new password
    #: No `SimpleQueue`: interrupted by a signal in its last moment, it may wait for ever (3.11).
    _events: "Queue[tuple[_Child, dict[str, Any]]]" = field(default_factory=Queue)
    _children: dict[str, _Child] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _prepared: bool = False
    _announced: bool = False
    _password: str | None = None

    def run(self) -> None:
        """Run until a signal says to stop.

        Raises
        ------
        SteckelError
            A role cannot start; the others were stopped.
        """
        stop_on_signals(self._stop)
        adopt_orphans()
        try:
            self._start(self.roles)
            while not self._stop.is_set():
                self._step()
        finally:
            self._stop_children()

    def _start(self, roles: Sequence[str]) -> None:
        """Start roles; the one that loads least prepares the node, if that is to be done."""
        preparing = None if self._prepared else next(role for role in _PREPARE if role in roles)
        for born in bear(roles, self.settings.as_environment(), preparing=preparing):
            child = _Child(born.role, born.pid, born.orders)
            self._children[born.role] = child
            threading.Thread(target=self._listen, args=(child, born.answers), daemon=True).start()
            if self._prepared:
                _send_go(child)

    def _listen(self, child: _Child, answers: BinaryIO) -> None:
        with answers:
            for line in answers:
                try:
                    self._events.put((child, orjson.loads(line)))
                except orjson.JSONDecodeError:
                    _tell(line.decode(errors="replace").rstrip())
        self._events.put((child, {"kind": "ended"}))

    def _step(self) -> None:
        try:
            child, event = self._events.get(timeout=_LOOK_SECONDS)
        except Empty:
            bury_orphans(one.pid for one in self._children.values() if not one.ended)
            self._restart_due()
            return
        match event["kind"]:
            case "prepared":
                self._password = event["password"]
                self._prepared = True
                for other in self._children.values():
                    _send_go(other)
            case "ready":
                child.ready = True
                if all(c.ready for c in self._children.values()) and not self._announced:
                    self._announced = True
                    self.announce(self._password)
            case "failed":
                self._failed(child, event["reason"])
            case "ended":
                self._ended(child, _bury(child))

    def _failed(self, child: _Child, reason: str) -> None:
        """Give up a node that cannot start; one that ran keeps its other roles running."""
        if not self._announced:
            raise SteckelError(f"{child.role} cannot start: {reason}")
        _tell(f"{child.role} cannot start: {reason}")

    def _ended(self, child: _Child, status: int) -> None:
        if self._stop.is_set():
            return
        if not self._announced:
            raise SteckelError(f"{child.role} ended while starting (status {status})")
        failed = status == _EXIT_CANNOT_START
        wait = _RETRY_SECONDS if failed else _RESTART_SECONDS
        _tell(f"{child.role} ended (status {status}); it is started again in {wait:g} s")
        child.restart_at = time.monotonic() + wait

    def _restart_due(self) -> None:
        for child in list(self._children.values()):
            if child.restart_at is not None and time.monotonic() >= child.restart_at:
                self._restart(child)

    def _restart(self, child: _Child) -> None:
        try:
            self._start([child.role])
        except SteckelError as problem:
            _tell(str(problem))
            child.restart_at = time.monotonic() + _RETRY_SECONDS

    def _stop_children(self) -> None:
        running = [child for child in self._children.values() if not child.ended]
        for child in running:
            os.kill(child.pid, signal.SIGTERM)
            _close_input_unless_started(child)
        deadline = time.monotonic() + _GRACE_SECONDS
        while not all(child.ended for child in running):
            try:
                child, event = self._events.get(timeout=max(deadline - time.monotonic(), 0.1))
            except Empty:
                break
            if event["kind"] == "ended":
                _bury(child)
        for child in running:
            if not child.ended:
                os.kill(child.pid, signal.SIGKILL)
                _bury(child)


def _bury(child: _Child) -> int:
    """Wait for the end of a process and return its status, negative for a signal.

    Only this thread does: until then nobody else has the number that signals go to.
    """
    child.ended = True
    return os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])


def _tell(text: str, stream: TextIO | None = None) -> None:
    """Say something, on standard error by default; the disk that it goes to may be full."""
    with contextlib.suppress(OSError):
        print(text, file=stream or sys.stderr, flush=True)


def _send_go(child: _Child) -> None:
    try:
        child.orders.write(b"go\n")
        child.orders.flush()
    except BrokenPipeError:
        return  # it has ended; `_listen` says so


def _close_input_unless_started(child: _Child) -> None:
    """Wake a child that still waits for ``go``."""
    if not child.ready:
        with contextlib.suppress(BrokenPipeError):
            child.orders.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
