"""One worker process: ``python -m steckel.imaging.worker MEMORY SECONDS IDLE NICE``.

Reads jobs from standard input and writes answers to standard output, one at a
time, until there is none for `IDLE` seconds or the server is gone. The rule:
an error of the image is an answer; an error of the process is its end. One
job may use `SECONDS` of processor time, so that a decoder that runs for ever
ends even where the server that would kill it is gone. `NICE` is by how much it
stands back for other processes.
"""

import math
import os
import resource
import select
import sys
import traceback
from io import FileIO

from steckel.errors import SteckelError
from steckel.imaging.wire import Message, PeerGone, receive, send


def main() -> None:
    """Serve jobs."""
    memory, seconds, idle = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    os.nice(int(sys.argv[4]))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = _take_pipes()
    while select.select([requests], [], [], idle)[0]:
        try:
            request = receive(requests)
        except PeerGone:
            return
        except MemoryError:
            # Part of the message is still in the pipe: only a new process is clean.
            sys.exit(1)
        _limit_processor(seconds)
        send(answers, answer_to(request))


def _limit_processor(seconds: float) -> None:
    """Allow so much more of the processor than was used up to now; then SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _take_pipes() -> tuple[FileIO, FileIO]:
    """Keep standard output for answers: a library that prints would break them."""
    requests = FileIO(os.dup(0), "rb")
    answers = FileIO(os.dup(1), "wb")
    os.dup2(2, 1)
    return requests, answers


def answer_to(request: Message) -> Message:
    """Do a job; say why when it cannot be done."""
    # Imported with the first job, under the limit of memory.
    from steckel.imaging.jobs import do  # noqa: PLC0415

    try:
        return do(request)
    except SteckelError as error:
        return _refusal(type(error).__name__, str(error))
    except MemoryError:
        return _refusal("CannotRender", "the image needs more memory than is allowed")
    except Exception as error:  # noqa: BLE001  # the end of a job
        # The place, not the message: it may have values of the image in it.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"  # noqa: PTH119
        sys.stderr.write(f"imaging worker: {type(error).__name__} at {where}\n")
        return _refusal("CannotRender", f"the image is damaged or unusual ({where})")


def _refusal(kind: str, reason: str) -> Message:
    return Message(document={"error": kind, "reason": reason})


if __name__ == "__main__":
    main()
