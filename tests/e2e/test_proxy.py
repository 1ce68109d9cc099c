"""Behind a reverse proxy: what it says of the caller counts only if the site named it."""

from pathlib import Path

import httpx
import pytest
from tests.steckel_server import PASSWORD, SteckelServer, running_server

pytestmark = pytest.mark.e2e

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


def _cookie_of_a_login(server: SteckelServer) -> str:
    login = {"name": "admin", "password": PASSWORD}
    with httpx.Client(base_url=server.url) as client:
        answer = client.post("/api/login", json=login, headers=FORWARDED)
    return answer.raise_for_status().headers["set-cookie"]


def test_a_named_proxy_is_believed(tmp_path: Path) -> None:
    proxies = "10.1.0.0/16, 127.0.0.1"
    with running_server(tmp_path / "home", STECKEL_HTTP_TRUSTED_PROXIES=proxies) as server:
        assert "Secure" in _cookie_of_a_login(server)


@pytest.mark.parametrize("proxies", ["", "192.0.2.1"])
def test_nobody_else_is(tmp_path: Path, proxies: str) -> None:
    with running_server(tmp_path / "home", STECKEL_HTTP_TRUSTED_PROXIES=proxies) as server:
        assert "Secure" not in _cookie_of_a_login(server)
