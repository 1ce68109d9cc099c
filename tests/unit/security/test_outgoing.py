"""Connections go where they may, whatever an address is called."""

import socket
from collections.abc import Iterator

import pytest

from steckel.security.networks import networks_from
from steckel.security.outgoing import Dialler


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_what_is_no_system_of_a_hospital_is_not_called(address: str) -> None:
    assert not Dialler().may_call(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "203.0.113.7", "2001:db8::1", "fd12::1"],
)
def test_modalities_are_called(address: str) -> None:
    assert Dialler().may_call(address)


def test_exceptions_open_what_is_forbidden() -> None:
    dialler = Dialler(
        forbidden=networks_from(["0.0.0.0/0", "::/0"]), allowed=networks_from(["10.1.0.0/16"])
    )
    assert dialler.may_call("10.1.2.3")
    assert not dialler.may_call("10.2.2.3")
    assert not dialler.may_call("::1")


def test_a_connection_is_opened(port: int) -> None:
    with Dialler().connect("127.0.0.1", port, 5.0) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)


def _knowing(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Have names stand for addresses; return the names that are asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_for_a_forbidden_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    _knowing(monkeypatch, "127.0.0.1")
    dialler = Dialler(forbidden=networks_from(["127.0.0.0/8"]))
    with pytest.raises(PermissionError, match="forbidden"):
        dialler.connect("harmless.example", port, 5.0)


def test_of_several_addresses_those_are_called_that_may_be(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    asked = _knowing(monkeypatch, "169.254.169.254", "127.0.0.1")
    with Dialler().connect("mixed.example", port, 5.0) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"
    assert asked == ["mixed.example"]  # once: what was judged is what was called


def test_a_port_where_nobody_listens_is_no_forbidden_one(port: int) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            Dialler().connect("127.0.0.1", held.getsockname()[1], 5.0)
