"""The real web application with the FHIR door over an archive, on both databases."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from tests.databases import (
    Index,
    database_server,
    empty_database,
    index,
    upgraded_database,
)
from tests.unit.fhir.clinic import Clinic
from tests.unit.reporting.department import Ward
from tests.unit.web.house import GOOD, ORIGIN, open_house

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
    house = House(Settings(home=tmp_path / "home", database_url=index.url))
    house.layout.create()
    (tmp_path / "accounts").mkdir()
    web = open_house(tmp_path / "accounts")
    services = FhirServices(records=Records(house.engine), entry=RecordEntry(house.engine))
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
