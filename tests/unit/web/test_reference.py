import re

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_the_page_shows_every_address_and_loads_nothing(user: httpx.AsyncClient) -> None:
    page = await user.get("/api/docs")
    paths = (await user.get("/api/openapi.json")).json()["paths"]
    assert len(paths) > 20
    assert all(path in page.text for path in paths)
    assert not re.search(r"<script|<link|<img|@import|https?://", page.text)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


async def test_links_to_shapes_lead_somewhere(user: httpx.AsyncClient) -> None:
    page = (await user.get("/api/docs")).text
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', page))
