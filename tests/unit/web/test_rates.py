"""Who asks too much waits; others do not wait for him."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from steckel.index.view import EVERYTHING
from steckel.security.principal import Principal, Via
from steckel.web.rates import Allowance, RateLimit


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


def test_a_minute_s_worth_passes_at_once_and_comes_back_evenly(clock: _Clock) -> None:
    allowance = Allowance(60, clock)
    caller = ("alice", "192.0.2.1")
    assert [allowance.take(caller) for _ in range(60)] == [0.0] * 60
    assert allowance.take(caller) == pytest.approx(1.0)
    clock.now += 0.5
    assert allowance.take(caller) == pytest.approx(0.5)
    clock.now += 0.6
    assert allowance.take(caller) == 0.0
    assert allowance.take(caller) > 0
    clock.now += 3600
    assert [allowance.take(caller) for _ in range(61)].count(0.0) == 60


def test_callers_do_not_wait_for_each_other(clock: _Clock) -> None:
    allowance = Allowance(1, clock)
    for caller in (("alice", "1"), ("alice", "2"), ("bob", "1")):
        assert allowance.take(caller) == 0.0
        assert allowance.take(caller) > 0


class _AsAlice:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            alice = Principal(name="alice", role="user", via=Via.TOKEN, view=EVERYTHING)
            scope.setdefault("state", {})["principal"] = alice
        await self._app(scope, receive, send)


def _client(per_minute: int, clock: _Clock) -> httpx.AsyncClient:
    async def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("ok")

    routes = [Route("/{path:path}", answer)]
    app = _AsAlice(RateLimit(Starlette(routes=routes), per_minute, clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://steckel.test")


@pytest.mark.anyio
async def test_too_many_requests_are_told_when_to_come_again(clock: _Clock) -> None:
    client = _client(2, clock)
    for path in ("/api/studies", "/fhir/Patient"):
        assert (await client.get(path)).status_code == 200
    refused = await client.get("/api/studies")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "30"
    assert refused.json()["status"] == 429
    # Images, pages and probes are not counted.
    for path in ("/dicomweb/studies/1/series/2/instances/3/frames/1", "/", "/healthz", "/ohif/x"):
        assert (await client.get(path)).status_code == 200
    clock.now += 30
    assert (await client.get("/api/studies")).status_code == 200


@pytest.mark.anyio
async def test_without_a_limit_all_pass(clock: _Clock) -> None:
    client = _client(0, clock)
    for _ in range(50):
        assert (await client.get("/api/studies")).status_code == 200
