"""Opens what the commands about accounts, application entities and destinations work on.

The server may run meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from steckel.exchange.outbound.desk import DestinationDesk
from steckel.security.accounts import ensure_admin
from steckel.server.cli_accounts import AccountsDesk, OpenAccounts
from steckel.server.cli_destinations import OpenDesk, OutboundDesk
from steckel.server.desks import EchoDesk
from steckel.server.logs import configure_command_logs
from steckel.server.messages import MessageRooms
from steckel.server.preparing import prepare_database
from steckel.server.settings import Settings
from steckel.server.tls import dicom_client_context
from steckel.server.wiring import House


def desk_opener(settings_from: Callable[[], Settings]) -> OpenAccounts:
    """Return a function that opens the desk."""

    @contextmanager
    def open_desk() -> Iterator[AccountsDesk]:
        settings = settings_from()
        configure_command_logs(settings.log_level)
        house = House(settings)
        try:
            prepare_database(house)
            _ensure_first_account(house)
            tls = dicom_client_context(house.settings)
            yield AccountsDesk(security=house.security, echo=EchoDesk(house.settings.aet, tls))
        finally:
            house.close()

    return open_desk


def outbound_opener(settings_from: Callable[[], Settings]) -> OpenDesk:
    """Return a function that opens what ``steckel destination`` works on."""

    @contextmanager
    def open_desk() -> Iterator[OutboundDesk]:
        settings = settings_from()
        configure_command_logs(settings.log_level)
        house = House(settings)
        try:
            prepare_database(house)
            yield OutboundDesk(
                destinations=DestinationDesk(house.engine),
                probes=MessageRooms(settings, house.engine).probes,
            )
        finally:
            house.close()

    return open_desk


def _ensure_first_account(house: House) -> None:
    """Make `admin` with the chosen password, so that tokens can be made before the first start."""
    if house.settings.admin_password:
        ensure_admin(house.security.accounts, house.settings.admin_password)
