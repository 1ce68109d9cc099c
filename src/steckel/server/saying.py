"""What a role tells the supervisor: one JSON object a line on standard output."""

import sys
from typing import Any

import orjson


def say(kind: str, **facts: Any) -> None:
    """Tell the supervisor something."""
    sys.stdout.buffer.write(orjson.dumps({"kind": kind, **facts}) + b"\n")
    sys.stdout.buffer.flush()
