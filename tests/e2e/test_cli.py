"""The command line against a running server, as an administrator uses it."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pynetdicom import AE
from pynetdicom.sop_class import Verification
from tests.e2e.resident import family, proportional_bytes
from tests.ports import free_port
from tests.steckel_server import PASSWORD, SteckelServer, running_server

_LIMIT = 300 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    with running_server(tmp_path_factory.mktemp("cli") / "home") as running:
        yield running


def echo(
    server: SteckelServer, aet: str, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> str:
    """Send a C-ECHO; return what became of the association."""
    entity = AE(ae_title=aet)
    entity.acse_timeout = entity.network_timeout = entity.dimse_timeout = 10
    entity.add_requested_context(Verification)
    port = server.dicom_port if tls is None else int(server.settings["STECKEL_DICOM_TLS"][-5:])
    association = entity.associate(host, port, tls_args=None if tls is None else (tls, host))
    if association.is_rejected:
        return "rejected"
    if not association.is_established:
        return "aborted"
    status = association.send_c_echo().Status
    association.release()
    return f"0x{status:04X}"


def session(server: SteckelServer, name: str, password: str) -> int:
    return httpx.get(f"{server.url}/api/session", auth=(name, password), timeout=20).status_code


def add_user(server: SteckelServer, *arguments: str, password: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "steckel", "user", *arguments, "--password-stdin"],
        env=server.environment(),
        input=password.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    ).returncode


def test_all_processes_at_rest_fit_into_300_mb(server: SteckelServer) -> None:
    httpx.get(f"{server.url}/readyz")
    assert server._process is not None
    assert sum(map(proportional_bytes, family(server._process.pid))) < _LIMIT


def test_an_account_works_at_once_and_no_more_once_it_is_disabled(server: SteckelServer) -> None:
    assert add_user(server, "add", "marie", password="marie-has-a-cat") == 0
    assert session(server, "marie", "marie-has-a-cat") == 200
    assert "marie" in server.cli("user", "list").stdout
    assert add_user(server, "passwd", "marie", password="marie-has-a-dog") == 0
    assert session(server, "marie", "marie-has-a-cat") == 401
    assert session(server, "marie", "marie-has-a-dog") == 200
    assert server.cli("user", "disable", "marie").returncode == 0
    assert session(server, "marie", "marie-has-a-dog") == 401


def test_a_password_that_is_too_short_is_refused(server: SteckelServer) -> None:
    assert add_user(server, "add", "paul", password="short") == 1


def test_a_token_is_printed_alone_and_ends_with_its_revocation(server: SteckelServer) -> None:
    made = server.cli("token", "create", "router")
    token = made.stdout.strip()
    assert made.stdout == f"{token}\n"
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{server.dicomweb}/studies", headers=headers).is_success
    assert httpx.get(f"{server.dicomweb}/studies", auth=("admin", token)).is_success
    (row,) = json.loads(server.cli("token", "list", "--json").stdout)
    assert row["user"] == "admin"
    assert token not in server.cli("token", "list").stdout
    assert server.cli("token", "revoke", row["id"]).returncode == 0
    assert httpx.get(f"{server.dicomweb}/studies", headers=headers).status_code == 401


def test_a_token_of_nobody_is_refused(server: SteckelServer) -> None:
    done = server.cli("token", "create", "router", "--user", "nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no such account" in done.stderr


def test_entities_are_added_asked_and_removed(server: SteckelServer) -> None:
    assert server.cli("ae", "add", "SELF", "127.0.0.1", server.dicom_port).returncode == 0
    assert server.cli("ae", "add", "NOBODY", "127.0.0.1", free_port()).returncode == 0
    assert server.cli("ae", "echo", "SELF").returncode == 0
    refused = server.cli("ae", "echo", "NOBODY")
    assert refused.returncode == 1
    assert "NOBODY cannot be reached: Connection refused" in refused.stderr
    assert "SELF" in server.cli("ae", "list").stdout
    assert server.cli("ae", "remove", "NOBODY").returncode == 0
    assert server.cli("ae", "remove", "NOBODY").returncode == 1
    assert server.cli("ae", "echo", "NOBODY").returncode == 1


def test_guessing_passwords_is_slowed_down(server: SteckelServer) -> None:
    body = {"name": "marie", "password": "guess"}
    codes = [httpx.post(f"{server.url}/api/login", json=body).status_code for _ in range(12)]
    assert codes[0] == 401
    assert codes[-1] == 429


def test_the_cookie_is_kept_from_scripts_and_other_sites(server: SteckelServer) -> None:
    body = {"name": "admin", "password": PASSWORD}
    login = httpx.post(f"{server.url}/api/login", json=body)
    cookie = login.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    with httpx.Client(base_url=server.url, cookies=login.cookies) as browser:
        foreign = browser.post("/api/logout", headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert browser.get("/api/session").status_code == 200
        own = browser.post("/api/logout", headers={"Origin": server.url})
        assert own.status_code == 204
        assert browser.get("/api/session").status_code == 401


def test_a_role_that_dies_is_started_again(server: SteckelServer) -> None:
    report = json.loads(server.cli("status", "--json").stdout)["report"]
    before = {process["role"]: process["pid"] for process in report["processes"]}
    os.kill(before["web"], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{server.url}/readyz").status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_the_home_is_for_its_owner_only(server: SteckelServer) -> None:
    assert server.home.stat().st_mode & 0o077 == 0


def _other_address() -> str:
    """Return an address of this machine that is none of loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(probe.getsockname()[0])


