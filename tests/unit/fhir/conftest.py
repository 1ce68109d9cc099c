"""The real web application with the FHIR door over an archive, on both databases."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from tests.databases import (
    DatabaseServer,
    Index,
    database_server,
    empty_database,
    index,
    upgraded_database,
)
from tests.unit.fhir.clinic import Clinic
from tests.unit.reporting.department import Ward
from tests.unit.web.house import GOOD, ORIGIN, open_house

from steckel.audit.trail import AuditTrail
from steckel.fhir.ports import FhirServices
from steckel.fhir.routes import fhir_routes
from steckel.ris.record_entry import RecordEntry
from steckel.ris.records import Records
from steckel.server.settings import Settings
from steckel.server.wiring import House
from steckel.web.application import create_app

__all__ = ["database_server", "empty_database", "index", "upgraded_database"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clinic(index: Index, tmp_path: Path) -> Iterator[Clinic]:
    """One of its own for a test that changes it."""
    with _open(index.url, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_clinic(
    database_server: DatabaseServer,
    upgraded_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Clinic]:
    """One for all tests of a module, none of which changes it."""
    with (
        database_server.database(like=upgraded_database) as url,
        _open(url, tmp_path_factory.mktemp("clinic")) as opened,
    ):
        yield opened


@contextmanager
def _open(url: str, folder: Path) -> Iterator[Clinic]:
    house = House(Settings(home=folder / "home", database_url=url))
    house.layout.create()
    (folder / "accounts").mkdir()
    web = open_house(folder / "accounts")
    services = FhirServices(
        audit=AuditTrail(house.engine),
        source="STECKEL",
        records=Records(house.engine),
        entry=RecordEntry(house.engine),
    )
    parts = replace(web.parts(), metrics=CollectorRegistry(), fhir_routes=fhir_routes(services))
    app = create_app(parts)
    clinic = Clinic(Ward(house), app)
    clinic.fill()
    yield clinic
    web.close()
    house.close()


@pytest.fixture
async def admin(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(clinic, "root") as client:
        yield client


@pytest.fixture
async def user(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(clinic, "alice") as client:
        yield client


def _client(clinic: Clinic, name: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(clinic.app, client=("192.0.2.1", 4711))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=f"{ORIGIN}/fhir", auth=(name, GOOD))
