"""What is done once before a node serves: folders, schema, first account, recovery."""

from dataclasses import dataclass

from steckel.archive.disk import translate_errors
from steckel.index.upgrade import upgrade
from steckel.security.accounts import ensure_admin
from steckel.server.wiring import House


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What came of it."""

    password: str | None  #: of the account `admin`, when it was made now and not chosen
    recovered: int  #: containers that a crash had left open


def prepare_database(house: House) -> None:
    """Make the folders, and bring the schema up to date."""
    with translate_errors():
        house.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        house.layout.create()
    upgrade(house.engine)


def prepare(house: House) -> Prepared:
    """Prepare a node; safe to do in several processes, one after another.

    Raises
    ------
    SteckelError
        It cannot serve; the message says why.
    """
    prepare_database(house)
    chosen = house.settings.admin_password or None
    password = ensure_admin(house.security.accounts, chosen)
    recovered = house.recovery.run()
    house.erasure.run()
    return Prepared(password=password, recovered=recovered)
