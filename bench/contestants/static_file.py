"""The yardstick of a download: uvicorn, as Steckel runs it, with nothing but a file to give.

Started with ``BENCH_STATIC_FILE``, the file that ``/file`` answers.
"""

import os
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from bench.contestants.contestant import Contestant, Launch, Place

FILE = "BENCH_STATIC_FILE"


async def _file(_: Request) -> Response:
    return FileResponse(os.environ[FILE])


async def _ready(_: Request) -> Response:
    return PlainTextResponse("ready")


application = Starlette(routes=[Route("/file", _file), Route("/ready", _ready)])


def _launch(place: Place) -> Launch:
    command = [sys.executable, "-m", "uvicorn", "bench.contestants.static_file:application"]
    listener = ["--host", "127.0.0.1", "--port", str(place.http_port)]
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    return Launch(command=[*command, *listener, *options])


STATIC_FILE = Contestant(
    name="static file",
    note="uvicorn alone, a file of the same size",
    launch=_launch,
    programs=(sys.executable,),
    ready="/ready",
)
