"""The worker processes: started when needed, ended when idle, killed when they hang.

Each has a memory limit and its own end of two pipes, and is used by one job
at a time. The rule: whatever happens to a worker happens to one job only;
the next one gets a new process. Blocking and thread-safe.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import LifoQueue
from threading import Lock, Timer

import structlog

from steckel.errors import CannotRender
from steckel.imaging.wire import Message, PeerGone, receive, send

#: What a worker is told of the server's environment: no passwords, no keys.
_ENVIRONMENT = (
    "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR",
)  # fmt: skip

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class WorkerLimits:
    """What one worker may use."""

    memory: int  #: bytes of address space
    timeout: float  #: seconds for one job
    idle: float = 60.0  #: seconds without a job after which it ends
    nice: int = 0  #: by how much it stands back for other processes


class Workers:
    """A fixed number of places for workers, most of them empty most of the time."""

    def __init__(self, count: int, limits: WorkerLimits, module: str) -> None:
        self._count = count
        self._limits = limits
        self._module = module
        self._places: LifoQueue[_Worker | None] = LifoQueue()
        # Empty places are taken last: a worker that runs is used again first.
        for _ in range(count):
            self._places.put(None)
        self._stopped = False
        self._busy: set[_Worker] = set()
        self._lock = Lock()

    def call(self, request: Message) -> Message:
        """Have a job done; wait for a free worker.

        Raises
        ------
        CannotRender
            The worker took too long or died of the job.
        """
        with self._place() as worker:
            answer = None if worker.is_new else self._try_idle(worker, request)
            if answer is None:
                worker.start()
                self._end_if_stopped(worker)
                answer = worker.do(request)
        return answer

    def _end_if_stopped(self, worker: "_Worker") -> None:
        """End a worker that was being started while all others were ended."""
        with self._lock:
            if self._stopped:
                worker.kill()

    def _try_idle(self, worker: "_Worker", request: Message) -> Message | None:
        """Give the job to a worker that runs already; nothing if it had just ended."""
        if worker.has_ended:
            return None
        try:
            return worker.do(request)
        except CannotRender:
            # It ended of itself at the very moment: the job is not to blame.
            if worker.ended_idle:
                return None
            raise

    @contextmanager
    def _place(self) -> "Iterator[_Worker]":
        worker = self._places.get() or _Worker(self._limits, self._module)
        try:
            with self._lock:
                if self._stopped:
                    raise CannotRender("the server is stopping")
                self._busy.add(worker)
            yield worker
        finally:
            with self._lock:
                self._busy.discard(worker)
            if self._stopped or worker.has_ended:
                worker.close()
                self._places.put(None)
            else:
                self._places.put(worker)

    def stop(self) -> None:
        """End all workers; the jobs under way fail."""
        with self._lock:
            self._stopped = True
            for worker in self._busy:
                worker.kill()
        for _ in range(self._count):
            worker_or_none = self._places.get()
            if worker_or_none is not None:
                worker_or_none.close()
        for _ in range(self._count):
            self._places.put(None)


class _Worker:
    """One process."""

    def __init__(self, limits: WorkerLimits, module: str) -> None:
        self._limits = limits
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_new(self) -> bool:
        """Whether it was never started."""
        return self._process is None

    @property
    def has_ended(self) -> bool:
        """Whether it does not run."""
        return self._process is None or self._process.poll() is not None

    @property
    def ended_idle(self) -> bool:
        """Whether it ended because there was nothing to do."""
        return self._process is not None and self._process.poll() == 0

    def start(self) -> None:
        """Start the process."""
        self.close()
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603  # our own module
            [
                sys.executable, "-P", "-m", self._module,
                str(self._limits.memory), str(self._limits.timeout), str(self._limits.idle),
                str(self._limits.nice),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environment | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            # Control-C in the terminal is for the server, which ends its workers.
            start_new_session=True,
        )  # fmt: skip

    def do(self, request: Message) -> Message:
        """Do one job, or die of it."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        late = False

        def expire() -> None:
            nonlocal late
            late = True
            process.kill()

        timer = Timer(self._limits.timeout, expire)
        timer.start()
        try:
            send(process.stdin, request)
            return receive(process.stdout)
        except (PeerGone, BrokenPipeError):
            raise self._explain(process.wait(), late=late) from None
        finally:
            timer.cancel()
            timer.join()
            if late:
                # Killed in the moment of its answer: it is not for the next job.
                process.wait()

    def _explain(self, code: int, *, late: bool) -> CannotRender:
        if code:
            _log.warning("imaging_worker_lost", code=code, late=late)
        if late or code == -signal.SIGXCPU:
            return CannotRender(f"the image took longer than {self._limits.timeout:g} s")
        return CannotRender("the decoder broke down on this image")

    def kill(self) -> None:
        """End the process at once; whoever waits for it sees it go."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process, and forget it."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process = None
