"""Every address of the application, for every role: who is let in, and what is never told."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry
from tests.unit.server.access_archive import PASSWORD, SECRETS, SEEN, fill, make_accounts
from tests.unit.server.access_table import TABLE, Entry, Of, Who

from steckel.index.upgrade import upgrade
from steckel.security.decisions import Action
from steckel.security.passwords import Passwords
from steckel.security.site import open_security
from steckel.server.serving import ServingHouse
from steckel.server.settings import Settings
from steckel.server.web_parts import web_application
from steckel.web.application import WebApplication

_PLACE = re.compile(r"\{(\w+)(?::path)?\}")
_FORBIDDEN = {401, 403}
#: Answers of what is there and may be looked at, whatever its form.
_SHOWN = range(200, 400)


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application and what is known of its archive."""

    app: WebApplication
    actions: dict[str, frozenset[Action]]
    parts: dict[str, dict[str, str]]

    def client(self, role: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("192.0.2.1", 4711))  # type: ignore[arg-type]
        auth = (role, PASSWORD) if role else None
        return httpx.AsyncClient(transport=transport, base_url="http://steckel.test", auth=auth)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    house = ServingHouse(Settings(home=tmp_path_factory.mktemp("matrix"), imaging_processes=1))
    house.layout.create()
    upgrade(house.engine)
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    house.__dict__["security"] = open_security(house.engine, cheap)
    actions = make_accounts(house)
    parts = fill(house)
    yield Site(app=web_application(house, CollectorRegistry()), actions=actions, parts=parts)
    house.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _routes(app: WebApplication) -> set[tuple[str, str]]:
    found = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        methods = context.methods or getattr(getattr(route, "endpoint", None), "methods", None)
        found |= {(method, str(context.path)) for method in methods or ("OPTIONS",)}
    return found


def test_every_route_is_in_the_table_and_no_other(site: Site) -> None:
    table = {(method, entry.path) for entry in TABLE for method in entry.methods.split()}
    there = _routes(site.app)
    assert there - table == set()
    assert table - there == set()


def test_a_route_that_the_table_does_not_name_would_be_seen(site: Site) -> None:
    async def new() -> None: ...

    from starlette.routing import Route  # noqa: PLC0415

    held = site.app.routes
    site.app.routes = (*held, Route("/api/new", new))
    try:
        assert ("GET", "/api/new") in _routes(site.app)
    finally:
        site.app.routes = held


@dataclass
class Walk:
    """The requests of one role, and what was wrong about their answers."""

    site: Site
    role: str
    wrong: list[str] = field(default_factory=list)

    @property
    def seen(self) -> frozenset[str]:
        return SEEN.get(self.role, frozenset())

    def is_allowed(self, entry: Entry) -> bool:
        if entry.who is Who.LOGGED_IN:
            return bool(self.role)
        return set(entry.needs) <= self.site.actions.get(self.role, frozenset())

    async def run(self, client: httpx.AsyncClient, entries: Iterable[Entry]) -> None:
        for entry in entries:
            for method in entry.methods.split():
                for values in _choices(entry):
                    await self._ask(client, entry, method, values)

    async def _ask(
        self, client: httpx.AsyncClient, entry: Entry, method: str, values: dict[str, str]
    ) -> None:
        if entry.of in {Of.NOTHING, Of.LIST}:
            any_parts = dict(next(iter(self.site.parts.values()))) if entry.of is Of.NOTHING else {}
            await self._one(client, entry, method, any_parts | values, "")
            return
        for secret in SECRETS:
            await self._one(
                client, entry, method, self.site.parts[secret.name] | values, secret.name
            )

    async def _one(
        self,
        client: httpx.AsyncClient,
        entry: Entry,
        method: str,
        parts: dict[str, str],
        name: str,
    ) -> None:
        is_seen = not name or name in self.seen
        allowed = entry.who is Who.ANYBODY or self.is_allowed(entry)
        if allowed and is_seen and entry.changes:
            return  # tried elsewhere: here it would change what the others see
        address = _filled(entry.path, parts)
        query = _filled(entry.query, parts)
        answer = await client.request(
            method,
            f"{address}?{query}" if query else address,
            headers=entry.headers,
            json=entry.body if method != "GET" else None,
        )
        where = f"{self.role or 'nobody'}: {method} {address}?{query} -> {answer.status_code}"
        self._judge(entry, answer, where, is_allowed=allowed, is_seen=is_seen)
        self._look_for_leaks(entry, answer, where)

    def _judge(
        self,
        entry: Entry,
        answer: httpx.Response,
        where: str,
        *,
        is_allowed: bool,
        is_seen: bool,
    ) -> None:
        status = answer.status_code
        if not self.role and entry.who is not Who.ANYBODY:
            right = status in _FORBIDDEN
        elif not is_allowed:
            right = status == 403 or (status == 404 and not is_seen)
        elif not is_seen:
            # Of a study that is not there, a list is empty.
            right = status == 404 or (entry.of is Of.UNDER_STUDY and status == 200)
        else:
            right = status in _SHOWN
        if not right:
            self.wrong.append(f"{where} {answer.text[:200]!r}")

    def _look_for_leaks(self, entry: Entry, answer: httpx.Response, where: str) -> None:
        told = (answer.text + repr(answer.headers.multi_items())).lower()
        for secret in SECRETS:
            parts = self.site.parts[secret.name]
            if secret.name not in self.seen:
                leaked = [word for word in secret.words(parts) if word in told]
                if leaked:
                    self.wrong.append(f"{where} tells {leaked}")
                continue
            is_list = entry.shows and answer.request.method == "GET" and answer.status_code == 200
            if is_list and parts[entry.shows].lower() not in told:
                self.wrong.append(f"{where} does not show {parts[entry.shows]}")


def _choices(entry: Entry) -> Iterator[dict[str, str]]:
    """Yield the values of those parts of an address that the table gives."""
    choices: list[dict[str, str]] = [{}]
    for place, values in entry.places.items():
        choices = [choice | {place: value} for choice in choices for value in values]
    yield from choices


def _filled(text: str, parts: dict[str, str]) -> str:
    for _ in range(2):  # what the table gives may name parts itself
        text = _PLACE.sub(lambda found: parts.get(found[1], "x"), text)
    return text


@pytest.fixture(params=["", *SEEN])
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def walk(site: Site, role: str) -> Walk:
    walk = Walk(site=site, role=role)
    async with site.client(role) as client:
        await walk.run(client, TABLE)
    return walk


@pytest.mark.anyio
async def test_no_address_tells_a_role_what_it_does_not_see(walk: Walk) -> None:
    assert walk.wrong == []
