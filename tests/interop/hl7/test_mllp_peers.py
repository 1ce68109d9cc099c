"""Other programs send to our listener, and read what it answers."""

import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.exchange.doubles import make_reader, raw_message, states
from tests.unit.mllp.running import frame, read_frames, running

from steckel.exchange.answers import Answers
from steckel.exchange.intake import Intake
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.reception import Reception
from steckel.hl7.write import Party
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade
from steckel.mllp.sender import CannotSend, Destination, Sender

pytestmark = pytest.mark.interop

_SEND = Path(sys.executable).with_name("mllp_send")


class Front:
    """A reception over a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'index.sqlite3'}")
        upgrade(self.engine)
        self.intake = Intake(self.engine)
        self.intake.start()
        answers = Answers(Party(application="STECKEL", facility="WARD"), lambda: datetime.now(UTC))
        self.reception = Reception(make_reader(), self.intake, answers, Outcomes(self.engine))

    def close(self) -> None:
        self.intake.stop()
        self.engine.dispose()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path)
    yield front
    front.close()


@pytest.mark.skipif(not _SEND.exists(), reason="mllp_send (python-hl7) is not installed")
def test_mllp_send_reads_our_acknowledgements(front: Front, tmp_path: Path) -> None:
    file = tmp_path / "messages.hl7"
    file.write_bytes(b"".join(frame(raw_message(f"M{number}")) for number in range(3)))
    with running(front.reception) as server:
        done = subprocess.run(
            [str(_SEND), "-p", str(server.port), "-f", str(file), "127.0.0.1"],
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert re.findall(rb"MSA\|AA\|(M\d)", done.stdout) == [b"M0", b"M1", b"M2"]
    assert set(states(front.engine)) == {"M0", "M1", "M2"}


@pytest.mark.skipif(not _SEND.exists(), reason="mllp_send (python-hl7) is not installed")
def test_mllp_send_reads_a_file_with_line_feeds(front: Front, tmp_path: Path) -> None:
    file = tmp_path / "message.hl7"
    file.write_bytes(raw_message("M1").replace(b"\r", b"\n"))
    with running(front.reception) as server:
        done = subprocess.run(
            [str(_SEND), "--loose", "-p", str(server.port), "-f", str(file), "127.0.0.1"],
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert b"MSA|AA|M1" in done.stdout, done.stderr


@pytest.mark.skipif(
    not (shutil.which("tshark") and shutil.which("text2pcap")), reason="tshark is not installed"
)
def test_wireshark_dissects_what_we_answer(front: Front, tmp_path: Path) -> None:
    with running(front.reception) as server, server.connect() as peer:
        peer.sendall(frame(raw_message("M1")) + frame(raw_message("M2", "")))
        answers = read_frames(peer, 2)
    dump, capture = tmp_path / "answers.txt", tmp_path / "answers.pcap"
    lines = (f"000000 {' '.join(f'{byte:02x}' for byte in frame(answer))}\n" for answer in answers)
    dump.write_text("".join(lines))
    subprocess.run(
        ["text2pcap", "-q", "-T", "2575,40000", str(dump), str(capture)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    read = ["tshark", "-r", str(capture), "-d", "tcp.port==2575,hl7", "-Y", "hl7", "-V"]
    seen = subprocess.run(read, check=True, capture_output=True, text=True, timeout=120).stdout
    assert seen.count("Health Level Seven") >= 2
    assert "Malformed" not in seen
    assert "M1" in seen
    assert "AE" in seen


def _certificate(folder: Path, name: str, issuer: tuple[Path, Path] | None) -> tuple[Path, Path]:
    """Make a certificate and its key, signed by an authority or by itself."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={name}", "-out", str(certificate), "-keyout", str(key)]
    if issuer is not None:
        command += ["-CA", str(issuer[0]), "-CAkey", str(issuer[1])]
        command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key


def _client(authority: Path, own: tuple[Path, Path] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority))
    context.check_hostname = False
    if own is not None:
        context.load_cert_chain(*own)
    return context


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_sender_with_a_certificate_is_known_and_one_without_is_not_let_in(
    front: Front, tmp_path: Path
) -> None:
    authority = _certificate(tmp_path, "authority", None)
    ours = _certificate(tmp_path, "steckel", authority)
    theirs = _certificate(tmp_path, "ris", authority)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority[0]))
    context.load_cert_chain(*ours)
    context.verify_mode = ssl.CERT_REQUIRED
    origins: list[str] = []
    receive = front.reception.receive

    def noting(raw: bytes, origin: object, answer: object, later: object) -> None:
        origins.append(f"{origin.door} {origin.certificate}")  # type: ignore[attr-defined]
        receive(raw, origin, answer, later)  # type: ignore[arg-type]

    front.reception.receive = noting  # type: ignore[method-assign, assignment]
    with running(front.reception, context=context) as server:
        port = server.tls_port or 0
        good = Destination(host="127.0.0.1", port=port, tls=_client(authority[0], theirs))
        with Sender(good) as sender:
            assert sender.send(raw_message("M1")).code == "AA"
            assert sender.send(raw_message("M2")).code == "AA"
        bad = Destination(host="127.0.0.1", port=port, tls=_client(authority[0], None))
        with pytest.raises(CannotSend), Sender(bad) as sender:
            sender.send(raw_message("M3"))
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(frame(raw_message("M4")))
            plain.settimeout(20)
            assert b"MSA" not in plain.recv(1000)
    assert origins == ["mllp-tls CN=ris"] * 2
    assert set(states(front.engine)) == {"M1", "M2"}
