import ssl
from collections.abc import Iterator
from datetime import UTC

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import insert
from tests.databases import database_server, engine, index, upgraded_database
from tests.integration.exchange.mllp_receiver import MllpReceiver
from tests.unit.exchange.outbound.doubles import form

from steckel.errors import StorageFailure
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.model import Address
from steckel.exchange.outbound.outbox import Outbox
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.exchange.schema import deliveries
from steckel.hl7.write import Party
from steckel.index.engine import writing
from steckel.security.outgoing import Dialler
from steckel.server.destinations import Lines, ProbeDesk
from steckel.server.outbound_metrics import OutboundMetrics

__all__ = ["database_server", "engine", "index", "upgraded_database"]


@pytest.fixture
def receiver() -> Iterator[MllpReceiver]:
    receiver = MllpReceiver()
    receiver.start()
    yield receiver
    receiver.kill()


def probes() -> ProbeDesk:
    lines = Lines(ssl.create_default_context, Dialler())
    return ProbeDesk(lines, lambda: Party(application="STECKEL"), UTC)


def answer(code: str, control_id: str) -> list[bytes]:
    return [f"MSH|^~\\&|R||S||2026||ACK|a|P|2.5.1\rMSA|{code}|{control_id}\r".encode()]


@pytest.mark.parametrize("code", ["AA", "AE", "AR"])
def test_whoever_acknowledges_a_test_message_speaks_hl7(receiver: MllpReceiver, code: str) -> None:
    receiver.answer = lambda control_id: answer(code, control_id)
    address = Address(host="127.0.0.1", port=receiver.port)
    result = probes().probe(address, Subscription())
    assert (result.ok, result.code) == (True, code)


def test_a_silent_peer_fails_and_says_so(receiver: MllpReceiver) -> None:
    receiver.answer = lambda _: []
    address = Address(host="127.0.0.1", port=receiver.port)
    result = probes().probe(address, Subscription(answer_seconds=1))
    assert not result.ok
    assert "did not acknowledge" in result.message


def test_nobody_there_is_an_answer_too(receiver: MllpReceiver) -> None:
    receiver.kill()
    result = probes().probe(Address(host="127.0.0.1", port=receiver.port), Subscription())
    assert not result.ok
    assert "cannot be reached" in result.message


def test_plain_where_tls_is_expected_is_said(receiver: MllpReceiver) -> None:
    address = Address(host="127.0.0.1", port=receiver.port, tls=True)
    result = probes().probe(address, Subscription(answer_seconds=1))
    assert not result.ok
    assert "cannot be reached" in result.message


@pytest.mark.parametrize("version", ["2.5", "2.5.1"])
def test_the_test_message_is_valid_and_about_nobody(version: str) -> None:
    sent = probes()._message(Subscription(version=version))
    judged = parse_message(sent.decode(), validation_level=VALIDATION_LEVEL.STRICT)
    assert judged.validate()
    assert judged.msh.msh_11.value == "D"
    assert b"PID" not in sent


def test_figures_are_by_destination(engine: object) -> None:
    desk = DestinationDesk(engine)  # type: ignore[arg-type]
    desk.add(form("RIS"), "admin", 1)
    desk.add(form("EMR"), "admin", 1)
    pk = desk.get("RIS")[0].pk
    with writing(engine) as connection:  # type: ignore[arg-type]
        for state in ("waiting", "waiting", "parked", "sent"):
            values = {"destination_pk": pk, "raw": b"MSH|", "state": state}
            connection.execute(insert(deliveries).values(values))
    Outbox(engine).begins_to_fail(pk, "refused", 5_000)  # type: ignore[arg-type]
    registry = CollectorRegistry()
    registry.register(OutboundMetrics(engine))  # type: ignore[arg-type]
    said = generate_latest(registry).decode()
    assert 'steckel_hl7_queue{destination="RIS",state="waiting"} 2.0' in said
    assert 'steckel_hl7_queue{destination="RIS",state="parked"} 1.0' in said
    assert 'steckel_hl7_queue{destination="EMR",state="waiting"} 0.0' in said
    assert 'steckel_hl7_destination_failing_since_seconds{destination="RIS"} 5.0' in said


def test_without_a_database_there_are_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise StorageFailure("the database does not answer")

    monkeypatch.setattr(DestinationDesk, "list", fail)
    assert list(OutboundMetrics(None).collect()) == []  # type: ignore[arg-type]
