"""Remote application entities: where C-MOVE sends to, and what those may do who call us.

The table is changed by other processes (``steckel ae add``) while this one
runs, and a change counts at once: nothing is remembered.
"""

from dataclasses import dataclass, replace
from typing import Final

import orjson
from sqlalchemy import Engine, RowMapping, delete, insert, select, update

from steckel.audit.acting import describe
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.networks import address_of, is_within, networks_from
from steckel.security.refusals import InvalidValue
from steckel.security.rights import ALL_RIGHTS, Right, rights_from
from steckel.security.sees import OWN, Sees, sees_from
from steckel.security.tables import ae as ae_table

_LONGEST_TITLE = 16
_LONGEST_HOST = 253
_HIGHEST_PORT = 65535
_LONGEST_DESCRIPTION = 256
_LONGEST_CERTIFICATE = 256

#: What an entity sees of which nothing else was said.
EVERYTHING: Final = Sees(everything=True, confidential=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteAe:
    """A remote application entity: where it listens, and what it may do when it calls."""

    aet: str
    host: str
    port: int
    tls: bool = False
    description: str = ""
    rights: frozenset[Right] = ALL_RIGHTS
    networks: tuple[str, ...] = ()  #: where it calls from; none: from anywhere
    sees: Sees = EVERYTHING
    certificate: str = ""  #: name or fingerprint (`security.certificates`) that it has to show

    def __post_init__(self) -> None:
        _require_title(self.aet)
        spaced = " " in self.host or not self.host.isprintable()
        if not 0 < len(self.host) <= _LONGEST_HOST or spaced:
            raise InvalidValue("a host is a name or an address without spaces")
        if len(self.description) > _LONGEST_DESCRIPTION or not self.description.isprintable():
            raise InvalidValue(f"a description has {_LONGEST_DESCRIPTION} printable characters")
        if not 1 <= self.port <= _HIGHEST_PORT:
            raise InvalidValue(f"a port is between 1 and {_HIGHEST_PORT}")
        networks_from(self.networks)
        if len(self.certificate) > _LONGEST_CERTIFICATE or not self.certificate.isprintable():
            raise InvalidValue("a certificate is its SHA-256 fingerprint, or a name that it has")
        if any(OWN in rule.values() or "assigned" in rule for rule in self.sees.rules):
            raise InvalidValue("an application entity has nothing of its own: name what it sees")

    def calls_from(self, address: str) -> bool:
        """Whether its calls may come from an address."""
        return not self.networks or is_within(address, networks_from(self.networks))


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What to say of the calls of an entity; what is ``None`` stays as it was."""

    rights: frozenset[Right] | None = None
    networks: tuple[str, ...] | None = None
    sees: Sees | None = None
    certificate: str | None = None

    def on(self, entity: RemoteAe, known: RemoteAe | None) -> RemoteAe:
        """Return an entity with these terms, and of what they leave out what was known of it."""
        had = known or entity
        return replace(
            entity,
            rights=had.rights if self.rights is None else self.rights,
            networks=had.networks if self.networks is None else self.networks,
            sees=had.sees if self.sees is None else self.sees,
            certificate=had.certificate if self.certificate is None else self.certificate,
        )


class PeerDirectory:
    """The remote application entities that this site knows. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
        row["rights"] = orjson.dumps(sorted(entity.rights)).decode()
        row["networks"] = orjson.dumps(entity.networks).decode()
        row["sees"], row["certificate"] = entity.sees.to_text(), entity.certificate
        describe(title=entity.aet, **row)
        known = update(ae_table).where(ae_table.c.title == entity.aet).values(**row)
        with writing(self._engine) as connection:
            is_new = connection.execute(known).rowcount == 0
            if is_new:
                connection.execute(insert(ae_table).values(title=entity.aet, **row))
        return is_new

    def register(self, entity: RemoteAe, terms: Terms) -> bool:
        """Save an entity with the terms of its calls; whether it is new.

        Who changes where it listens does not give it rights that somebody took from it.
        """
        return self.save(terms.on(entity, self.lookup(entity.aet)))

    def remove(self, aet: str) -> None:
        """Drop an entity, or raise `NotFound`."""
        statement = delete(ae_table).where(ae_table.c.title == aet)
        with writing(self._engine) as connection:
            removed = connection.execute(statement).rowcount
        if removed == 0:
            raise NotFound("no application entity of this title is registered")


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    parsed = address_of(address)
    return parsed is not None and parsed.is_loopback


def _remote(row: RowMapping) -> RemoteAe:
    return RemoteAe(
        aet=row["title"],
        host=row["host"],
        port=row["port"],
        tls=row["tls"],
        description=row["description"],
        rights=rights_from(orjson.loads(row["rights"])),
        networks=tuple(orjson.loads(row["networks"])),
        sees=sees_from(orjson.loads(row["sees"])),
        certificate=row["certificate"],
    )


def _is_title(title: str) -> bool:
    # PS3.5 6.2, AE: 16 characters of the default repertoire, no backslash, no control.
    printable = all(" " <= char <= "~" and char != "\\" for char in title)
    return 0 < len(title) <= _LONGEST_TITLE and title == title.strip() and printable


def _require_title(title: str) -> None:
    if not _is_title(title):
        raise InvalidValue(f"an AE title has 1 to {_LONGEST_TITLE} ASCII characters, no backslash")
