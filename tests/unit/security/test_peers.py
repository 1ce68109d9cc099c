from typing import Any

import pytest
from sqlalchemy import Engine

from steckel.errors import NotFound
from steckel.security.peers import PeerDirectory, RemoteAe, is_loopback
from steckel.security.refusals import InvalidValue

MODALITY = RemoteAe(aet="CT1", host="192.0.2.7", port=104, description="room 1")


@pytest.fixture
def peers(engine: Engine) -> PeerDirectory:
    return PeerDirectory(engine)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_anybody_on_this_machine_may_call(peers: PeerDirectory, address: str) -> None:
    assert peers.is_allowed("ANY", address)


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "fe80::1%eth0", "", "host"])
def test_from_elsewhere_a_title_has_to_be_registered(peers: PeerDirectory, address: str) -> None:
    assert not peers.is_allowed("CT1", address)
    peers.save(MODALITY)
    assert peers.is_allowed("CT1", address)
    assert peers.is_allowed("CT1 ", address)
    assert not peers.is_allowed("ct1", address)


def test_what_another_process_registers_counts_at_once(
    peers: PeerDirectory, engine: Engine
) -> None:
    assert peers.lookup("CT1") is None
    PeerDirectory(engine).save(MODALITY)
    assert peers.lookup("CT1") == MODALITY
    PeerDirectory(engine).remove("CT1")
    assert peers.lookup("CT1") is None


@pytest.mark.parametrize("title", ["", "A\0B", "A\\B", "S" * 17])
def test_what_is_no_title_is_nobody_s(peers: PeerDirectory, title: str) -> None:
    assert peers.lookup(title) is None


def test_what_this_process_registers_counts_at_once(peers: PeerDirectory) -> None:
    assert peers.lookup("CT1") is None
    peers.save(MODALITY)
    assert peers.lookup("CT1") == MODALITY
    peers.remove("CT1")
    assert peers.lookup("CT1") is None


def test_a_title_is_registered_once_and_then_replaced(peers: PeerDirectory) -> None:
    assert peers.save(MODALITY)
    moved = RemoteAe(aet="CT1", host="192.0.2.8", port=11112, tls=True)
    assert not peers.save(moved)
    assert peers.list() == [moved]


def test_an_unknown_title_cannot_be_removed(peers: PeerDirectory) -> None:
    with pytest.raises(NotFound):
        peers.remove("CT1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"aet": ""},
        {"aet": "SEVENTEEN_LETTERS"},
        {"aet": "A\\B"},
        {"aet": " A"},
        {"aet": "É"},
        {"host": ""},
        {"host": "a b"},
        {"host": "a\0"},
        {"description": "a\0"},
        {"port": 0},
        {"port": 65536},
    ],
)
def test_an_entity_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    values = {"aet": "CT1", "host": "192.0.2.7", "port": 104} | wrong
    with pytest.raises(InvalidValue):
        RemoteAe(**values)


def test_an_address_that_is_none_is_not_this_machine() -> None:
    assert not is_loopback("localhost.example")
