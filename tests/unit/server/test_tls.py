"""TLS as the settings say: versions, cipher suites, certificates that are renewed meanwhile."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from steckel.errors import SettingsError
from steckel.security.outgoing import Tls
from steckel.server.settings import Settings
from steckel.server.tls import (
    dicom_client_tls,
    dicom_server_tls,
    hl7_server_tls,
    http_server_tls,
)
from steckel.server.tls_files import TlsFiles

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")

_DOORS: dict[str, Callable[[Settings], TlsFiles]] = {
    "http": http_server_tls,
    "dicom": dicom_server_tls,
    "hl7": hl7_server_tls,
}


def make_pair(folder: Path, name: str, issuer: str = "") -> None:
    """Make a certificate and its key: of an authority, or by itself."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-out", f"{name}.pem"]
    command += ["-keyout", f"{name}.key"]
    if issuer:
        command += ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"]
        command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_pair(folder, "authority")
    make_pair(folder, "other-authority")
    for name in ("server", "renewed", "ct1"):
        make_pair(folder, name, "authority")
    make_pair(folder, "stranger", "other-authority")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def settings_of(folder: Path, **more: object) -> Settings:
    pair = {"cert": folder / "server.pem", "key": folder / "server.key"}
    named = {f"{door}_tls_{part}": path for door in _DOORS for part, path in pair.items()}
    return replace(Settings(), **named, **more)


