"""The yardstick of a download: uvicorn, as Steckel runs it, with nothing but a file to give.

It gives the file called ``file`` in its home, which ``BENCH_STATIC_FILE`` names.
"""

import os
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from bench.contestants.contestant import Contestant, Launch, Place

_FILE = "BENCH_STATIC_FILE"


class _InLargePieces(FileResponse):
    chunk_size = 1 << 20  # three times as fast as with its own 64 KiB


async def _file(_: Request) -> Response:
    return _InLargePieces(os.environ[_FILE])


async def _ready(_: Request) -> Response:
    return PlainTextResponse("ready")


application = Starlette(routes=[Route("/file", _file), Route("/studies", _ready)])


def _launch(place: Place) -> Launch:
    command = [sys.executable, "-m", "uvicorn", "bench.contestants.static_file:application"]
    listener = ["--host", "127.0.0.1", "--port", str(place.http_port)]
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    return Launch(
        command=[*command, *listener, *options],
        environment={_FILE: str(place.home / "file")},
    )


STATIC_FILE = Contestant(
    name="static file",
    note="uvicorn alone, a file of the same size in pieces of 1 MiB",
    launch=_launch,
    programs=(sys.executable,),
    ready="/studies",
)
