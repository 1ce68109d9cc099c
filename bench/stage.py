"""Where contestants run: started when a work needs them, in turns.

For ingest each measurement gets a server that starts empty. For what reads,
each server is started once, filled, left until it is quiet, and kept; the
requests alternate between the servers.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from bench.contestants import Contestant, Running
from bench.contestants.contestant import free_port
from bench.dcmtk_clients import receiving, send
from bench.inputs import Series
from bench.postgresql import PostgresqlServer, postgresql_server
from bench.processes import processor_seconds
from bench.result import OURS, Row
from bench.size import Size

_QUIET_SHARE = 0.05
_QUIET_SECONDS = 120.0


class Stage:
    """The servers of one part, with the folder in which they keep their data."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder = folder
        self.size = size
        self.destination_port = free_port()
        self._open = ExitStack()
        self._kept: dict[str, Running] = {}
        self._filled: set[tuple[str, Path]] = set()
        self._postgresql: PostgresqlServer | None = None
        self._asked = False
        self._failed: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @contextmanager
    def destination(self) -> Iterator[None]:
        """Run what receives what a C-MOVE asks for."""
        with receiving(self.destination_port):
            yield

    def present(self, contestants: Iterable[Contestant]) -> list[Contestant]:
        """Return those that are installed, and did not fail before."""
        return [
            contestant
            for contestant in contestants
            if not contestant.missing
            and contestant.name not in self._failed
            and (not contestant.postgresql or self._database_server())
        ]

    @contextmanager
    def server(self, contestant: Contestant) -> Iterator[Running]:
        """Run a server for one measurement: empty in the full size."""
        if not self.size.fresh:
            yield self.kept(contestant)
            return
        with self.fresh(contestant) as running:
            self.settle(running)  # what it starts after its listeners
            yield running

    @contextmanager
    def fresh(self, contestant: Contestant) -> Iterator[Running]:
        """Run a server that is empty, in every size."""
        with (
            self.database(contestant) as database,
            contestant.running(
                self.folder, destination_port=self.destination_port, database=database
            ) as running,
        ):
            yield running

    def kept(self, contestant: Contestant) -> Running:
        """Return a server that runs until the part is over."""
        if contestant.name not in self._kept:
            self._kept[contestant.name] = self._open.enter_context(self.fresh(contestant))
        return self._kept[contestant.name]

    def fill(self, contestants: Iterable[Contestant], series: Sequence[Series]) -> None:
        """See that kept servers have the series and are quiet."""
        self.prepare(contestants, lambda contestant: self._fill(contestant, series))

    def prepare(
        self, contestants: Iterable[Contestant], do: Callable[[Contestant], None]
    ) -> list[Contestant]:
        """Do something with each that takes part; return those that did not fail."""
        for contestant in self.present(contestants):
            with self._unless_it_fails(contestant):
                do(contestant)
        return self.present(contestants)

    def _fill(self, contestant: Contestant, series: Sequence[Series]) -> None:
        running = self.kept(contestant)
        for one in series:
            if (contestant.name, one.folder) not in self._filled:
                send(running, one.folder)
                self._filled.add((contestant.name, one.folder))
        self.settle(running)

    def settle(self, running: Running) -> None:
        """Wait until a server has done what it does behind its answers, and the disk likewise.

        What an earlier contestant wrote and did not sync is not paid for by the next.
        """
        if self.size.fresh:
            os.sync()
        step = 0.5 if self.size.fresh else 0.1
        deadline = time.monotonic() + (_QUIET_SECONDS if self.size.fresh else 1.0)
        before = processor_seconds(running.pids)
        while time.monotonic() < deadline:
            time.sleep(step)
            now = processor_seconds(running.pids)
            if now - before <= _QUIET_SHARE * step:
                return
            before = now

    def take_turns(
        self,
        contestants: Iterable[Contestant],
        measure: Callable[[Contestant], Sequence[float]],
    ) -> tuple[Row, ...]:
        """Measure each that is installed once in a round; each round begins with another."""
        present = self.present(contestants)
        taken: dict[str, list[float]] = {contestant.name: [] for contestant in present}
        for number in range(self.size.rounds):
            start = number % len(present)
            for contestant in self.present([*present[start:], *present[:start]]):
                with self._unless_it_fails(contestant):
                    taken[contestant.name] += measure(contestant)
        return tuple(
            Row(name=name, values=tuple(values), note=self._failed.get(name, ""))
            for name, values in taken.items()
            if values
        )

    @contextmanager
    def _unless_it_fails(self, contestant: Contestant) -> Iterator[None]:
        """Let a peer that fails drop out, and go on without it; our own failure ends it all."""
        try:
            yield
        except (OSError, RuntimeError) as problem:
            if contestant.name == OURS:
                raise
            self._failed[contestant.name] = f"failed: {str(problem)[:200]}"
            print(f"{contestant.name} {self._failed[contestant.name]}", flush=True)

    @contextmanager
    def database(self, contestant: Contestant) -> Iterator[str]:
        """Make an empty database for those that want one."""
        if not contestant.postgresql:
            yield ""
            return
        server = self._database_server()
        if server is None:
            raise RuntimeError("PostgreSQL is not installed")
        with server.database() as url:
            yield url

    def _database_server(self) -> PostgresqlServer | None:
        if not self._asked:
            self._asked = True
            self._postgresql = self._open.enter_context(postgresql_server(self.folder))
        return self._postgresql
