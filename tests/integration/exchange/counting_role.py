"""A process that receives and processes messages, with effects that can be counted.

``python -m tests.integration.exchange.counting_role DATABASE_URL PORT`` says ``ready`` when it
listens, and runs until it is killed.
"""

import asyncio
import socket
import sys
from datetime import UTC, datetime

from tests.unit.exchange.doubles import Counting, make_reader
from tests.unit.mllp.running import Forgetful

from steckel.exchange.answers import Answers
from steckel.exchange.dispatch import Dispatcher, Wake
from steckel.exchange.intake import Intake
from steckel.exchange.leader import leadership
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.processing import Processor
from steckel.exchange.reception import Reception
from steckel.exchange.rounds import rounds
from steckel.hl7.write import Party
from steckel.index.engine import open_engine
from steckel.mllp.limits import Limits
from steckel.mllp.listener import Listener


async def serve(url: str, port: int) -> None:
    """Serve as the role does."""
    engine, interpreter, wake = open_engine(url), Counting(), Wake()
    intake, outcomes = Intake(engine, on_kept=wake), Outcomes(engine)
    answers = Answers(Party(application="STECKEL"), lambda: datetime.now(UTC))
    reception = Reception(make_reader(interpreter), intake, answers, outcomes)
    processing = rounds(
        engine,
        Processor(interpreter, now=lambda: 2_000),
        outcomes,
        # Both at once, as often as can be: that is when it is killed.
        is_wanted=lambda: False,
        wake=wake,
    )
    intake.start()
    Dispatcher(leadership(engine), processing, outcomes, wake).start()
    listener = Listener(reception, Forgetful(), Limits())
    await listener.start(socket.create_server(("127.0.0.1", port)))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
