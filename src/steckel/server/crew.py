"""Several processes behind one listener: each connection goes to the one with the fewest.

Python runs one thread of a process at a time, so one process receives no faster
than one processor can. The first process listens, and serves as well; the others
are its children and get connections from it, through a socket between the two.
The rule: a child that finds its parent gone ends at once, as if the power were cut.
"""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import orjson
import structlog

_log = structlog.get_logger(__name__)

_STOP = b"stop"
_ENDED = b"-"
_LONGEST_MESSAGE = 1024

OnEnd = Callable[[], None]


class Taker(Protocol):
    """What serves connections: a `DimseServer` that was not started."""

    def take(self, connection: socket.socket, address: str, tls: bool, on_end: OnEnd = ...) -> None:
        """Serve a connection that was accepted; `on_end` is called when it is closed."""


class Child:
    """A process that serves what it is handed; seen from its parent."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self._pid = pid
        self._control = control

    def take(
        self, connection: socket.socket, address: str, tls: bool, on_end: OnEnd = lambda: None
    ) -> None:
        """Hand a connection over; it is counted as ended when the child says so."""
        message = orjson.dumps([address, tls])
        try:
            socket.send_fds(self._control, [message], [connection.fileno()])
        except OSError:  # it has ended; `watch` sees that too
            on_end()
        finally:
            connection.close()

    def watch(self, on_end: OnEnd, on_death: Callable[[], None]) -> None:
        """Tell of each connection that ended, and of the end of the child."""

        def listen() -> None:
            with contextlib.suppress(OSError):
                while self._control.recv(_LONGEST_MESSAGE):
                    on_end()
            on_death()

        threading.Thread(target=listen, name=f"child-{self._pid}", daemon=True).start()

    def stop(self) -> None:
        """Tell it to end what is under way, and wait until it has."""
        with contextlib.suppress(OSError):
            self._control.send(_STOP)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._control.close()


class Share:
    """The part of the connections that one process has."""

    def __init__(self, taker: Taker) -> None:
        self.taker = taker
        self.connections = 0
        self._lock = threading.Lock()

    def take(self, connection: socket.socket, address: str, tls: bool) -> None:
        """Give it one more."""
        with self._lock:
            self.connections += 1
        self.taker.take(connection, address, tls, self.ended)

    def ended(self) -> None:
        """Count one less."""
        with self._lock:
            self.connections -= 1


class Distribution:
    """Chooses who takes a connection."""

    def __init__(self, shares: Sequence[Share]) -> None:
        self._shares = shares

    def take(self, connection: socket.socket, address: str, tls: bool) -> None:
        """Hand a connection to the process with the fewest; the first among equals."""
        min(self._shares, key=lambda share: share.connections).take(connection, address, tls)


def spawn(serve: Callable[[socket.socket], None], others: Sequence[Child]) -> Child:
    """Start a child, which calls `serve` with its end of the socket and then ends.

    No thread and no connection to a database may be alive in this process but
    such as the child can do without.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid:
        theirs.close()
        return Child(pid, ours)
    status = 1
    try:
        # The terminal and the supervisor speak to the parent; it speaks to us.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        ours.close()
        for other in others:
            other._control.close()  # noqa: SLF001 - or it would not see its parent end
        serve(theirs)
        status = 0
    except Exception as problem:  # noqa: BLE001 - the process ends here
        _log.error("child_failed", error=type(problem).__name__)
    finally:
        os._exit(status)


def serve_handed(control: socket.socket, taker: Taker) -> None:
    """In a child: serve what the parent hands over, until it says stop."""

    def ended() -> None:
        with contextlib.suppress(OSError):
            control.send(_ENDED)

    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _LONGEST_MESSAGE, 1)
        if not message:
            os._exit(1)
        if message == _STOP:
            return
        address, tls = orjson.loads(message)
        taker.take(socket.socket(fileno=descriptors[0]), address, tls, ended)
