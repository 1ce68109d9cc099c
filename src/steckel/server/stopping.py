"""Being told to stop by a signal.

A handler runs in the middle of whatever the main thread does, which may be waiting for the
very event that is to be set, with its lock in hand. So another thread sets it.
"""

import signal
import threading


def stop_on_signals(stop: threading.Event) -> None:
    """Have `stop` set when SIGTERM or SIGINT comes, however often."""

    def ask(*_: object) -> None:
        threading.Thread(target=stop.set, name="stop", daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
