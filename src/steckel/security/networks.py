"""Addresses and networks, as people write them and as connections have them."""

import ipaddress
from collections.abc import Iterable

from steckel.security.refusals import InvalidValue

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MOST_NETWORKS = 100
#: IPv6 addresses in which an IPv4 address is what is really meant (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def networks_from(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks from texts such as ``10.1.0.0/16``; a single address is one too.

    Raises
    ------
    InvalidValue
        One of them is none.
    """
    texts = tuple(texts)
    if len(texts) > _MOST_NETWORKS:
        raise InvalidValue(f"at most {_MOST_NETWORKS} networks")
    try:
        return tuple(ipaddress.ip_network(text.strip()) for text in texts)
    except ValueError:
        raise InvalidValue(
            "a network is written as 10.1.0.0/16 (nothing after the prefix) or as an address"
        ) from None


def address_of(text: str) -> Address | None:
    """Return the address in a text, the IPv4 one where an IPv6 address only wraps it."""
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed
    if parsed in _TRANSLATED:
        return ipaddress.IPv4Address(parsed.packed[-4:])
    return parsed.ipv4_mapped or parsed.sixtofour or parsed


def is_within(text: str, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of some networks."""
    address = address_of(text)
    return address is not None and any(address in network for network in networks)
