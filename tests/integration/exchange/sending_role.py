"""A process that sends what is queued, as the role hl7 does.

``python -m tests.integration.exchange.sending_role DATABASE_URL`` says ``ready``, and runs until
it is killed.
"""

import signal
import ssl
import sys
import time

from sqlalchemy import Engine
from tests.unit.exchange.outbound.doubles import author

from steckel.exchange.leader import leadership
from steckel.exchange.outbound.courier import Chances, Courier
from steckel.exchange.outbound.couriers import Couriers
from steckel.exchange.outbound.outbox import Outbox
from steckel.exchange.outbound.queue import Queue
from steckel.index.engine import open_engine
from steckel.security.outgoing import Dialler
from steckel.server.destinations import Lines


def now() -> int:
    return time.time_ns() // 1_000_000


def couriers(engine: Engine) -> Couriers:
    """Return what sends, not started."""
    outbox, lines = Outbox(engine), Lines(ssl.create_default_context, Dialler())
    chances = Chances(now=now, chance=lambda: 0.5)
    return Couriers(
        leadership(engine, "send"),
        Queue(engine, author()),
        outbox,
        lambda pk: Courier(pk, outbox, lines, chances),
    )


if __name__ == "__main__":
    couriers(open_engine(sys.argv[1])).start()
    print("ready", flush=True)
    signal.pause()
