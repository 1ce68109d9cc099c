"""A certificate authority of one's own, as OpenSSL judges it."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from steckel.errors import InputError
from steckel.server.cli import app, failing_politely, settings_from
from steckel.server.cli_ca import register
from steckel.server.development_ca import DevelopmentCa

register(app, settings_from, failing_politely)


@pytest.fixture
def site(tmp_path: Path) -> DevelopmentCa:
    site = DevelopmentCa(tmp_path / "ca")
    site.found("Site CA")
    return site


def _openssl(*arguments: object) -> str:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr


def test_what_is_issued_stands_up_to_strict_verification(site: DevelopmentCa) -> None:
    authority = site.authority.certificate
    server = site.issue("pacs.example", ["127.0.0.1", "::1"]).certificate
    client = site.issue("CT_1", client=True).certificate
    verify = ("verify", "-x509_strict", "-CAfile", authority)
    assert "OK" in _openssl(*verify, "-purpose", "sslserver", "-verify_ip", "127.0.0.1", server)
    assert "OK" in _openssl(*verify, "-verify_hostname", "pacs.example", server)
    assert "OK" in _openssl(*verify, "-purpose", "sslclient", server)
    assert "OK" in _openssl(*verify, "-purpose", "sslclient", client)
    assert "error" in _openssl(*verify, "-purpose", "sslserver", client)
    assert "CN = CT_1" in _openssl("x509", "-noout", "-subject", "-in", client)


def test_keys_are_their_owner_s_alone(site: DevelopmentCa) -> None:
    for pair in (site.authority, site.issue("pacs")):
        assert stat.S_IMODE(pair.key.stat().st_mode) == 0o600


def test_nothing_is_overwritten(site: DevelopmentCa) -> None:
    before = site.issue("pacs").certificate.read_bytes()
    with pytest.raises(InputError, match="already"):
        site.issue("pacs")
    with pytest.raises(InputError, match="already"):
        site.found("another")
    assert site.issue("other").certificate.read_bytes() != before
    assert (site.authority.certificate.parent / "pacs.pem").read_bytes() == before


@pytest.mark.parametrize("name", ["", "ca", "../x", "a/b", ".hidden", "-x", "a b", "x" * 65])
def test_a_name_is_no_path(site: DevelopmentCa, name: str) -> None:
    with pytest.raises(InputError, match="name"):
        site.issue(name)


@pytest.mark.parametrize("host", ["a b", "*", "-x", "", "a..b"])
def test_a_host_is_a_name_or_an_address(site: DevelopmentCa, host: str) -> None:
    with pytest.raises(InputError, match="host"):
        site.issue("pacs", [host])


def test_without_an_authority_nothing_is_issued(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ca init"):
        DevelopmentCa(tmp_path).issue("pacs")


def test_the_commands_print_where_the_files_are(tmp_path: Path) -> None:
    runner = CliRunner()
    made = runner.invoke(app, ["--home", str(tmp_path), "ca", "init"])
    assert made.exit_code == 0, made.output
    folder = tmp_path / "ca"
    assert made.stdout.split() == [str(folder / "ca.pem"), str(folder / "ca.key")]
    issued = runner.invoke(app, ["ca", "issue", "CT1", "--client", "--folder", str(folder)])
    assert issued.stdout.split() == [str(folder / "CT1.pem"), str(folder / "CT1.key")]
    again = runner.invoke(app, ["ca", "init", "--folder", str(folder)])
    assert again.exit_code == 2
    assert "already" in again.stderr
