"""Opens what the commands about accounts, application entities and destinations work on.

The server may run meanwhile. What is opened is imported then: most commands need none of it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from steckel.server.cli_destinations import OpenDesk, OutboundDesk
from steckel.server.cli_terminal import AccountsDesk, OpenAccounts
from steckel.server.settings import Settings

if TYPE_CHECKING:
    from steckel.server.wiring import House


def desk_opener(settings_from: Callable[[], Settings]) -> OpenAccounts:
    """Return a function that opens the desk."""

    @contextmanager
    def open_desk() -> Iterator[AccountsDesk]:
        from steckel.server.echo_desk import echo_desk  # noqa: PLC0415
        from steckel.server.recording import recorded_command  # noqa: PLC0415

        with _open_house(settings_from()) as house:
            _ensure_first_account(house)
            with recorded_command(house.recorder):
                yield AccountsDesk(security=house.security, echo=echo_desk(house.settings))

    return open_desk


def house_opener(
    settings_from: Callable[[], Settings],
) -> "Callable[[], AbstractContextManager[House]]":
    """Return a function that opens the house for a command that needs several rooms."""
    return lambda: _open_house(settings_from())


def outbound_opener(settings_from: Callable[[], Settings]) -> OpenDesk:
    """Return a function that opens what ``steckel destination`` works on."""

    @contextmanager
    def open_desk() -> Iterator[OutboundDesk]:
        from steckel.exchange.outbound.desk import DestinationDesk  # noqa: PLC0415
        from steckel.server.messages import MessageRooms  # noqa: PLC0415
        from steckel.server.recording import recorded_command  # noqa: PLC0415

        with _open_house(settings_from()) as house, recorded_command(house.recorder):
            yield OutboundDesk(
                destinations=DestinationDesk(house.engine),
                probes=MessageRooms(house.settings, house.engine).probes,
            )

    return open_desk


@contextmanager
def _open_house(settings: Settings) -> "Iterator[House]":
    from steckel.server.logs import configure_command_logs  # noqa: PLC0415
    from steckel.server.preparing import prepare_database  # noqa: PLC0415
    from steckel.server.wiring import House  # noqa: PLC0415

    configure_command_logs(settings.log_level)
    house = House(settings)
    try:
        prepare_database(house)
        yield house
    finally:
        house.close()


def _ensure_first_account(house: "House") -> None:
    """Make `admin` with the chosen password, so that tokens can be made before the first start."""
    from steckel.security.accounts import ensure_admin  # noqa: PLC0415

    if house.settings.admin_password:
        ensure_admin(house.security.accounts, house.settings.admin_password)
