"""Reports are listed with their study; documents leave so that no browser runs them."""

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_the_reports_of_a_study_are_listed(user: httpx.AsyncClient) -> None:
    answer = await user.get("/api/studies/1.2.3/reports")
    first, second = answer.json()["items"]
    (version,) = first["versions"]
    assert (first["id"], version["status"], version["text"]) == ("r1", "final", "Normal.")
    assert version["at"] == "2026-03-01T12:00:00.000Z"
    (document,) = version["documents"]
    assert document["media_type"] == "application/pdf"
    assert (await user.get(document["url"])).content == b"%PDF"
    assert second["versions"][0]["sop_instance_uid"] is None


async def test_a_pdf_is_shown_and_anything_else_is_kept(user: httpx.AsyncClient) -> None:
    pdf = await user.get("/api/reports/r1/versions/1/body")
    assert pdf.headers["content-disposition"] == 'inline; filename="CT.pdf"'
    assert pdf.headers["content-type"] == "application/pdf"
    cda = await user.get("/api/reports/r2/versions/1/body")
    assert cda.headers["content-disposition"] == 'attachment; filename="CT.xml"'
    assert "sandbox" in cda.headers["content-security-policy"]
    assert cda.headers["x-content-type-options"] == "nosniff"


async def test_nobody_reads_a_report_without_a_login(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/studies/1.2.3/reports")).status_code == 401
    assert (await client.get("/api/reports/r1/versions/1/body")).status_code == 401


async def test_a_report_that_is_not_there_is_not_found(user: httpx.AsyncClient) -> None:
    assert (await user.get("/api/reports/r9")).status_code == 404
    assert (await user.get("/api/studies/1.2.9/reports")).json() == {"items": []}
