"""A whole server: rights at the terminal and by DICOM, and certificates that are renewed."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind
from tests.ports import free_port
from tests.steckel_server import SteckelServer

pytestmark = pytest.mark.interop

_ECHOSCU = Path("/usr/bin/echoscu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("network")


def _issue(server: SteckelServer, name: str, *options: str) -> tuple[Path, Path]:
    done = server.cli("ca", "issue", name, *options)
    assert done.returncode == 0, done.stderr
    certificate, key = map(Path, done.stdout.split())
    return certificate, key


class Secured:
    """A server with TLS at each door, and the ports of those beside the plain ones."""

    def __init__(self, home: Path) -> None:
        self.dicom_tls, self.hl7_tls = free_port(), free_port()
        self.server = SteckelServer(home)
        self.server.cli("ca", "init")
        self.ca = home / "ca"
        self.shown = home / "shown.pem", home / "shown.key"
        self.show("localhost")
        certificate, key = map(str, self.shown)
        for door in ("HTTP", "DICOM", "HL7"):
            self.server.settings[f"STECKEL_{door}_TLS_CERT"] = certificate
            self.server.settings[f"STECKEL_{door}_TLS_KEY"] = key
        for door in ("DICOM", "HL7"):
            self.server.settings[f"STECKEL_{door}_TLS_CA"] = str(self.ca / "ca.pem")
        self.server.settings["STECKEL_DICOM_TLS"] = f"127.0.0.1:{self.dicom_tls}"
        self.server.settings["STECKEL_HL7_TLS"] = f"127.0.0.1:{self.hl7_tls}"

    def show(self, name: str) -> None:
        """Issue a certificate, and have the server show it from now on."""
        for made, shown in zip(_issue(self.server, name), self.shown, strict=True):
            shutil.copy(made, shown)

    def client(self, name: str = "") -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ca / "ca.pem"))
        context.check_hostname = False
        if name:
            context.load_cert_chain(self.ca / f"{name}.pem", self.ca / f"{name}.key")
        return context

    def name_at(self, port: int, context: ssl.SSLContext) -> str:
        """Return the name in the certificate that is shown at a port."""
        with (
            socket.create_connection(("127.0.0.1", port), 20) as connection,
            context.wrap_socket(connection, server_hostname="localhost") as secured,
        ):
            subject = secured.getpeercert()["subject"]
            return str(dict(pair for part in subject for pair in part)["commonName"])


@pytest.fixture(scope="module")
def secured(folder: Path) -> Iterator[Secured]:
    made = Secured(folder / "home")
    # It is ready when its HTTPS answers, which the plain question does not see.
    made.server._answers = lambda: _is_ready(made)  # type: ignore[method-assign]
    made.server.start()
    try:
        yield made
    finally:
        made.server.stop()


def _is_ready(made: Secured) -> bool:
    port = urlsplit(made.server.url).port
    try:
        for one in (port, made.server.dicom_port, made.hl7_tls, made.dicom_tls):
            socket.create_connection(("127.0.0.1", one or 0), timeout=5).close()
    except OSError:
        return False
    return True


def test_each_door_shows_a_renewed_certificate_without_a_restart(secured: Secured) -> None:
    _issue(secured.server, "RIS", "--client")
    context = secured.client("RIS")
    doors = (secured.server.http_port, secured.dicom_tls, secured.hl7_tls)
    assert [secured.name_at(port, context) for port in doors] == ["localhost"] * 3
    secured.show("renewed")
    for _ in range(4):  # each of the processes of DICOM
        assert [secured.name_at(port, context) for port in doors] == ["renewed"] * 3


def _is_refused(port: int, context: ssl.SSLContext) -> bool:
    try:
        with (
            socket.create_connection(("127.0.0.1", port), 20) as connection,
            context.wrap_socket(connection, server_hostname="localhost") as secured,
        ):
            return not secured.recv(1)  # with TLS 1.3 the refusal comes after the handshake
    except OSError as refusal:
        return not isinstance(refusal, TimeoutError)


def test_hl7_and_dicom_ask_for_a_certificate_and_http_does_not(secured: Secured) -> None:
    assert secured.name_at(secured.server.http_port, secured.client())
    for port in (secured.dicom_tls, secured.hl7_tls):
        assert _is_refused(port, secured.client())


def test_a_title_is_tied_to_its_certificate(secured: Secured) -> None:
    if not _ECHOSCU.exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    for name in ("CT1", "CT2"):
        _issue(secured.server, name, "--client")
    added = secured.server.cli("ae", "add", "CT1", "127.0.0.1", "104", "--certificate", "CN=ct1")
    assert added.returncode == 0

    def echo(shows: str) -> int:
        files = [secured.ca / f"{shows}.key", secured.ca / f"{shows}.pem"]
        command = [_ECHOSCU, "-aet", "CT1", "--enable-tls", *files]
        command += ["--add-cert-file", secured.ca / "ca.pem", "127.0.0.1", secured.dicom_tls]
        return subprocess.run([*map(str, command)], check=False, timeout=60).returncode

    assert echo("CT1") == 0
    assert echo("CT2") != 0


def _find(server: SteckelServer, aet: str, study: str) -> list[int]:
    """Return the statuses of a C-FIND for one study; none without an association."""
    ae = AE(aet)
    ae.add_requested_context(StudyRootQueryRetrieveInformationModelFind)
    association = ae.associate("127.0.0.1", server.dicom_port)
    if not association.is_established:
        return []
    asked = Dataset()
    asked.QueryRetrieveLevel, asked.StudyInstanceUID = "STUDY", study
    answers = association.send_c_find(asked, StudyRootQueryRetrieveInformationModelFind)
    statuses = [status.Status for status, _ in answers]
    association.release()
    return statuses


def test_an_entity_finds_what_it_sees_where_it_may_call(
    server: SteckelServer,
    folder: Path,
    make_object: Callable[..., Dataset],
    store: Callable[[Dataset], None],
) -> None:
    ct, mr = make_object(Modality="CT"), make_object(Modality="MR")
    store(ct)
    store(mr)
    sees = folder / "sees.json"
    sees.write_text('{"rules": [{"modalities": ["CT"]}]}')

    def add(*options: object) -> None:
        done = server.cli("ae", "add", "NARROW", "127.0.0.1", "104", *options)
        assert done.returncode == 0, done.stderr

    add("--sees", sees)
    assert _find(server, "NARROW", ct.StudyInstanceUID) == [0xFF00, 0x0000]
    assert _find(server, "NARROW", mr.StudyInstanceUID) == [0x0000]
    assert _find(server, "ANYBODY", mr.StudyInstanceUID) == [0xFF00, 0x0000]
    add("--rights", "store")
    assert _find(server, "NARROW", ct.StudyInstanceUID) == [0x0124]
    add("--rights", "query", "--from", "192.0.2.0/24")
    assert _find(server, "NARROW", ct.StudyInstanceUID) == []


def test_an_echo_to_an_address_that_is_none_of_a_hospital_is_not_sent(
    server: SteckelServer,
) -> None:
    for number, host in enumerate(("169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254")):
        server.cli("ae", "add", f"META{number}", host, "80")
        refused = server.cli("ae", "echo", f"META{number}")
        assert refused.returncode == 1
        assert "forbidden" in refused.stderr
