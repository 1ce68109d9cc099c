from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.peers import PeerDirectory, RemoteAe, is_loopback
from steckel.security.refusals import InvalidValue
from steckel.security.rights import Right
from steckel.security.sees import sees_from
from steckel.security.tables import ae

MODALITY = RemoteAe(aet="CT1", host="192.0.2.7", port=104, description="room 1")


@pytest.fixture
def peers(engine: Engine) -> PeerDirectory:
    return PeerDirectory(engine)


def test_rights_ranges_view_and_certificate_are_kept(peers: PeerDirectory) -> None:
    seen = sees_from({"rules": [{"modalities": ["CT"]}]})
    entity = replace(
        MODALITY,
        rights=frozenset({Right.STORE}),
        networks=("192.0.2.0/24", "2001:db8::/32"),
        sees=seen,
        certificate="CN=ct1",
    )
    peers.save(entity)
    assert peers.lookup("CT1") == entity
    assert entity.calls_from("192.0.2.9")
    assert entity.calls_from("::ffff:192.0.2.9")
    assert not entity.calls_from("192.0.3.9")
    assert not entity.calls_from("nowhere")


def test_what_was_registered_before_there_were_rights_has_all(
    peers: PeerDirectory, engine: Engine
) -> None:
    with writing(engine) as connection:
        connection.execute(insert(ae).values(title="OLD", host="192.0.2.1", port=104))
    assert peers.lookup("OLD") == RemoteAe(aet="OLD", host="192.0.2.1", port=104)


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
        {"networks": ("10.1.0.7/16",)},
        {"networks": ("ten",)},
        {"certificate": "a\0"},
        {"sees": sees_from({"rules": [{"institutions": "own"}]})},
        {"sees": sees_from({"rules": [{"assigned": True}]})},
    ],
)
def test_an_entity_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    values = {"aet": "CT1", "host": "192.0.2.7", "port": 104} | wrong
    with pytest.raises(InvalidValue):
        RemoteAe(**values)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_has_several_addresses(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["192.0.2.7", "fe80::1%eth0", "", "host"])
def test_an_address_of_another_machine_is_not_this_machine(address: str) -> None:
    assert not is_loopback(address)


def test_an_address_that_is_none_is_not_this_machine() -> None:
    assert not is_loopback("localhost.example")
