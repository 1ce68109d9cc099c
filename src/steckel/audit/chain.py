"""The hash that ties a row to all rows before it.

BLAKE3 over canonical JSON of the row: its chain, its number, when it was written, the hash of
the row before it, and the event. Whoever has the store can check it with nothing else
(``docs/audit.md``).
"""

from typing import Final

import orjson
from blake3 import blake3

#: What the first row of a chain follows on.
BEGINNING: Final = ""


def hash_of(chain: str, number: int, written: int, previous: str, body: str) -> str:
    """Return the hash of a row, in hex."""
    row = {
        "chain": chain,
        "event": orjson.Fragment(body.encode()),
        "number": number,
        "previous": previous,
        "written": written,
    }
    return str(blake3(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).hexdigest())


def digest_of(body: str) -> str:
    """Return the hash of a document that stands alone, in hex."""
    return str(blake3(body.encode()).hexdigest())
