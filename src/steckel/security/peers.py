"""Remote application entities: where C-MOVE sends to, and who may call us.

The table is changed by other processes (``steckel ae add``) while this one
runs, and a change counts at once: nothing is remembered.
"""

import ipaddress
from dataclasses import dataclass

from sqlalchemy import Engine, RowMapping, delete, insert, select, update

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.refusals import InvalidValue
from steckel.security.tables import ae as ae_table

_LONGEST_TITLE = 16
_LONGEST_HOST = 253
_HIGHEST_PORT = 65535
_LONGEST_DESCRIPTION = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteAe:
    """A remote application entity and where it listens."""

    aet: str
    host: str
    port: int
    tls: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        _require_title(self.aet)
        spaced = " " in self.host or not self.host.isprintable()
        if not 0 < len(self.host) <= _LONGEST_HOST or spaced:
            raise InvalidValue("a host is a name or an address without spaces")
        if len(self.description) > _LONGEST_DESCRIPTION or not self.description.isprintable():
            raise InvalidValue(f"a description has {_LONGEST_DESCRIPTION} printable characters")
        if not 1 <= self.port <= _HIGHEST_PORT:
            raise InvalidValue(f"a port is between 1 and {_HIGHEST_PORT}")


class PeerDirectory:
    """The remote application entities that this site knows. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_allowed(self, aet: str, address: str) -> bool:
        """Whether an AE may call from an address: any from this machine, else known ones."""
        return is_loopback(address) or self.lookup(aet) is not None

    def lookup(self, aet: str) -> RemoteAe | None:
        """Return the entity of a title, if it is known."""
        # Leading and trailing spaces of a title do not count (PS3.5 6.2, AE).
        title = aet.strip()
        if not _is_title(title):
            return None
        statement = select(ae_table).where(ae_table.c.title == title)
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else _remote(row)

    def list(self) -> list[RemoteAe]:
        """Return all known entities by title, as the table has them now."""
        statement = select(ae_table).order_by(ae_table.c.title)
        with self._engine.connect() as connection:
            return [_remote(row) for row in connection.execute(statement).mappings()]

    def save(self, entity: RemoteAe) -> bool:
        """Register an entity, or replace what was registered; return whether it is new."""
        row: dict[str, object] = {"host": entity.host, "port": entity.port, "tls": entity.tls}
        row["description"] = entity.description
        known = update(ae_table).where(ae_table.c.title == entity.aet).values(**row)
        with writing(self._engine) as connection:
            is_new = connection.execute(known).rowcount == 0
            if is_new:
                connection.execute(insert(ae_table).values(title=entity.aet, **row))
        return is_new

    def remove(self, aet: str) -> None:
        """Drop an entity, or raise `NotFound`."""
        statement = delete(ae_table).where(ae_table.c.title == aet)
        with writing(self._engine) as connection:
            removed = connection.execute(statement).rowcount
        if removed == 0:
            raise NotFound("no application entity of this title is registered")


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def _remote(row: RowMapping) -> RemoteAe:
    return RemoteAe(
        aet=row["title"],
        host=row["host"],
        port=row["port"],
        tls=row["tls"],
        description=row["description"],
    )


def _is_title(title: str) -> bool:
    # PS3.5 6.2, AE: 16 characters of the default repertoire, no backslash, no control.
    printable = all(" " <= char <= "~" and char != "\\" for char in title)
    return 0 < len(title) <= _LONGEST_TITLE and title == title.strip() and printable


def _require_title(title: str) -> None:
    if not _is_title(title):
        raise InvalidValue(f"an AE title has 1 to {_LONGEST_TITLE} ASCII characters, no backslash")
