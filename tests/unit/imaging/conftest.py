"""An imaging service over an archive in memory, with real worker processes."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from tests.unit.imaging.memory_retriever import MemoryRetriever, sample

from steckel.imaging.service import ImagingService
from steckel.retrieve.model import StoredInstance


@pytest.fixture(scope="module")
def retriever() -> MemoryRetriever:
    return MemoryRetriever()


@pytest.fixture(scope="module")
def service(retriever: MemoryRetriever) -> Iterator[ImagingService]:
    service = ImagingService(retriever, processes=1, timeout=30)
    yield service
    service.stop()


@pytest.fixture
def stored(retriever: MemoryRetriever) -> Callable[[str], StoredInstance]:
    return lambda name: retriever.add(sample(name))


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    return asyncio.run