def test_from_elsewhere_only_registered_titles_may_call(tmp_path: Path) -> None:
    address = _other_address()
    port = free_port()
    settings = {"STECKEL_DICOM": f"0.0.0.0:{port}"}
    server = SteckelServer(tmp_path / "home", settings, dicom_port=port)
    server.start()
    try:
        assert "is reachable from other machines without TLS" in server.log
        assert echo(server, "STRANGER") == "0x0000"
        assert echo(server, "STRANGER", address) == "rejected"
        server.cli("ae", "add", "STRANGER", address, "104")
        # What the server remembers of the table is a second old at most.
        deadline = time.monotonic() + 20
        while echo(server, "STRANGER", address) != "0x0000":
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        server.stop()


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    try:
        subprocess.run(
            [*command, *subject, "-out", str(certificate), "-keyout", str(key)],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return certificate, key


def _tls(ours: tuple[Path, Path], theirs: tuple[Path, Path]) -> dict[str, str]:
    return {
        "STECKEL_DICOM_TLS": f"127.0.0.1:{free_port()}",
        "STECKEL_DICOM_TLS_CERT": str(ours[0]),
        "STECKEL_DICOM_TLS_KEY": str(ours[1]),
        "STECKEL_DICOM_TLS_CA": str(theirs[0]),
        "STECKEL_HTTP_TLS_CERT": str(ours[0]),
        "STECKEL_HTTP_TLS_KEY": str(ours[1]),
    }


class _HttpsServer(SteckelServer):
    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.http_port}"

    def _answers(self) -> bool:
        return "Steckel answers at" in self.log


def _handshake(server: SteckelServer, context: ssl.SSLContext) -> str:
    """Return what a TLS server says against a caller; with TLS 1.3 that comes with data."""
    port = int(server.settings["STECKEL_DICOM_TLS"][-5:])
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
        ):
            connection.recv(1)
    except ssl.SSLError as error:
        return "certificate required" if "CERTIFICATE_REQUIRED" in str(error) else str(error)
    return "nothing"


