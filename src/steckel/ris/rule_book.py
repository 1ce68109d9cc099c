"""The rules of a site, in the order in which they are tried."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy import delete as sql_delete

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.ris import clock
from steckel.ris.matching_rules import Rule, read_rule
from steckel.ris.schema import matching_rules


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRule:
    """A rule with its place."""

    pk: int
    position: int
    enabled: bool
    rule: Rule
    changed: int  #: milliseconds since 1970
    by: str


class RuleBook:
    """Keeps rules. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rules(self) -> list[KeptRule]:
        """Return all of them."""
        with self._engine.connect() as connection:
            return read_rules(connection)

    def add(self, rule: Rule, position: int | None, *, enabled: bool, by: str) -> KeptRule:
        """Add a rule, as the last one unless it is given a place."""
        with writing(self._engine, durable=True) as connection:
            last = connection.execute(select(func.max(matching_rules.c.position))).scalar() or 0
            values = _values(rule, position or last + 1, enabled=enabled, by=by)
            added = insert(matching_rules).values(**values).returning(matching_rules.c.pk)
            pk = connection.execute(added).scalar_one()
            return _kept(connection, pk)

    def replace(
        self, pk: int, rule: Rule, position: int | None, *, enabled: bool, by: str
    ) -> KeptRule:
        """Put another rule in the place of one.

        Raises
        ------
        NotFound
            There is none with this number.
        """
        with writing(self._engine, durable=True) as connection:
            held = _kept(connection, pk)
            values = _values(rule, position or held.position, enabled=enabled, by=by)
            connection.execute(
                update(matching_rules).where(matching_rules.c.pk == pk).values(**values)
            )
            return _kept(connection, pk)

    def remove(self, pk: int) -> None:
        """Remove a rule; what it put right stays.

        Raises
        ------
        NotFound
            There is none with this number.
        """
        with writing(self._engine, durable=True) as connection:
            _kept(connection, pk)
            connection.execute(sql_delete(matching_rules).where(matching_rules.c.pk == pk))


def read_rules(connection: Connection) -> list[KeptRule]:
    """Return all rules, in their order."""
    statement = select(matching_rules).order_by(matching_rules.c.position, matching_rules.c.pk)
    return [
        KeptRule(
            pk=row.pk,
            position=row.position,
            enabled=row.enabled,
            rule=read_rule(row.name, row.body),
            changed=row.changed,
            by=row.by,
        )
        for row in connection.execute(statement)
    ]


def _kept(connection: Connection, pk: int) -> KeptRule:
    found = [one for one in read_rules(connection) if one.pk == pk]
    if not found:
        raise NotFound("there is no such rule")
    return found[0]


def _values(rule: Rule, position: int, *, enabled: bool, by: str) -> dict[str, object]:
    return {
        "name": rule.name,
        "position": position,
        "enabled": enabled,
        "body": rule.body,
        "changed": clock.now(),
        "by": by,
    }
