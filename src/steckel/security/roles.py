"""Roles: named sets of actions, and what is seen. Data, which an administrator changes.

The rule: there is always the role ``admin``, which may do and see everything; it cannot be
changed or removed, and a role that an account has cannot be removed either.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import Engine, RowMapping, delete, func, insert, select, update

from steckel.audit.acting import describe
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security import founding
from steckel.security.decisions import ALL_ACTIONS, Action
from steckel.security.refusals import InvalidValue
from steckel.security.sees import Sees, sees_from
from steckel.security.tables import account as accounts_table
from steckel.security.tables import role as roles_table

ADMIN: Final = founding.ADMIN
USER: Final = founding.USER

_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
_LONGEST_TITLE = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """What accounts of a kind may do and see."""

    name: str
    title: str
    actions: frozenset[str]
    sees: Sees
    needs_second_factor: bool = False  #: set by `require_second_factor` alone


#: What an account has whose role is not there: nothing.
NO_ROLE: Final = Role(name="", title="", actions=frozenset(), sees=Sees())


class Roles:
    """The roles of a site. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self) -> list[Role]:
        """Return all roles by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(roles_table).order_by(roles_table.c.name)).mappings()
            return [_role(row) for row in rows]

    def find(self, name: str) -> Role:
        """Return a role; one without any right if it is not there."""
        statement = select(roles_table).where(roles_table.c.name == name)
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        return NO_ROLE if row is None else _role(row)

    def save(self, role: Role) -> bool:
        """Make a role, or change it; return whether it is new.

        Raises
        ------
        InvalidValue
            A value cannot be taken, or the role is ``admin``.
        """
        _require_valid(role)
        values = {
            "title": " ".join(role.title.split()),
            "actions": orjson.dumps(sorted(role.actions)).decode(),
            "sees": role.sees.to_text(),
        }
        describe(name=role.name, **values)
        known = update(roles_table).where(roles_table.c.name == role.name).values(**values)
        with writing(self._engine) as connection:
            is_new = connection.execute(known).rowcount == 0
            if is_new:
                connection.execute(insert(roles_table).values(name=role.name, **values))
        return is_new

    def require_second_factor(self, names: Collection[str]) -> None:
        """Ask a second factor of those who have one of these roles, and of nobody else.

        Raises
        ------
        InvalidValue
            There is no role of such a name.
        """
        table = roles_table
        with writing(self._engine) as connection:
            known = set(connection.execute(select(table.c.name)).scalars())
            for name in names:
                if name not in known:
                    raise InvalidValue(f"there is no role {name!r}")
            statement = update(table)
            connection.execute(statement.values(needs_second_factor=table.c.name.in_(names)))

    def remove(self, name: str) -> None:
        """Remove a role.

        Raises
        ------
        NotFound
            There is none of this name.
        InvalidValue
            Accounts have it, or it is ``admin``.
        """
        if name == ADMIN:
            raise InvalidValue("the role admin stays")
        holders = select(func.count()).where(accounts_table.c.role == name)
        with writing(self._engine) as connection:
            if connection.execute(holders).scalar_one():
                raise InvalidValue("accounts have this role: give them another first")
            gone = connection.execute(delete(roles_table).where(roles_table.c.name == name))
        if gone.rowcount == 0:
            raise NotFound("there is no such role")


def actions_from(names: Iterable[str]) -> frozenset[str]:
    """Return actions by their names, or raise `InvalidValue`."""
    found = frozenset(names)
    unknown = found - ALL_ACTIONS
    if unknown:
        raise InvalidValue(f"there is no action {min(unknown)!r}; there are: {', '.join(Action)}")
    return found


def _require_valid(role: Role) -> None:
    if role.name == ADMIN:
        raise InvalidValue("the role admin may do everything, and stays as it is")
    if not _NAME.fullmatch(role.name):
        raise InvalidValue("a role's name has up to 16 small letters, digits and hyphens")
    if len(role.title) > _LONGEST_TITLE or not role.title.isprintable():
        raise InvalidValue(f"a title has at most {_LONGEST_TITLE} printable characters")
    actions_from(role.actions)


def _role(row: RowMapping) -> Role:
    actions = frozenset(orjson.loads(row["actions"]))
    if row["name"] == ADMIN:
        return Role(
            name=ADMIN,
            title=row["title"],
            actions=ALL_ACTIONS,
            sees=Sees(everything=True, confidential=True),
            needs_second_factor=row["needs_second_factor"],
        )
    return Role(
        name=row["name"],
        title=row["title"],
        actions=actions & ALL_ACTIONS,
        sees=sees_from(orjson.loads(row["sees"])),
        needs_second_factor=row["needs_second_factor"],
    )
