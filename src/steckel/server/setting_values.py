"""What values settings may have: a parser for each kind.

A parser raises ``ValueError`` with what is allowed, in plain words.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from steckel.ingest.policy import OnConflict

#: Instead of a list: nothing of it.
OFF = "off"
_LONGEST_HL7_NAME = 180

_PASSWORD_IN_URL = re.compile(r"(//[^/@:]*:)[^@]*@")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a listener listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


def parse_address(text: str) -> Address:
    """Return the address of a listener."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("HOST:PORT, such as 127.0.0.1:8080, with a port from 1 to 65535")
    return Address(host.strip("[]") or "0.0.0.0", int(port))  # noqa: S104 - asked for


def parse_addresses(text: str) -> str:
    """Return addresses that we call, with commas between them."""
    return ",".join(str(parse_address(part.strip())) for part in text.split(","))


def parse_networks(text: str) -> str:
    """Return addresses and networks, with commas between them."""
    try:
        networks = [ipaddress.ip_network(part.strip()) for part in text.split(",")]
    except ValueError:
        raise ValueError(
            "addresses or networks with commas between them, such as 127.0.0.1, 10.1.0.0/16"
        ) from None
    return ",".join(map(str, networks))


def parse_aet(text: str) -> str:
    """Return an AE title (PS3.5 6.2)."""
    text = text.strip()  # spaces around it mean nothing (PS3.5 6.2)
    if not 0 < len(text) <= 16 or "\\" in text or not text.isprintable() or not text.isascii():
        raise ValueError("an AE title: 1 to 16 characters of ASCII, without backslash")
    return text


def parse_path(text: str) -> Path:
    """Return an absolute path."""
    return Path(text).expanduser().absolute()


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a parser that takes one of some words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(", ".join(allowed))
        return text

    return parse


def number(low: float, high: float) -> Callable[[str], float]:
    """Return a parser of numbers in a range."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return value

    return parse


def count(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers in a range."""

    def parse(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def parse_flag(text: str) -> bool:
    """Return a yes or no."""
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise ValueError("true or false")
    return words[text.lower()]


def parse_hl7_name(text: str) -> str:
    """Return the name of an application or facility (HL7 v2.5.1 2.15.9.3)."""
    if len(text) <= _LONGEST_HL7_NAME and text.isprintable():
        return text.strip()
    raise ValueError(f"up to {_LONGEST_HL7_NAME} printable characters")


def parse_modalities(text: str) -> str:
    """Return modalities with commas between them, or that there are to be none."""
    found = [part.strip() for part in text.split(",")]
    if text.strip() == OFF or all(re.fullmatch(r"[A-Z0-9_]{2,16}", part) for part in found):
        return ",".join(found)
    raise ValueError(f"modalities with commas between them, such as CT,MR; or {OFF}")


def parse_on_conflict(text: str) -> OnConflict:
    """Return a policy for second versions."""
    try:
        return OnConflict(text)
    except ValueError:
        raise ValueError(", ".join(OnConflict)) from None


def parse_database(text: str) -> str:
    """Return the URL of a database that is supported."""
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("sqlite:///PATH or postgresql://USER@HOST/NAME")
    return text


def parse_store(text: str) -> str:
    """Return the URL of a store that is supported."""
    if not text.startswith("file:///"):
        raise ValueError("file:///PATH (object storage is not in this version)")
    return text


def shown(key: str, text: str) -> str:
    """Return a value as it may stand in a message."""
    if "password" in key:
        return "…"
    return repr(_PASSWORD_IN_URL.sub(r"\1…@", text)[:200])
