"""Addresses that are handed out: they lead back to the server."""

import pytest
from starlette.requests import Request

from steckel.dicomweb.addresses import service_url


def request_to(host: str, server: tuple[str, int], scheme: str = "http", root: str = "") -> Request:
    headers = [(b"host", host.encode())]
    scope = {"type": "http", "path": "/", "query_string": b"", "headers": headers}
    return Request(scope | {"server": server, "scheme": scheme, "root_path": root})


@pytest.mark.parametrize(
    ("host", "server", "expected"),
    [
        ("pacs.test", ("10.0.0.1", 8080), "http://pacs.test/dicomweb"),
        ("pacs.test:8080", ("10.0.0.1", 8080), "http://pacs.test:8080/dicomweb"),
        ("127.0.0.1", ("127.0.0.1", 8080), "http://127.0.0.1:8080/dicomweb"),
        ("localhost", ("127.0.0.1", 8080), "http://localhost:8080/dicomweb"),
        ("localhost", ("10.0.0.1", 8080), "http://localhost/dicomweb"),
        ("10.0.0.1:9999", ("10.0.0.1", 8080), "http://10.0.0.1:9999/dicomweb"),
    ],
)
def test_the_host_header_leads_back(host: str, server: tuple[str, int], expected: str) -> None:
    assert service_url(request_to(host, server)) == expected


def test_a_proxy_with_a_prefix_is_followed() -> None:
    request = request_to("pacs.test", ("10.0.0.1", 8080), "https", "/archive")
    assert service_url(request) == "https://pacs.test/archive/dicomweb"
