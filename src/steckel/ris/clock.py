"""The time at which the department notes something."""

import time


def now() -> int:
    """Return milliseconds since 1970."""
    return time.time_ns() // 1_000_000
