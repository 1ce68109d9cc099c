"""Ctrl-C during work that must end between two objects, not inside of one.

The rule: the first signal asks to stop, and the work ends at its next safe point;
the second one ends the process at once, which is as safe as a power cut.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: 128 and the number of SIGINT, as shells have it.
EXIT_INTERRUPTED = 130


@contextmanager
def asked_to_stop() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set."""
    stop = threading.Event()

    def ask(_number: int, _frame: Any) -> None:
        if stop.is_set():
            os._exit(EXIT_INTERRUPTED)
        stop.set()
        sys.stderr.write("\nstopping; once more to stop at once\n")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
