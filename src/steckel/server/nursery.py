"""Starts the roles of a node: what they load alike is loaded once, and stays shared memory.

``python -m steckel.server.nursery``, started by the supervisor. On standard input comes
a list of `Birth`, as JSON; for each a process is forked, which becomes the role. On standard
output goes the list of their process numbers, in the same order; then this process ends,
and the supervisor is the parent of them all.
"""

import gc
import os
import sys
from collections.abc import Sequence

import orjson
from setproctitle import setproctitle

from steckel.server.births import Birth


def main() -> int:
    """Start what is asked for."""
    births = [Birth(**one) for one in orjson.loads(sys.stdin.buffer.read())]
    _load([birth.role for birth in births])
    # What was loaded stays where it is, and pages that nobody writes to stay shared.
    gc.collect()
    gc.freeze()
    pids = [_bear(birth, births) for birth in births]
    sys.stdout.buffer.write(orjson.dumps(pids))
    return 0


def _load(roles: Sequence[str]) -> None:
    """Load what several of them need; what only one of them needs it loads itself."""
    # structlog loads it if it is there, for colours that no role prints: 5 MB in each.
    sys.modules["rich"] = None  # type: ignore[assignment]
    from steckel.server import role  # noqa: F401, PLC0415

    del sys.modules["rich"]

    if len(roles) > 1:
        from steckel.server import messages, serving  # noqa: F401, PLC0415


def _bear(birth: Birth, births: Sequence[Birth]) -> int:
    """Fork a process that becomes the role, and return its number."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.dup2(birth.orders, sys.stdin.fileno())
        os.dup2(birth.answers, sys.stdout.fileno())
        for other in births:
            os.close(other.orders)
            os.close(other.answers)
        setproctitle(f"steckel: {birth.role}")
        status = _become(birth)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _become(birth: Birth) -> int:
    from steckel.server.role import run_role  # noqa: PLC0415

    try:
        return run_role(birth.role, prepare=birth.prepare)
    except Exception:  # noqa: BLE001 - this process ends here, as a script does
        sys.excepthook(*sys.exc_info())
        return 1


if __name__ == "__main__":
    sys.exit(main())
