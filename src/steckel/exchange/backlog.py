"""Reading the messages that nothing was made of yet."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from steckel.exchange.model import Received, State
from steckel.exchange.schema import messages

#: Bytes of messages that are read at once.
_BYTES = 32 << 20

_SIZES = (
    select(messages.c.pk, func.length(messages.c.raw))
    .where(messages.c.state == State.RECEIVED.value, messages.c.pk > bindparam("after"))
    .order_by(messages.c.pk)
    .limit(bindparam("most"))
)
_ROWS = (
    select(
        *(messages.c.pk, messages.c.source, messages.c.door, messages.c.address),
        *(messages.c.certificate, messages.c.received, messages.c.control_id),
        *(messages.c.type, messages.c.digest, messages.c.raw),
    )
    .where(messages.c.pk.in_(bindparam("those", expanding=True)))
    .order_by(messages.c.pk)
)


def waiting(
    connection: Connection, most: int, *, after: int = 0, without: Collection[int] = ()
) -> list[Received]:
    """Return messages in the order of their arrival; of large ones fewer, but one at least."""
    sizes = connection.execute(_SIZES, {"after": after, "most": most + len(without)})
    those: list[int] = []
    total = 0
    for pk, size in sizes:
        if pk in without:
            continue
        total += size
        if those and total > _BYTES:
            break
        those.append(pk)
    if not those:
        return []
    return [
        Received(
            pk=row.pk,
            source=row.source,
            door=row.door,
            address=row.address,
            certificate=row.certificate,
            received=row.received,
            control_id=row.control_id,
            type=row.type,
            digest=row.digest.hex(),
            raw=row.raw,
        )
        for row in connection.execute(_ROWS, {"those": those})
    ]
