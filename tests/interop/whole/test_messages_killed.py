"""The role that receives messages is killed while they come: none is lost, none counts twice."""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.databases import DatabaseServer, database_server, upgraded_database
from tests.interop.whole.ris import Site, orm, pid, running_site

from steckel.ris.model import EventKind
from steckel.ris.schema import events, orders, steps
from steckel.server.processes import read_processes

__all__ = ["database_server", "upgraded_database"]
pytestmark = [pytest.mark.interop, pytest.mark.timeout(240)]

_SENDERS, _EACH, _KILLS = 4, 50, 2


class Sender(threading.Thread):
    """Sends orders of one patient; what was not acknowledged is sent again as it was."""

    def __init__(self, site: Site, number: int) -> None:
        super().__init__()
        person = pid(f"K{number}", "DOE^JANE")
        self.orders = [
            orm(f"K{number}-{count:03}", f"08{count:02}00", person, f"K{number}-{count}")
            for count in range(_EACH)
        ]
        self.acknowledged = 0
        self.repeated = 0
        self._site = site

    def run(self) -> None:
        """Send all, over as many connections as it takes."""
        while self.acknowledged < _EACH:
            with suppress(OSError), self._site.connect() as ris:
                while self.acknowledged < _EACH:
                    self.repeated += 1
                    assert ris.send(self.orders[self.acknowledged]) == ["AA"]
                    self.repeated -= 1
                    self.acknowledged += 1
                    time.sleep(0.01)
            time.sleep(0.02)  # nobody listens


def kill_role(site: Site) -> None:
    """Kill the process that receives messages; its supervisor starts another."""
    [role] = [one for one in read_processes(site.server.home) if one.role == "hl7"]
    os.kill(role.pid, signal.SIGKILL)


def test_every_acknowledged_message_is_there_and_was_done_once(
    tmp_path: Path, database_server: DatabaseServer, upgraded_database: str
) -> None:
    chance = random.Random(4)
    with running_site(tmp_path, database_server, upgraded_database) as site:
        senders = [Sender(site, number) for number in range(_SENDERS)]
        for sender in senders:
            sender.start()
        for part in range(1, _KILLS + 1):
            goal = part * _SENDERS * _EACH // (_KILLS + 1)
            while sum(sender.acknowledged for sender in senders) < goal:
                time.sleep(chance.uniform(0, 0.02))
            kill_role(site)
        for sender in senders:
            sender.join()
        assert sum(sender.repeated for sender in senders) > 0, "a message was in flight"
        site.until_processed()
        before = _facts(site)
        _check(before)
        with site.connect() as ris:
            again = [one for sender in senders for one in sender.orders]
            assert ris.send(*again) == ["AA"] * len(again)
        site.until_processed()
        assert _facts(site) == before
        assert len(site.worklist(PatientID="K0")) == _EACH


def _check(facts: dict[str, list[str]]) -> None:
    """Each message, order, step and event is there, and once."""
    numbers = [(sender, count) for sender in range(_SENDERS) for count in range(_EACH)]
    assert facts["messages"] == sorted(f"K{s}-{c:03} processed" for s, c in numbers)
    accessions = sorted(f"AK{s}-{c}" for s, c in numbers)
    assert facts["orders"] == facts["steps"] == accessions
    kinds = Counter(facts["events"])
    assert kinds[EventKind.ORDER_PLACED] == len(numbers)
    assert kinds[EventKind.ORDER_STATUS] in (0, len(numbers))


def _facts(site: Site) -> dict[str, list[str]]:
    with site.engine.connect() as connection:
        return {
            "messages": sorted(f"{one.control_id} {one.state}" for one in site.messages()),
            "orders": sorted(connection.execute(select(orders.c.accession)).scalars()),
            "steps": sorted(connection.execute(select(steps.c.accession)).scalars()),
            "events": sorted(connection.execute(select(events.c.kind)).scalars()),
        }
