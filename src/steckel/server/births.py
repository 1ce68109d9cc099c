"""Where the supervisor's processes come from, and who buries those that nobody waits for."""

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import BinaryIO

import orjson

from steckel.errors import SteckelError

#: ``-P``: a folder that somebody starts Steckel in is no place to import from.
PYTHON = (sys.executable, "-P", "-m")

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class Birth:
    """A process that the nursery is asked for."""

    role: str
    orders: int  #: descriptor that becomes its standard input
    answers: int  #: descriptor that becomes its standard output
    prepare: bool = False  #: whether it does what is done once


@dataclass(frozen=True, kw_only=True, slots=True)
class Born:
    """A process that runs, and the other ends of its standard input and output."""

    role: str
    pid: int
    orders: BinaryIO
    answers: BinaryIO


def adopt_orphans() -> None:
    """Become the parent of every process of ours whose parent ends (Linux: prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        code = ctypes.get_errno()
        raise SteckelError(f"this system does not hand orphans over: {os.strerror(code)}")


def bury_orphans(own: Iterable[int]) -> None:
    """Take note of the end of adopted processes, but of none of our own."""
    known = frozenset(own)
    look = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitid(os.P_ALL, 0, look)) and found.si_pid not in known:
            os.waitpid(found.si_pid, 0)


def bear(
    roles: Sequence[str], environment: Mapping[str, str], *, preparing: str | None
) -> list[Born]:
    """Start a process for each role through one nursery, which has ended when this returns.

    Raises
    ------
    SteckelError
        They could not be started; none of them is left.
    """
    with ExitStack() as theirs, ExitStack() as ours:
        pipes = [_pipes(theirs, ours) for _ in roles]
        births = [
            Birth(role=role, orders=pipe.orders, answers=pipe.answers, prepare=role == preparing)
            for role, pipe in zip(roles, pipes, strict=True)
        ]
        pids = _ask(births, environment)
        ours.pop_all()
    return [
        Born(role=role, pid=pid, orders=pipe.our_orders, answers=pipe.our_answers)
        for role, pid, pipe in zip(roles, pids, pipes, strict=True)
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pipes:
    orders: int
    answers: int
    our_orders: BinaryIO
    our_answers: BinaryIO


def _pipes(theirs: ExitStack, ours: ExitStack) -> _Pipes:
    """Make both pipes of a process; each end is closed with its stack."""
    orders, our_orders = os.pipe()
    our_answers, answers = os.pipe()
    for descriptor in (orders, answers):
        theirs.callback(os.close, descriptor)
    return _Pipes(
        orders=orders,
        answers=answers,
        our_orders=ours.enter_context(os.fdopen(our_orders, "wb")),
        our_answers=ours.enter_context(os.fdopen(our_answers, "rb")),
    )


def _ask(births: Sequence[Birth], environment: Mapping[str, str]) -> list[int]:
    nursery = subprocess.run(  # noqa: S603 - ourselves
        [*PYTHON, "steckel.server.nursery"],
        input=orjson.dumps([asdict(birth) for birth in births]),
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
        pass_fds=[number for birth in births for number in (birth.orders, birth.answers)],
        # Signals of the terminal are for the supervisor, which passes them on.
        start_new_session=True,
        check=False,
    )
    if nursery.returncode:
        names = ", ".join(birth.role for birth in births)
        raise SteckelError(f"{names} cannot start: the nursery ended with {nursery.returncode}")
    pids: list[int] = orjson.loads(nursery.stdout)
    return pids
