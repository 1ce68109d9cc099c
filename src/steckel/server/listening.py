"""The socket of a listener, and what is said when it cannot be opened."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from steckel.errors import SettingsError
from steckel.server.setting_values import Address

_BACKLOG = 2048


def listen(key: str, address: Address) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    SettingsError
        The address is not free, or not one of this machine.
    """
    with naming(key, address):
        family, kind, protocol, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
    return listener


@contextmanager
def naming(keys: str, *addresses: Address | None) -> Iterator[None]:
    """Name the settings when the operating system refuses their addresses."""
    try:
        yield
    except OSError as problem:
        shown = ", ".join(str(address) for address in addresses if address is not None)
        raise SettingsError(
            f"{keys} = {shown}: cannot listen there ({problem.strerror or problem}); "
            "allowed: an address of this machine with a port that no other program uses"
        ) from problem
