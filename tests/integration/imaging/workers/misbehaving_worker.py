"""The worker process with other jobs: ones that hang, crash and fill the memory."""

import os
import signal

from steckel.imaging import jobs, worker
from steckel.imaging.wire import Message


def hang(request: Message) -> Message:
    signal.pause()
    return request


def spin(request: Message) -> Message:
    while request.document:
        pass
    return request


def crash(request: Message) -> Message:
    os.kill(os.getpid(), signal.SIGSEGV)
    return request


def fill(request: Message) -> Message:
    return Message(document={"length": len(bytearray(int(request.document["bytes"])))})


def chatter(request: Message) -> Message:
    os.write(1, b"a library that prints\n")
    return Message(document={"pid": os.getpid(), "environment": sorted(os.environ)})


def echo(request: Message) -> Message:
    return request


def fail(request: Message) -> Message:
    raise KeyError("Doe^Jane")


jobs._JOBS.update(
    {
        "hang": hang,
        "spin": spin,
        "crash": crash,
        "fill": fill,
        "chatter": chatter,
        "echo": echo,
        "fail": fail,
    }
)

if __name__ == "__main__":
    worker.main()
