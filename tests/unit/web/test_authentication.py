import asyncio

import httpx
import pytest
from tests.unit.web.house import GOOD, ORIGIN, House

from steckel.security.accounts import AccountChange

pytestmark = pytest.mark.anyio

LOGIN = {"name": "alice", "password": GOOD}
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/studies",
        "/api/nothing",
        "/api",
        "/api/openapi.json",
        "/api/docs",
        "/dicomweb/studies",
        "/dicomweb/nothing",
        "/dicomweb",
        "/wado",
        "/ohif/index.html",
        "/metrics",
        "//api/studies",
        "/%61pi/studies",
    ],
)
async def test_whatever_holds_data_needs_a_login(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(ORIGIN + path)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == 'Basic realm="Steckel", Bearer'


@pytest.mark.parametrize("path", ["/", "/login", "/favicon.ico", "/healthz", "/readyz"])
async def test_what_holds_no_data_is_open(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 200


async def test_a_login_gives_a_cookie_that_scripts_cannot_read(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/login", json=LOGIN)
    assert response.status_code == 200
    assert response.json()["user"] == {
        "name": "alice",
        "display_name": "",
        "role": "user",
        "actions": ["export", "read", "store"],
    }
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert (await client.get("/api/session")).status_code == 200


async def test_over_https_the_cookie_is_secure(house: House) -> None:
    async with house.client() as client:
        response = await client.post("https://steckel.test/api/login", json=LOGIN)
    assert "Secure" in response.headers["set-cookie"]


async def test_after_logout_the_cookie_is_worth_nothing(client: httpx.AsyncClient) -> None:
    await client.post("/api/login", json=LOGIN)
    stolen = {"Cookie": f"steckel_session={client.cookies['steckel_session']}"}
    assert (await client.post("/api/logout")).status_code == 204
    assert "steckel_session" not in client.cookies
    assert (await client.get("/api/session", headers=stolen)).status_code == 401


async def test_who_is_logged_out_already_may_log_out(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/logout", headers={"Cookie": "steckel_session=ended"})
    assert response.status_code == 204
    assert 'steckel_session=""' in response.headers["set-cookie"]


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("nobody", GOOD), ("", "")])
async def test_a_wrong_login_says_the_same_whatever_is_wrong(
    client: httpx.AsyncClient, name: str, password: str
) -> None:
    response = await client.post("/api/login", json={"name": name, "password": password})
    assert response.status_code == 401
    assert response.json()["detail"] == "the name or the password is wrong"
    assert "set-cookie" not in response.headers


async def test_guessing_is_answered_with_a_time_to_wait(client: httpx.AsyncClient) -> None:
    for attempt in range(5):
        wrong = {"name": "alice", "password": f"wrong {attempt}"}
        assert (await client.post("/api/login", json=wrong)).status_code == 401
    response = await client.post("/api/login", json=LOGIN)
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) >= 1
    response = await client.get("/api/studies", auth=("alice", GOOD))
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) >= 1


async def test_basic_takes_a_password(client: httpx.AsyncClient) -> None:
    response = await client.get("/wado", auth=("alice", GOOD))
    assert response.text == "alice basic"


async def test_basic_and_bearer_take_a_token(house: House, client: httpx.AsyncClient) -> None:
    issued = house.security.tokens.issue("script", house.security.accounts.get("alice"))
    response = await client.get("/wado", auth=("alice", issued.secret))
    assert response.text == "alice token"
    response = await client.get("/wado", headers={"Authorization": f"Bearer {issued.secret}"})
    assert response.text == "alice token"
    house.security.tokens.revoke(issued.token.id)  # as another process does it
    headers = {"Authorization": f"bearer {issued.secret}"}
    while (await client.get("/wado", headers=headers)).status_code == 200:  # noqa: ASYNC110
        await asyncio.sleep(0.05)  # it tells nobody
    response = await client.get("/wado", headers=headers)
    assert response.status_code == 401


async def test_what_is_changed_here_counts_at_once(house: House, client: httpx.AsyncClient) -> None:
    issued = house.security.tokens.issue("script", house.security.accounts.get("alice"))
    headers = {"Authorization": f"Bearer {issued.secret}"}
    assert (await client.get("/wado", headers=headers)).status_code == 200
    house.security.tokens.revoke(issued.token.id)
    await client.post("/api/anything", headers=headers)
    assert (await client.get("/wado", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "value", ["", "Basic", "Basic !!!", "Basic YWJj", "Bearer", "Digest abc", "Bearer stk_no"]
)
async def test_credentials_that_cannot_be_read_are_refused(
    client: httpx.AsyncClient, value: str
) -> None:
    response = await client.get("/wado", headers={"Authorization": value})
    assert response.status_code == 401


async def test_a_password_may_have_any_letters(house: House, client: httpx.AsyncClient) -> None:
    house.security.accounts.change("alice", AccountChange(password="pässwörd: mit ☕"))
    auth = httpx.BasicAuth("alice", "pässwörd: mit ☕".encode())
    assert (await client.get("/wado", auth=auth)).status_code == 200


async def test_a_cookie_of_another_program_does_not_hide_ours(client: httpx.AsyncClient) -> None:
    await client.post("/api/login", json=LOGIN)
    session = client.cookies["steckel_session"]
    client.cookies.clear()
    headers = {"Cookie": f'odd={{"a":1}}; bad name=x; steckel_session={session}; y'}
    assert (await client.get("/api/session", headers=headers)).status_code == 200


@pytest.mark.parametrize("headers", [FETCH, {"X-Requested-With": "XMLHttpRequest"}])
async def test_a_script_of_a_page_is_not_asked_for_a_password_by_the_browser(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/api/session", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("headers", [NAVIGATION, {"Accept": "text/html,*/*"}])
async def test_a_person_is_led_to_the_login_page_and_back(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/ohif/viewer?StudyInstanceUIDs=1.2&x=%2F", headers=headers)
    assert response.status_code == 303
    assert response.headers["location"] == (
        "/login?next=%2Fohif%2Fviewer%3FStudyInstanceUIDs%3D1.2%26x%3D%252F"
    )


async def test_the_way_back_never_leads_to_another_host(client: httpx.AsyncClient) -> None:
    response = await client.get(f"{ORIGIN}//api//evil.test", headers=NAVIGATION)
    assert response.headers["location"] == "/login?next=%2Fapi%2F%2Fevil.test"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://steckel.test:81"},
    ],
)
@pytest.mark.parametrize("path", ["/api/logout", "/api/login", "/dicomweb/studies"])
async def test_a_page_of_another_site_cannot_change_anything(
    client: httpx.AsyncClient, headers: dict[str, str], path: str
) -> None:
    await client.post("/api/login", json=LOGIN)
    response = await client.post(path, json=LOGIN, headers=headers)
    assert response.status_code == 403
    assert (await client.get("/api/session")).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}]
)
async def test_our_own_page_can_change_things(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await client.post("/api/login", json=LOGIN)
    response = await client.post("/api/logout", headers=headers)
    assert response.status_code == 204


async def test_a_program_can_change_things_from_wherever_it_is(user: httpx.AsyncClient) -> None:
    response = await user.post("/dicomweb/studies", headers={"Origin": "http://viewer.test"})
    assert response.status_code == 200


async def test_a_disabled_account_is_out_at_once(
    house: House, client: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    await client.post("/api/login", json=LOGIN)
    response = await admin.patch("/api/users/alice", json={"disabled": True})
    assert response.status_code == 200
    assert (await client.get("/api/session")).status_code == 401
    assert (await client.get("/wado", auth=("alice", GOOD))).status_code == 401
