"""Broken messages at the listener of a whole server: each is answered, and nothing is lost.

``STECKEL_TEST_FRAMES`` says how many; all of them are the same in each run.
"""

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.integration.told_stories import STORIES
from tests.interop.whole.ris import Ris, Site, admission, pid, site_of
from tests.steckel_server import running_server
from tests.unit.hl7.mutants import SEEDS, mutants

from steckel.errors import NotHl7
from steckel.exchange.schema import messages
from steckel.hl7.message import Message
from steckel.server.processes import read_processes

pytestmark = [pytest.mark.interop, pytest.mark.timeout(86_400)]

_FRAMES = int(os.environ.get("STECKEL_TEST_FRAMES", "20000"))
_CONNECTIONS = 4
#: Frames that are sent before the answers are read.
_TOGETHER = 40
#: Frames about the same few patients.
_ABOUT_ONE = 200
_NUMBERS = re.compile(rb"(\^HIS|\^\^\^HOSP)")
#: What ends a frame, or belongs to an envelope.
_OF_SEVERAL = (b"\x0b", b"\x1c", b"FHS", b"BHS", b"BTS", b"FTS")
_MOST_GROWTH = 100 << 20
_CODE = re.compile(rb"[\r\n]MSA[^A-Z](A[AER]|C[AER])")


class Fuzzer(threading.Thread):
    """Sends broken messages, and notes what it was told to be safe."""

    def __init__(self, site: Site, number: int, frames: int) -> None:
        super().__init__()
        self.kept: set[bytes] = set()  #: digests of what was acknowledged
        self.witnesses: list[str] = []  #: control ids of good messages
        self.closed = 0
        self._site, self._number, self._frames = site, number, frames

    def run(self) -> None:
        """Send them all."""
        ris = self._site.connect()
        for group in _grouped(_broken(self._number, self._frames)):
            try:
                self._send(ris, group)
            except ConnectionError:
                self.closed += 1
                ris = self._site.connect()
        with ris:
            self._witness(ris)

    def _send(self, ris: Ris, group: list[bytes]) -> None:
        """Send those of which each has one answer; then all others, and a good message."""
        plain = [one for one in group if _has_one_answer(one)]
        ris.write(*plain)
        for one in plain:
            answer = ris.read()
            code = _CODE.search(answer)
            assert code, answer
            if code[1] != b"AR":
                self.kept.add(hashlib.sha256(one).digest())
        ris.write(*(one for one in group if not _has_one_answer(one)))
        self._witness(ris)

    def _witness(self, ris: Ris) -> None:
        control_id = f"W{self._number}-{len(self.witnesses)}"
        ris.write(admission(control_id, "080000", pid(f"W{self._number}", "DOE^JANE")))
        expected = f"MSA|AA|{control_id}\r".encode()
        while expected not in ris.read():
            pass
        self.witnesses.append(control_id)


def _broken(number: int, count: int) -> Iterator[bytes]:
    """Give broken messages; every few of them are about other patients and orders."""
    for start in range(0, count, _ABOUT_ONE):
        name = f"N{number}-{start}".encode()
        seeds = [_NUMBERS.sub(name + rb"\1", one) for one in (*SEEDS, *STORIES)]
        yield from islice(mutants(start * 100 + number, seeds), min(_ABOUT_ONE, count - start))


def _grouped(broken: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(broken)
    while group := list(islice(rest, _TOGETHER)):
        yield group


def _has_one_answer(raw: bytes) -> bool:
    """Whether the frame is one, holds one message, and its sender wants one answer."""
    if any(one in raw for one in _OF_SEVERAL) or raw.count(b"MSH") > 1:
        return False
    try:
        message = Message.parse(raw)
    except NotHl7:
        return True
    return not message.value("MSH-15") and not message.value("MSH-16")


def _role(site: Site) -> tuple[int, int]:
    """Return number and size of the process that listens."""
    [role] = [one for one in read_processes(site.server.home) if one.role == "hl7"]
    return role.pid, role.rss_bytes


def test_each_frame_is_answered_and_the_listener_lives(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, site_of(server) as site:
        warm = Fuzzer(site, 99, 200)
        warm.run()
        site.until_processed()
        before = _role(site)
        fuzzers = [Fuzzer(site, n, _FRAMES // _CONNECTIONS) for n in range(_CONNECTIONS)]
        for one in fuzzers:
            one.start()
        for one in fuzzers:
            one.join()
        after = _role(site)
        processed = len([one for one in site.messages() if one.state != "received"])
        print(f"{processed:,} processed; {before[1] >> 20} MiB, then {after[1] >> 20} MiB")
        assert after[0] == before[0], "it is the same process"
        assert after[1] - before[1] < _MOST_GROWTH
        _nothing_was_lost(site, [warm, *fuzzers])
        assert "Traceback" not in site.server.log


def _nothing_was_lost(site: Site, fuzzers: list[Fuzzer]) -> None:
    with site.engine.connect() as connection:
        found = connection.execute(select(messages.c.control_id, messages.c.digest))
        rows = [(row.control_id, row.digest) for row in found]
    control_ids, digests = ({row[at] for row in rows} for at in (0, 1))
    assert {one for fuzzer in fuzzers for one in fuzzer.witnesses} <= control_ids
    kept = {one for fuzzer in fuzzers for one in fuzzer.kept}
    assert kept
    assert kept <= digests
