import httpx
import pytest
from starlette.routing import BaseRoute
from structlog.testing import capture_logs
from tests.unit.web.house import House

from steckel.errors import StorageFailure
from steckel.web.application import create_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/api/nothing", "/dicomweb/nothing", "/ohif", "/nothing/here"])
async def test_what_is_not_there_is_a_problem(user: httpx.AsyncClient, path: str) -> None:
    response = await user.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "Not Found"


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/api/studies"), ("PATCH", "/dicomweb/studies"), ("POST", "/")]
)
async def test_a_method_that_is_not_allowed_is_a_problem_that_says_which_are(
    user: httpx.AsyncClient, method: str, path: str
) -> None:
    response = await user.request(method, path)
    assert response.status_code == 405
    assert response.json()["status"] == 405
    assert "GET" in response.headers["allow"]


async def test_a_wrong_parameter_is_named_and_its_value_is_not_repeated(
    user: httpx.AsyncClient,
) -> None:
    response = await user.get("/api/studies", params={"date_from": "DUPONT"})
    assert response.status_code == 422
    assert "date_from" in response.json()["detail"]
    assert "DUPONT" not in response.text


@pytest.mark.parametrize("path", ["/api/studies/1%00", "/api/studies?search=a%00", "/%00"])
async def test_a_null_character_in_an_address_is_refused(
    user: httpx.AsyncClient, path: str
) -> None:
    assert (await user.get(path)).status_code == 400


@pytest.mark.parametrize("text", [r"\ud800", r"a\u0000"])
async def test_letters_that_are_none_are_refused(user: httpx.AsyncClient, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    body = f'{{"name": "{text}"}}'
    response = await user.post("/api/tokens", content=body, headers=headers)
    assert response.status_code == 422
    login = f'{{"name": "{text}", "password": "{text}"}}'
    response = await user.post("/api/login", content=login, headers=headers)
    assert response.status_code in {401, 422}
    body = f'{{"columns": ["{text}"]}}'
    path = "/api/session/preferences"
    response = await user.patch(path, content=body, headers=headers)
    assert response.status_code == (200 if "0000" in text else 422)


async def test_a_body_that_is_no_json_is_a_problem(user: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await user.post("/api/tokens", content=b"{", headers=headers)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_form_has_a_limit(user: httpx.AsyncClient) -> None:
    response = await user.post("/api/tokens", json={"name": "x" * (2 << 20)})
    assert response.status_code == 413


async def test_what_nobody_expected_is_logged_and_only_its_reference_told(
    user: httpx.AsyncClient,
) -> None:
    with capture_logs() as logs:
        response = await user.get("/api/patients/broken")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "DUPONT" not in response.text
    (entry,) = [one for one in logs if one["event"] == "request_failed"]
    assert entry["reference"] == response.json()["reference"]
    assert entry["where"]
    assert "DUPONT" not in repr(logs)


async def test_every_answer_keeps_browsers_from_guessing_and_framing(
    client: httpx.AsyncClient, user: httpx.AsyncClient
) -> None:
    for response in (await client.get("/login"), await user.get("/api/studies")):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cross-origin-resource-policy"] == "same-site"
        assert "camera=()" in response.headers["permissions-policy"]
        assert "strict-transport-security" not in response.headers
        assert response.headers["referrer-policy"] == "same-origin"
    assert (await client.get("/login")).headers["content-security-policy"] == "default-src 'self'"
    data = await user.get("/api/studies")
    assert "default-src 'none'" in data.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in data.headers["content-security-policy"]
    assert data.headers["cache-control"] == "no-store"


async def test_other_doors_are_told_who_asks(user: httpx.AsyncClient) -> None:
    assert (await user.get("/dicomweb/studies")).text == "alice basic"
    assert (await user.get("/ohif/index.html")).text == "alice basic"


async def test_readiness_follows_the_database_and_the_store(
    house: House, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/readyz")).json() == {"status": "ok"}
    house.status.failure = StorageFailure("the database does not answer")
    response = await client.get("/readyz")
    assert response.status_code == 503
    assert (await client.get("/healthz")).status_code == 200


async def test_metrics_count_requests_by_area(
    user: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    await user.get("/dicomweb/studies")
    await user.get("/some/page")
    assert (await user.get("/metrics")).status_code == 403
    text = (await admin.get("/metrics")).text
    assert 'steckel_http_requests_total{area="dicomweb",method="GET",status="200"} 1.0' in text
    assert 'area="workstation",method="GET",status="404"' in text


async def test_the_openapi_document_has_every_address_of_the_api(user: httpx.AsyncClient) -> None:
    document = (await user.get("/api/openapi.json")).json()
    assert "/api/studies/{uid}" in document["paths"]
    assert "/api/ae/{title}/echo" in document["paths"]
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_a_route_that_cannot_be_guarded_stops_the_start(house: House) -> None:
    parts = house.parts()
    object.__setattr__(parts, "ohif_routes", [BaseRoute()])
    with pytest.raises(TypeError):
        create_app(parts)


async def test_over_https_browsers_are_told_to_come_back_over_https(house: House) -> None:
    async with house.client() as client:
        response = await client.get("https://steckel.test/healthz")
    assert response.headers["strict-transport-security"] == "max-age=2592000"
