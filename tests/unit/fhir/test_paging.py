"""Pages of a search while the archive goes on."""

import httpx
import pytest
from tests.unit.fhir.clinic import Clinic

pytestmark = pytest.mark.anyio


async def test_pages_are_stable_while_more_comes(clinic: Clinic, user: httpx.AsyncClient) -> None:
    for number in range(5, 10):
        clinic.ward.images(f"1.2.{number}", f"A{number}", f"P{number}")
    seen: list[str] = []
    address: str | None = "/ImagingStudy?_count=3&_sort=-started&modality=CT"
    while address:
        bundle = (await user.get(address)).json()
        seen += [entry["resource"]["id"] for entry in bundle["entry"]]
        address = {link["relation"]: link["url"] for link in bundle["link"]}.get("next")
        clinic.ward.images(f"1.3.{len(seen)}", "A0", f"Q{len(seen)}")
    assert len(seen) == len(set(seen))
    assert {"1.2.3", "1.2.4", "1.2.9"} <= set(seen)