def test_tls_is_spoken_where_it_is_set_up(tmp_path: Path) -> None:
    ours, theirs = _certificate(tmp_path, "archive"), _certificate(tmp_path, "modality")
    server = _HttpsServer(tmp_path / "home", _tls(ours, theirs))
    server.start()
    try:
        believing = ssl.create_default_context(cafile=str(ours[0]))
        with httpx.Client(base_url=server.url, verify=believing) as browser:
            body = {"name": "admin", "password": PASSWORD}
            assert "secure" in browser.post("/api/login", json=body).headers["set-cookie"].lower()
        without = ssl.create_default_context(cafile=str(ours[0]))
        without.check_hostname = False
        assert _handshake(server, without) == "certificate required"
        without.load_cert_chain(*theirs)
        assert echo(server, "MODALITY", tls=without) == "0x0000"
        assert echo(server, "MODALITY") == "0x0000"
        assert "DICOM over TLS" in server.log
    finally:
        server.stop()


def _serve(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    server = SteckelServer(tmp_path / "home", settings)
    return server.cli("serve", *arguments)


def test_a_port_that_is_taken_stops_the_start_with_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        for setting in ("STECKEL_HTTP", "STECKEL_DICOM", "STECKEL_HL7"):
            done = _serve(tmp_path, **{setting: taken})
            assert done.returncode == 2
            assert f"= {taken}: cannot listen there (Address already in use)" in done.stderr


def test_a_certificate_that_is_none_stops_the_start(tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    pair = {"STECKEL_HTTP_TLS_CERT": str(junk), "STECKEL_HTTP_TLS_KEY": str(junk)}
    done = _serve(tmp_path, **pair)
    assert done.returncode == 2
    assert f"http_tls_cert, http_tls_key: '{junk}' cannot be used" in done.stderr


def test_a_database_that_does_not_answer_is_said_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://steckel:secret@127.0.0.1:{free_port()}/steckel"
    server = SteckelServer(tmp_path / "home", {"STECKEL_DATABASE_URL": url})
    for command in (["serve"], ["status"], ["verify"]):
        done = server.cli(*command)
        assert done.returncode == 2
        assert "database_url: the database cannot be reached (connection" in done.stderr
        assert "secret" not in done.stderr
        assert "Traceback" not in done.stderr


def test_wrong_roles_and_settings_stop_the_start(tmp_path: Path) -> None:
    assert "'foo' is no role" in _serve(tmp_path, "--roles", "web,foo").stderr
    wrong = _serve(tmp_path, "--aet", "A\\B")
    assert wrong.returncode == 2
    assert "--aet = 'A\\\\B' is not allowed" in wrong.stderr
    assert not (tmp_path / "home").exists()


def test_a_part_of_the_roles_can_run(tmp_path: Path) -> None:
    server = SteckelServer(tmp_path / "home")
    process = subprocess.Popen(
        [sys.executable, "-m", "steckel", "serve", "--roles", "dicom"],
        env=server.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert any("Ctrl-C stops it." in line for line in process.stdout)
        assert echo(server, "MODALITY") == "0x0000"
        report = json.loads(server.cli("status", "--json").stdout)["report"]
        assert {item["role"] for item in report["processes"]} == {"dicom"}
    finally:
        process.terminate()
        process.wait(timeout=40)
        process.stdout.close()
    assert process.returncode == 0


def test_the_demo_leaves_a_real_archive_alone(tmp_path: Path) -> None:
    server = SteckelServer(tmp_path / "home")
    assert server.cli("token", "create", "x").returncode == 0
    done = server.cli("demo")
    assert done.returncode == 2
    assert "is the home of a real archive" in done.stderr


def test_the_home_can_be_named_before_any_command(tmp_path: Path) -> None:
    server = SteckelServer(tmp_path / "home")
    server.cli("--home", tmp_path / "other", "ae", "add", "X", "127.0.0.1", "104")
    assert "X" in server.cli("--home", tmp_path / "other", "ae", "list").stdout
    assert "X" not in server.cli("ae", "list", "--json").stdout
