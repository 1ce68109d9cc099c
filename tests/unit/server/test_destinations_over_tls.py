"""Messages go out over TLS to who shows a certificate that we believe, and show ours."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.unit.mllp.running import Running, Taking, running

from steckel.exchange.model import Origin
from steckel.exchange.outbound.model import Address
from steckel.hl7.message import Message
from steckel.mllp.ports import Answer, Later
from steckel.mllp.sender import CannotSend
from steckel.security.outgoing import Dialler
from steckel.server.destinations import Lines
from steckel.server.settings import Settings
from steckel.server.tls import hl7_client_tls

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")

_MESSAGE = b"MSH|^~\\&|A|B|C|D|20260101||ADT^A08|M%d|P|2.5\rPID|1\r"

Pair = tuple[Path, Path]


class Accepting(Taking):
    """Acknowledges each message."""

    def receive(self, raw: bytes, origin: Origin, answer: Answer, later: Later) -> None:
        del later
        self.received.append((raw, origin))
        control_id = Message.parse(raw).control_id
        answer(f"MSH|^~\\&|C|D|A|B|2026||ACK|X|P|2.5\rMSA|AA|{control_id}\r".encode())


def _certificate(folder: Path, name: str, issuer: Pair | None) -> Pair:
    """Make a certificate and its key, signed by an authority or by itself."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={name}", "-out", str(certificate), "-keyout", str(key)]
    if issuer is not None:
        command += ["-CA", str(issuer[0]), "-CAkey", str(issuer[1])]
        command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key


class Site:
    """A hospital's authority with a certificate of each system, and one that nobody knows."""

    def __init__(self, folder: Path) -> None:
        self.authority = _certificate(folder, "authority", None)
        self.ours = _certificate(folder, "steckel", self.authority)
        self.theirs = _certificate(folder, "emr", self.authority)
        self.foreign = _certificate(folder, "stranger", None)

    @contextmanager
    def receiver(self, shows: Pair) -> Iterator[tuple[Accepting, Running]]:
        """Run a system that asks for a certificate of the authority."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.authority[0]))
        context.load_cert_chain(*shows)
        context.verify_mode = ssl.CERT_REQUIRED
        accepting = Accepting()
        with running(accepting, context=context) as server:
            yield accepting, server

    def lines(self, shows: Pair | None, believes: Pair | None) -> Lines:
        certificate, key = shows or (None, None)
        settings = Settings(
            hl7_tls_cert=certificate,
            hl7_tls_key=key,
            hl7_tls_ca=believes[0] if believes else None,
        )
        return Lines(lambda: hl7_client_tls(settings), Dialler())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site"))


def _address(server: Running) -> Address:
    return Address(host="127.0.0.1", port=server.tls_port or 0, tls=True)


def test_messages_reach_a_system_of_the_same_authority_which_knows_who_sends(site: Site) -> None:
    with (
        site.receiver(site.theirs) as (accepting, server),
        closing(site.lines(site.ours, site.authority).open(_address(server), 20)) as line,
    ):
        codes = [line.send(_MESSAGE % number).code for number in range(2)]
    assert codes == ["AA", "AA"]
    assert [raw for raw, _ in accepting.received] == [_MESSAGE % 0, _MESSAGE % 1]
    assert [(one.door, one.certificate) for _, one in accepting.received] == [
        ("mllp-tls", "CN=steckel")
    ] * 2


def test_a_connection_over_tls_is_open_as_long_as_the_other_side_leaves_it(site: Site) -> None:
    with (
        site.receiver(site.theirs) as (_, server),
        closing(site.lines(site.ours, site.authority).open(_address(server), 20)) as line,
    ):
        line.send(_MESSAGE % 1)
        assert line.is_open
        server.call(lambda: [one.end() for one in list(server.listener._connections)])
        with pytest.raises(CannotSend):
            line.send(_MESSAGE % 2)


@pytest.mark.parametrize("believed", ["authority", "system"])
def test_nothing_is_sent_to_who_shows_a_certificate_that_we_do_not_believe(
    site: Site, believed: str
) -> None:
    shown, authority = {
        "authority": (site.foreign, site.authority),
        "system": (site.theirs, None),  # the authorities of the system know neither
    }[believed]
    with (
        site.receiver(shown) as (accepting, server),
        pytest.raises(CannotSend, match="cannot be reached"),
    ):
        site.lines(site.ours, authority).open(_address(server), 20)
    assert accepting.received == []


@pytest.mark.parametrize("shown", ["nothing", "foreign"])
def test_who_asks_for_our_certificate_takes_nothing_without_one_that_it_believes(
    site: Site, shown: str
) -> None:
    with site.receiver(site.theirs) as (accepting, server):
        lines = site.lines(site.foreign if shown == "foreign" else None, site.authority)
        # In TLS 1.3 the other side says no when we believe to be connected already.
        with pytest.raises(CannotSend), closing(lines.open(_address(server), 20)) as line:
            line.send(_MESSAGE % 1)
    assert accepting.received == []
