"""The audit trail goes to a collector over TLS, from where it was, whatever happens between."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine
from tests.unit.audit.audit_schema import check
from tests.unit.audit.happenings import looked_at

from steckel.audit.ledger import Ledger
from steckel.audit.message import Origin
from steckel.audit.outgoing import Outgoing
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade
from steckel.server.setting_values import Address
from steckel.server.syslog_sending import Collector, SyslogSending


class Siem:
    """Listens for syslog over TLS; takes connections one after another."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.messages: list[bytes] = []
        self.got = threading.Condition()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._open: list[ssl.SSLSocket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            try:
                connection = self._context.wrap_socket(plain, server_side=True)
            except OSError:
                plain.close()
                continue
            self._open.append(connection)
            self._read(connection)

    def _read(self, connection: ssl.SSLSocket) -> None:
        buffer = b""
        while True:
            try:
                piece = connection.recv(65536)
            except OSError:
                piece = b""
            if not piece:
                connection.close()
                return
            buffer += piece
            while b" " in buffer:
                length, _, rest = buffer.partition(b" ")
                if len(rest) < int(length):
                    break
                with self.got:
                    self.messages.append(rest[: int(length)])
                    self.got.notify_all()
                buffer = rest[int(length) :]

    def await_messages(self, count: int) -> list[bytes]:
        with self.got:
            assert self.got.wait_for(lambda: len(self.messages) >= count, 20.0)
            return list(self.messages)

    def close(self) -> None:
        # A listener that is only closed would wake nobody who waits in `accept`.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(10.0)


def make_certificate(folder: Path, name: str = "localhost") -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'audit.sqlite'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def siem(tmp_path: Path) -> Iterator[Siem]:
    make_certificate(tmp_path)
    siem = Siem(tmp_path)
    yield siem
    siem.close()


def sending_to(engine: Engine, folder: Path, port: int) -> SyslogSending:
    context = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    collector = Collector(
        address=Address("localhost", port),
        context=lambda: context,
        origin=Origin(source="STECKEL", site="Ward"),
    )
    return SyslogSending(Outgoing(engine), collector)


def test_every_event_arrives_once_in_the_order_of_its_chain(
    engine: Engine, siem: Siem, tmp_path: Path
) -> None:
    for _ in range(2):
        Ledger(engine, "web").write([looked_at(f"1.2.{at}", at=at) for at in range(5)])
    sending = sending_to(engine, tmp_path, siem.port)
    assert sending.send_some() == 10
    assert sending.send_some() == 0
    messages = siem.await_messages(10)
    assert len(messages) == 10
    for message in messages:
        assert b" DICOM+RFC3881 - \xef\xbb\xbf<?xml" in message
        check(fromstring(message.partition(b"\xef\xbb\xbf")[2]))
    assert [b'"1.2.%d"' % (at % 5) in one for at, one in enumerate(messages)] == [True] * 10
    (state,) = Outgoing(engine).states([f"syslog localhost:{siem.port}"])
    assert (state.waiting, state.reason) == (0, "")
    assert state.sent > 0
    sending._close()


def test_after_a_break_nothing_is_missing(engine: Engine, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    first = Siem(tmp_path)
    ledger = Ledger(engine, "web")
    ledger.write([looked_at("1.2.1")])
    sending = sending_to(engine, tmp_path, first.port)
    assert sending.send_some() == 1
    first.await_messages(1)
    first.close()
    ledger.write([looked_at("1.2.2")])
    with pytest.raises(OSError):  # noqa: PT011 - whichever of them the system gives
        sending.send_some()
    second = Siem(tmp_path, first.port)
    assert sending.send_some() == 1
    (message,) = second.await_messages(1)
    assert b'"1.2.2"' in message
    sending._close()
    second.close()


def test_the_thread_tries_again_and_says_why_it_failed(engine: Engine, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    Ledger(engine, "web").write([looked_at()])
    sending = sending_to(engine, tmp_path, port)
    outgoing = Outgoing(engine)
    sending.start()
    pause = threading.Event()
    for _ in range(1000):
        (state,) = outgoing.states([f"syslog localhost:{port}"])
        if state.failed:
            break
        pause.wait(0.01)
    assert (state.waiting, state.failed > 0, bool(state.reason)) == (1, True, True)
    siem = Siem(tmp_path, port)
    siem.await_messages(1)
    sending.stop()
    siem.close()


def test_a_collector_that_is_not_who_it_should_be_gets_nothing(
    engine: Engine, siem: Siem, tmp_path: Path
) -> None:
    Ledger(engine, "web").write([looked_at()])
    sending = sending_to(engine, tmp_path, siem.port)
    make_certificate(tmp_path)  # another authority
    stranger = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    sending._collector.__dict__["context"] = lambda: stranger
    with pytest.raises(ssl.SSLCertVerificationError):
        sending.send_some()
    assert siem.messages == []