@contextmanager
def server(tls: Tls) -> Iterator[int]:
    """Accept connections, do the handshake, send a byte, wait for the end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                connection.settimeout(10)
                with tls.wrap_socket(connection, server_side=True) as secured:
                    secured.sendall(b"!")
                    secured.recv(1)
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def client(
    folder: Path, shows: str = "", *, highest: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    context.check_hostname = False
    if shows:
        context.load_cert_chain(folder / f"{shows}.pem", folder / f"{shows}.key")
    if highest is not None:
        context.maximum_version = highest
    return context


def call(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    connection = socket.create_connection(("127.0.0.1", port), 10)
    try:
        secured = context.wrap_socket(connection, server_hostname="server")
    except BaseException:
        connection.close()
        raise
    try:
        assert secured.recv(1) == b"!"  # with TLS 1.3 a refusal comes after the handshake
    except BaseException:
        secured.close()
        raise
    return secured


def name_of(secured: ssl.SSLSocket) -> str:
    return dict(pair for part in secured.getpeercert()["subject"] for pair in part)["commonName"]


@pytest.mark.parametrize("door", _DOORS)
def test_the_newest_version_is_taken_and_the_one_before(folder: Path, door: str) -> None:
    with server(_DOORS[door](settings_of(folder))) as port:
        with call(port, client(folder)) as secured:
            assert secured.version() == "TLSv1.3"
        with call(port, client(folder, highest=ssl.TLSVersion.TLSv1_2)) as secured:
            assert secured.version() == "TLSv1.2"


@pytest.mark.parametrize("door", _DOORS)
def test_older_versions_are_refused(folder: Path, door: str) -> None:
    with server(_DOORS[door](settings_of(folder))) as port:
        for version in ("-tls1", "-tls1_1"):
            command = ["openssl", "s_client", version, "-cipher", "ALL:@SECLEVEL=0"]
            command += ["-connect", f"127.0.0.1:{port}"]
            found = subprocess.run(
                command, input="", text=True, capture_output=True, timeout=30, check=False
            )
            assert "alert protocol version" in found.stderr


@pytest.mark.parametrize(
    ("profile", "cipher", "fits"),
    [
        ("bcp195", "ECDHE-ECDSA-AES128-GCM-SHA256", True),
        ("bcp195", "ECDHE-ECDSA-AES256-SHA384", False),
        ("bcp195-extended", "ECDHE-ECDSA-AES256-GCM-SHA384", True),
        ("bcp195-extended", "ECDHE-ECDSA-AES128-GCM-SHA256", False),
    ],
)
@pytest.mark.parametrize("door", _DOORS)
def test_a_profile_says_which_cipher_suites_are_taken(
    folder: Path, door: str, profile: str, cipher: str, fits: bool
) -> None:
    settings = settings_of(folder, **{f"{door}_tls_profile": profile})
    context = client(folder, highest=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(cipher)
    with server(_DOORS[door](settings)) as port:
        if not fits:
            with pytest.raises(ssl.SSLError):
                call(port, context)
            return
        with call(port, context) as secured:
            assert secured.cipher()[0] == cipher


@pytest.mark.parametrize("door", ["dicom", "hl7"])
def test_callers_show_a_certificate_of_the_authority(folder: Path, door: str) -> None:
    settings = settings_of(folder, **{f"{door}_tls_ca": folder / "authority.pem"})
    with server(_DOORS[door](settings)) as port:
        call(port, client(folder, "ct1")).close()
        for wrong in ("", "stranger"):
            with pytest.raises(OSError, match=r"alert|closed|reset"):
                call(port, client(folder, wrong))


def _renew(folder: Path, name: str) -> None:
    for suffix in ("pem", "key"):
        (folder / f"{name}.{suffix}").replace(folder / f"server.{suffix}")


def _as_it_is(tls: TlsFiles) -> Tls:
    return tls


def _front(tls: TlsFiles) -> Tls:
    return tls.front()


@pytest.mark.parametrize("kept", [_as_it_is, _front])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_renewed_certificate_is_shown_without_a_restart(
    folder: Path, kept: Callable[[TlsFiles], Tls], version: ssl.TLSVersion
) -> None:
    with server(kept(dicom_server_tls(settings_of(folder)))) as port:
        context = client(folder, highest=version)
        with call(port, context) as secured:
            assert name_of(secured) == "server"
        _renew(folder, "renewed")
        with call(port, context) as secured:
            assert name_of(secured) == "renewed"


@pytest.mark.parametrize("kept", [_as_it_is, _front])
def test_an_authority_that_is_no_longer_believed_lets_nobody_in(
    folder: Path, kept: Callable[[TlsFiles], Tls]
) -> None:
    believed = folder / "believed.pem"
    shutil.copy(folder / "authority.pem", believed)
    tls = dicom_server_tls(settings_of(folder, dicom_tls_ca=believed))
    with server(kept(tls)) as port:
        call(port, client(folder, "ct1")).close()
        shutil.copy(folder / "other-authority.pem", believed)
        call(port, client(folder, "stranger")).close()
        with pytest.raises(OSError, match=r"alert|closed|reset"):
            call(port, client(folder, "ct1"))


def test_half_of_a_renewal_changes_nothing_until_it_is_whole(folder: Path) -> None:
    with server(dicom_server_tls(settings_of(folder))) as port:
        (folder / "renewed.pem").replace(folder / "server.pem")  # its key follows
        with call(port, client(folder)) as secured:
            assert name_of(secured) == "server"
        (folder / "renewed.key").replace(folder / "server.key")
        with call(port, client(folder)) as secured:
            assert name_of(secured) == "renewed"


def test_files_that_are_gone_leave_what_was_loaded(folder: Path) -> None:
    with server(http_server_tls(settings_of(folder)).front()) as port:
        (folder / "server.pem").unlink()
        call(port, client(folder)).close()


def test_what_cannot_be_used_stops_the_start(folder: Path) -> None:
    (folder / "server.key").write_text("no key")
    for door, make in _DOORS.items():
        with pytest.raises(SettingsError, match=f"{door}_tls_cert, {door}_tls_key"):
            make(settings_of(folder))


def test_the_system_s_authorities_are_believed_where_none_is_given() -> None:
    assert dicom_client_tls(Settings()) is None


def test_calls_show_our_certificate_and_believe_the_authority(folder: Path) -> None:
    ours = settings_of(folder, dicom_tls_ca=folder / "authority.pem")
    calling = dicom_client_tls(ours)
    assert calling is not None
    with server(dicom_server_tls(ours)) as port:
        connection = socket.create_connection(("127.0.0.1", port), 10)
        with calling.wrap_socket(connection, server_hostname="anything") as secured:
            assert secured.recv(1) == b"!"
