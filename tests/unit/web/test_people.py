"""Logins in several steps, second factors, sessions, locks and tokens, as a browser sees them."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.unit.security.soft_key import SoftKey
from tests.unit.web.house import GOOD, ORIGIN, House

from steckel.security.accounts import AccountChange
from steckel.security.totp import PERIOD, code_of

pytestmark = pytest.mark.anyio

LOGIN = {"name": "alice", "password": GOOD}
AGAIN = {"password": GOOD}


@pytest.fixture
async def alice(house: House) -> httpx.AsyncClient:
    client = house.client()
    assert (await client.post("/api/login", json=LOGIN)).status_code == 200
    return client


def now(secret: str, later: int = 0) -> str:
    return code_of(secret, int(time.time()) // PERIOD + later)


async def add_application(client: httpx.AsyncClient) -> tuple[str, list[str]]:
    begun = (await client.post("/api/session/factors/totp", json=AGAIN)).json()
    code = {"code": now(begun["secret"])}
    confirmed = await client.post("/api/session/factors/totp/confirm", json=code)
    return begun["secret"], confirmed.json()["recovery_codes"]


async def add_passkey(client: httpx.AsyncClient, key: SoftKey) -> httpx.Response:
    asked = (await client.post("/api/session/factors/passkeys/options", json=AGAIN)).json()
    made = {"ticket": asked["ticket"], "name": "key", "credential": key.make(asked["options"])}
    return await client.post("/api/session/factors/passkeys", json=made)


def soft_key() -> SoftKey:
    return SoftKey(origin=ORIGIN, host=ORIGIN.partition("://")[2].partition(":")[0])


async def test_an_application_is_set_up_with_a_picture_and_then_asked_for(
    house: House, alice: httpx.AsyncClient
) -> None:
    begun = (await alice.post("/api/session/factors/totp", json=AGAIN)).json()
    assert begun["picture"].startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert begun["secret"] in begun["address"]
    code = {"code": now(begun["secret"])}
    confirmed = await alice.post("/api/session/factors/totp/confirm", json=code)
    assert len(confirmed.json()["recovery_codes"]) == 10
    factors = (await alice.get("/api/session/factors")).json()
    assert factors["totp_since"]
    assert factors["recovery_codes"] == 10
    client = house.client()
    first = await client.post("/api/login", json=LOGIN)
    assert first.status_code == 202
    assert "set-cookie" not in first.headers
    assert first.json()["needs"] == ["totp", "recovery"]
    assert (await client.get("/api/session")).status_code == 401
    ticket = first.json()["ticket"]
    wrong = await client.post("/api/login/code", json={"ticket": ticket, "code": code["code"]})
    assert wrong.status_code == 401  # it confirmed already
    later = {"ticket": ticket, "code": now(begun["secret"], later=1)}
    second = await client.post("/api/login/code", json=later)
    assert second.status_code == 200
    assert second.json()["standing"] == "open"
    assert (await client.get("/api/session")).json()["user"]["name"] == "alice"
    refused = await house.client(auth=("alice", GOOD)).get("/wado")
    assert refused.status_code == 401
    assert "token" in refused.json()["detail"]


async def test_factors_are_touched_with_the_password_alone(alice: httpx.AsyncClient) -> None:
    wrong = {"password": "wrong"}
    for path in ("totp", "totp/remove", "passkeys/options", "passkeys/x/remove", "recovery"):
        response = await alice.post(f"/api/session/factors/{path}", json=wrong)
        assert response.status_code in {401, 429}, path


async def test_a_passkey_logs_in_alone(house: House, alice: httpx.AsyncClient) -> None:
    key = soft_key()
    added = await add_passkey(alice, key)
    assert added.status_code == 201
    assert len(added.json()["recovery_codes"]) == 10
    client = house.client()
    asked = (await client.post("/api/login/passkey/options", json={})).json()
    answer = {"ticket": asked["ticket"], "credential": key.sign(asked["options"])}
    assert (await client.post("/api/login/passkey", json=answer)).status_code == 200
    assert (await client.get("/api/session")).json()["user"]["name"] == "alice"
    (listed,) = (await client.get("/api/session/factors")).json()["passkeys"]
    path = f"/api/session/factors/passkeys/{listed['id']}/remove"
    assert (await client.post(path, json=AGAIN)).status_code == 204
    assert (await client.get("/api/session/factors")).json()["passkeys"] == []


async def test_a_ticket_of_somebody_else_adds_no_passkey(
    house: House, alice: httpx.AsyncClient
) -> None:
    root = house.client()
    await root.post("/api/login", json={"name": "root", "password": GOOD})
    key = soft_key()
    asked = (await root.post("/api/session/factors/passkeys/options", json=AGAIN)).json()
    made = {"ticket": asked["ticket"], "name": "key", "credential": key.make(asked["options"])}
    assert (await alice.post("/api/session/factors/passkeys", json=made)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        *("/api/studies", "/api/sessions", "/api/tokens", "/api/session/factors"),
        *("/dicomweb/studies", "/wado", "/ohif/index.html", "/metrics", "/api/openapi.json"),
        *("/api/session/", "//api/session", "/api/session/../studies"),
    ],
)
async def test_a_locked_session_reads_nothing(alice: httpx.AsyncClient, path: str) -> None:
    assert (await alice.get(ORIGIN + path)).status_code != 423
    assert (await alice.post("/api/session/lock")).status_code == 204
    response = await alice.get(ORIGIN + path)
    assert response.status_code == 423
    assert response.json()["detail"] == "the screen is locked"


async def test_a_locked_session_says_whose_it_is_and_opens_with_the_password_or_a_passkey(
    alice: httpx.AsyncClient,
) -> None:
    key = soft_key()
    key.verifies = False  # no PIN
    await add_passkey(alice, key)
    await alice.post("/api/session/lock")
    session = (await alice.get("/api/session")).json()
    assert (session["user"]["name"], session["standing"]) == ("alice", "locked")
    assert session["user"]["actions"] == []
    changed = await alice.post("/api/session/password", json={"old": GOOD, "new": "zebra lamps"})
    assert changed.status_code == 423
    wrong = await alice.post("/api/session/unlock", json={"password": "wrong"})
    assert wrong.status_code == 401
    assert (await alice.get("/api/tokens")).status_code == 423
    assert (await alice.post("/api/session/unlock", json=AGAIN)).status_code == 204
    assert (await alice.get("/api/tokens")).status_code == 200
    await alice.post("/api/session/lock")
    asked = (await alice.post("/api/session/unlock/passkey/options")).json()
    answer = {"ticket": asked["ticket"], "credential": key.sign(asked["options"])}
    assert (await alice.post("/api/session/unlock/passkey", json=answer)).status_code == 204
    assert (await alice.get("/api/session")).json()["standing"] == "open"


async def test_a_person_who_opens_a_link_on_a_locked_screen_is_led_to_the_login(
    alice: httpx.AsyncClient,
) -> None:
    await alice.post("/api/session/lock")
    headers = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    response = await alice.get("/ohif/viewer", headers=headers)
    assert response.headers["location"] == "/login?next=%2Fohif%2Fviewer"


async def test_another_login_replaces_the_session_of_the_browser(
    house: House, alice: httpx.AsyncClient
) -> None:
    await alice.post("/api/session/lock")
    await alice.post("/api/login", json={"name": "root", "password": GOOD})
    assert (await alice.get("/api/session")).json()["user"]["name"] == "root"
    assert house.security.sessions.list("alice") == []


async def test_only_a_session_is_locked(user: httpx.AsyncClient) -> None:
    assert (await user.post("/api/session/lock")).status_code == 403


async def test_a_given_password_is_changed_before_anything_else(
    house: House, admin: httpx.AsyncClient
) -> None:
    change = {"password": "zebra lamp 1", "must_change": True}
    assert (await admin.patch("/api/users/alice", json=change)).json()["must_change"] is True
    client = house.client()
    entered = await client.post("/api/login", json={"name": "alice", "password": "zebra lamp 1"})
    assert entered.json()["standing"] == "password"
    assert (await client.get("/api/tokens")).status_code == 423
    own = {"old": "zebra lamp 1", "new": "zebra lamp 2"}
    assert (await client.post("/api/session/password", json=own)).status_code == 204
    assert (await client.get("/api/tokens")).status_code == 200


async def test_a_role_can_be_asked_for_a_second_factor(
    house: House, alice: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    rules = await admin.put("/api/login-rules", json={"second_factor_roles": ["user"]})
    assert rules.json()["second_factor_roles"] == ["user"]
    client = house.client()
    assert (await client.post("/api/login", json=LOGIN)).json()["standing"] == "second-factor"
    assert (await client.get("/api/tokens")).status_code == 423
    assert (await client.get("/api/session/factors")).json()["required"] is True
    await add_application(client)
    assert (await client.get("/api/tokens")).status_code == 200
    assert (
        await alice.put("/api/login-rules", json={"second_factor_roles": []})
    ).status_code == 403


async def test_sessions_are_listed_and_ended(
    house: House, alice: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    other = house.client(headers={"User-Agent": "Other/2"})
    await other.post("/api/login", json=LOGIN)
    items = (await alice.get("/api/sessions")).json()["items"]
    assert {item["agent"] for item in items} >= {"Other/2"}
    assert [item["is_own"] for item in items].count(True) == 1
    theirs = next(item for item in items if not item["is_own"])
    assert theirs["address"] == "192.0.2.1"
    assert (await alice.delete(f"/api/sessions/{theirs['id']}")).status_code == 204
    assert (await other.get("/api/session")).status_code == 401
    assert (await alice.delete(f"/api/sessions/{theirs['id']}")).status_code == 404
    root = house.client()
    await root.post("/api/login", json={"name": "root", "password": GOOD})
    (mine,) = [s for s in (await root.get("/api/sessions")).json()["items"] if s["is_own"]]
    assert (await alice.delete(f"/api/sessions/{mine['id']}")).status_code == 404
    assert {one["user"] for one in (await admin.get("/api/sessions")).json()["items"]} == {
        "alice",
        "root",
    }


async def test_a_narrow_token_makes_no_wider_one(house: House, alice: httpx.AsyncClient) -> None:
    end = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    form = {"name": "x", "actions": ["read"], "expires": end, "sees": {"everything": True}}
    issued = (await alice.post("/api/tokens", json=form)).json()
    assert issued["actions"] == ["read"]
    assert issued["sees"] == {"everything": True, "confidential": False, "rules": []}
    assert issued["expires"]
    client = house.client(headers={"Authorization": f"Bearer {issued['token']}"})
    assert (await client.get("/api/session")).json()["user"]["actions"] == ["read"]
    for method, path in (("POST", "/api/tokens"), ("GET", "/api/tokens"), ("GET", "/api/sessions")):
        response = await client.request(method, path, json={"name": "wider"})
        assert response.status_code == 403, path
    for wrong in ({"actions": []}, {"actions": ["fly"]}, {"sees": {"rules": [{}]}}):
        refused = await alice.post("/api/tokens", json={"name": "x", **wrong})
        assert refused.status_code == 422
    past = {"name": "x", "expires": "2020-01-01T00:00:00Z"}
    assert (await alice.post("/api/tokens", json=past)).status_code == 422


async def test_an_account_for_a_machine(admin: httpx.AsyncClient) -> None:
    form = {"name": "gateway", "kind": "service", "role": "guest"}
    assert (await admin.post("/api/users", json=form)).json()["kind"] == "service"
    refused = await admin.post("/api/users", json={**form, "name": "b", "password": GOOD})
    assert refused.status_code == 422
    token = {"name": "x", "user": "gateway"}
    assert (await admin.post("/api/tokens", json=token)).status_code == 201


async def test_lost_factors_are_reset_by_an_administrator(
    alice: httpx.AsyncClient, admin: httpx.AsyncClient, house: House
) -> None:
    await add_application(alice)
    assert (await alice.post("/api/users/alice/reset-factors")).status_code == 403
    assert (await admin.post("/api/users/alice/reset-factors")).status_code == 204
    assert (await alice.get("/api/session")).status_code == 401
    assert (await house.client().post("/api/login", json=LOGIN)).status_code == 200


async def test_who_is_held_up_is_seen_and_let_in(
    house: House, admin: httpx.AsyncClient, alice: httpx.AsyncClient
) -> None:
    client = house.client()
    for name in ["alice"] * 5 + ["my secret password"]:
        await client.post("/api/login", json={"name": name, "password": "wrong"})
    assert (await client.post("/api/login", json=LOGIN)).status_code == 429
    items = (await admin.get("/api/login-attempts")).json()["items"]
    assert {(one["held"], one["name"]) for one in items} == {
        ("account", "alice"),
        ("address", "192.0.2.1"),
    }
    assert next(one for one in items if one["held"] == "account")["wait"] > 0
    release = {"held": "account", "name": "alice"}
    assert (await alice.post("/api/login-attempts/release", json=release)).status_code == 403
    assert (await admin.post("/api/login-attempts/release", json=release)).status_code == 204
    assert (await client.post("/api/login", json=LOGIN)).status_code == 200
    assert (await admin.post("/api/login-attempts/release", json=release)).status_code == 404


async def test_the_lock_is_as_its_user_likes_it_but_no_later_than_the_site_says(
    alice: httpx.AsyncClient,
) -> None:
    assert (await alice.get("/api/session")).json()["lock"] == {"minutes": 15, "longest": 15}
    await alice.patch("/api/session/preferences", json={"lock_minutes": 5})
    assert (await alice.get("/api/session")).json()["lock"]["minutes"] == 5
    await alice.patch("/api/session/preferences", json={"lock_minutes": 60})
    assert (await alice.get("/api/session")).json()["lock"]["minutes"] == 15


async def test_a_disabled_account_opens_no_screen(house: House, alice: httpx.AsyncClient) -> None:
    await alice.post("/api/session/lock")
    house.security.accounts.change("alice", AccountChange(disabled=True))
    assert (await alice.post("/api/session/unlock", json=AGAIN)).status_code == 401
