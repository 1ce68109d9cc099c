"""Destinations and deliveries, as everybody sees them."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from steckel.exchange.outbound.subscriptions import Subscription
from steckel.security.refusals import InvalidValue

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?\Z")
_LABEL: Final = r"[A-Za-z0-9_-]{1,63}"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?\Z")
_LONGEST_HOST: Final = 253
_DIGITS: Final = re.compile(r"[0-9.]+\Z")
_HIGHEST_PORT: Final = 65535


class DeliveryState(StrEnum):
    """Where a message is on its way out."""

    WAITING = "waiting"
    SENT = "sent"
    PARKED = "parked"  #: it was passed over: a person decides
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a destination listens."""

    host: str
    port: int
    tls: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.port <= _HIGHEST_PORT:
            raise InvalidValue(f"a port is between 1 and {_HIGHEST_PORT}")
        _require_host(self.host)


@dataclass(frozen=True, kw_only=True, slots=True)
class DestinationForm:
    """What a person says of a destination."""

    name: str
    address: Address
    subscription: Subscription = field(default_factory=Subscription)

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise InvalidValue(
                "a destination's name has 1 to 64 letters, digits, '.', '_' and '-', and begins "
                "and ends with a letter or digit"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A destination as it is kept; times in milliseconds since 1970, zero where there is none."""

    pk: int
    name: str
    address: Address
    subscription: Subscription
    is_paused: bool
    failing_since: int
    problem: str  #: for a person
    changed: int
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueLength:
    """How many messages of a destination wait, and how many a person has to look at.

    Counting stops at `outbound.desk.COUNTED`.
    """

    waiting: int
    parked: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A message in a queue, without its bytes; times in milliseconds since 1970."""

    pk: int
    destination: str
    type: str
    control_id: str
    patient_id: str
    accession: str
    state: DeliveryState
    attempts: int
    refusals: int
    next_attempt: int
    created: int
    sent: int
    reason: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """What came of a test of a connection."""

    ok: bool
    milliseconds: float
    message: str = ""  #: for a person
    code: str = ""  #: MSA-1 of the answer


def _require_host(host: str) -> None:
    """Refuse what can be nobody's address.

    Raises
    ------
    InvalidValue
        It is no name and no address, or one that nobody listens on.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if len(host) > _LONGEST_HOST or _DIGITS.match(host) or not _HOST.match(host):
            raise InvalidValue(
                "a host is a name or an address, without port, path or spaces"
            ) from None
        return
    is_no_host = address.version == 4 and address.is_reserved  # 240.0.0.0/4, broadcast
    if address.is_unspecified or address.is_multicast or is_no_host:
        raise InvalidValue("this is the address of no single machine")
