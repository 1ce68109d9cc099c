"""Passwords that an account had, as their hashes, so that they do not come again at once."""

from sqlalchemy import Connection, Engine, delete, insert, select

from steckel.security.tables import account as accounts_table
from steckel.security.tables import past_password


def past_of(engine: Engine, account: str, most: int) -> list[str]:
    """Return the hashes of the last passwords of an account, the present one first.

    Parameters
    ----------
    most
        How many, the present one included.
    """
    table = past_password
    present = select(accounts_table.c.password_hash).where(accounts_table.c.name == account)
    past = select(table.c.password_hash).where(table.c.account == account)
    with engine.connect() as connection:
        found = list(connection.execute(present).scalars())
        newest = past.order_by(table.c.pk.desc()).limit(max(0, most - 1))
        return found + list(connection.execute(newest).scalars())


def keep_past(connection: Connection, account: str, now: float, most: int) -> None:
    """Keep the present password of an account as a past one, and no more than so many."""
    table = past_password
    present = select(accounts_table.c.password_hash).where(accounts_table.c.name == account)
    known = connection.execute(present).scalar_one()
    if known and most > 1:
        values = {"account": account, "password_hash": known, "replaced": now}
        connection.execute(insert(table).values(**values))
    newest = select(table.c.pk).where(table.c.account == account).order_by(table.c.pk.desc())
    kept = connection.execute(newest.limit(max(0, most - 1))).scalars().all()
    stale = delete(table).where(table.c.account == account, table.c.pk.not_in(kept))
    connection.execute(stale)
