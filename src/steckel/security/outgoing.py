"""Connections to addresses that a person has chosen: application entities, destinations.

The rule: a name is looked up once, and what is called is one of the addresses that were looked
at. Otherwise a name could be harmless when it is judged and another when it is called, and this
server would ask, for whoever can enter an address, what only it can reach.
"""

import errno
import socket
import ssl
from dataclasses import dataclass
from typing import Final, Protocol

from steckel.security.networks import Network, is_within, networks_from

#: Where no system of a hospital listens, but services of the machine and of its cloud do:
#: "this host", link-local (with the metadata of clouds), multicast, reserved, and what
#: some clouds have beside these for metadata. Loopback and private networks are where others are.
FORBIDDEN: Final = (
    "0.0.0.0/8",
    "169.254.0.0/16",
    "100.100.100.200/32",
    "192.0.0.192/32",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "fe80::/10",
    "fd00:ec2::254/128",
    "ff00::/8",
)


class Tls(Protocol):
    """Secures connections; `ssl.SSLContext` is one."""

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        *,
        server_hostname: str | None = None,
    ) -> ssl.SSLSocket:
        """Do the TLS handshake."""


@dataclass(frozen=True, kw_only=True)
class Dialler:
    """Opens connections to where they may go. Thread-safe; blocking."""

    forbidden: tuple[Network, ...] = networks_from(FORBIDDEN)
    allowed: tuple[Network, ...] = ()  #: of those that are forbidden, these all the same

    def may_call(self, address: str) -> bool:
        """Whether connections may go to an address."""
        return is_within(address, self.allowed) or not is_within(address, self.forbidden)

    def connect(self, host: str, port: int, seconds: float) -> socket.socket:
        """Return a connection; `seconds` is the time for each address that a name has.

        Raises
        ------
        OSError
            There is none; PermissionError where the name has forbidden addresses only.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        failure: OSError = PermissionError(
            errno.EACCES, "connections to this address are forbidden here"
        )
        for family, kind, protocol, _, where in found:
            if not self.may_call(str(where[0])):
                continue
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(seconds)
                connection.connect(where)
            except OSError as problem:
                connection.close()
                failure = problem
            else:
                return connection
        raise failure
