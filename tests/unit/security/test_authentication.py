from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.unit.security.doubles import Clock, CountingPasswords, enter

from steckel.security.accounts import AccountChange
from steckel.security.authentication import Basic, Bearer, Cookie
from steckel.security.principal import Via
from steckel.security.refusals import NotAuthenticated, Throttled
from steckel.security.roles import ADMIN, USER
from steckel.security.site import Security

GOOD = "correct horse battery"
WRONG = "wrong horse battery"


def with_password(password: str, name: str = "alice") -> Basic:
    return Basic(name=name, password=password)


def fail(
    security: Security, times: int, *, name: str = "alice", address: str = "192.0.2.1"
) -> None:
    for attempt in range(times):
        with pytest.raises(NotAuthenticated):
            security.authenticator.authenticate(
                with_password(f"{WRONG}{attempt}", name=name), address
            )


def test_a_session_shows_who_is_asking(security: Security) -> None:
    session = enter(security, "Alice", GOOD, "192.0.2.1")
    principal = security.authenticator.authenticate(Cookie(session=session), "192.0.2.1")
    assert (principal.name, principal.role, principal.via) == ("alice", USER, Via.SESSION)


def test_a_token_shows_who_is_asking(security: Security) -> None:
    issued = security.tokens.issue("script", security.accounts.get("alice"))
    principal = security.authenticator.authenticate(Bearer(token=issued.secret), "192.0.2.1")
    assert (principal.name, principal.via) == ("alice", Via.TOKEN)


def test_a_token_serves_as_the_password_of_its_own_account_only(security: Security) -> None:
    security.accounts.add("bob", GOOD)
    issued = security.tokens.issue("script", security.accounts.get("alice"))
    authenticate = security.authenticator.authenticate
    assert authenticate(with_password(issued.secret), "192.0.2.1").name == "alice"
    with pytest.raises(NotAuthenticated):
        authenticate(with_password(issued.secret, name="bob"), "192.0.2.1")


def test_basic_is_verified_once_and_then_remembered_for_a_minute(
    security: Security, passwords: CountingPasswords, clock: Clock
) -> None:
    for _ in range(3):
        security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")
    assert len(passwords.verified) == 1
    clock.pass_by(61)
    security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")
    assert len(passwords.verified) == 2


def test_many_at_once_are_neither_verified_each_nor_throttled(
    security: Security, passwords: CountingPasswords
) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(
            lambda _: security.authenticator.authenticate(with_password(GOOD), "192.0.2.1"),
            range(64),
        )
        assert {principal.name for principal in answers} == {"alice"}
    assert len(passwords.verified) == 1


def test_a_remembered_password_is_forgotten_when_it_changes(security: Security) -> None:
    security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")
    security.accounts.change("alice", AccountChange(password="another good one"))
    with pytest.raises(NotAuthenticated):
        security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")


def test_a_remembered_password_does_not_help_a_disabled_account(security: Security) -> None:
    security.accounts.add("root", GOOD, role=ADMIN)
    security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")
    security.accounts.change("alice", AccountChange(disabled=True))
    with pytest.raises(NotAuthenticated):
        security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")


def test_an_unknown_name_costs_as_much_work_as_a_known_one(
    security: Security, passwords: CountingPasswords
) -> None:
    fail(security, 1, name="nobody")
    fail(security, 1, name="alice")
    assert passwords.verified == [False, True]


def test_after_five_wrong_passwords_the_account_has_to_wait_twice_as_long_each_time(
    security: Security, clock: Clock
) -> None:
    fail(security, 5)
    waits = []
    for _ in range(4):
        with pytest.raises(Throttled) as caught:
            security.authenticator.authenticate(with_password(GOOD), "192.0.2.1")
        waits.append(caught.value.retry_after)
        clock.pass_by(caught.value.retry_after)
        fail(security, 1)
    assert waits == [1, 2, 4, 8]


def test_waiting_helps_whoever_has_the_right_password(security: Security, clock: Clock) -> None:
    fail(security, 5)
    clock.pass_by(1)
    assert enter(security, "alice", GOOD, "192.0.2.1")
    fail(security, 4)


def test_an_account_is_throttled_whatever_the_address(security: Security) -> None:
    for host in range(5):
        fail(security, 1, address=f"192.0.2.{host}")
    with pytest.raises(Throttled):
        enter(security, "alice", GOOD, "192.0.2.99")


def test_an_address_is_throttled_whatever_the_account(security: Security) -> None:
    for number in range(20):
        fail(security, 1, name=f"guess{number}")
    with pytest.raises(Throttled):
        enter(security, "alice", GOOD, "192.0.2.1")
    assert enter(security, "alice", GOOD, "192.0.2.2")


def test_an_own_account_does_not_wash_an_address_clean(security: Security) -> None:
    for number in range(19):
        fail(security, 1, name=f"guess{number}")
    enter(security, "alice", GOOD, "192.0.2.1")
    fail(security, 1, name="guess19")
    with pytest.raises(Throttled):
        enter(security, "alice", GOOD, "192.0.2.1")


def test_throttling_leaves_sessions_and_tokens_alone(security: Security) -> None:
    session = enter(security, "alice", GOOD, "192.0.2.1")
    issued = security.tokens.issue("script", security.accounts.get("alice"))
    fail(security, 5)
    authenticate = security.authenticator.authenticate
    assert authenticate(Cookie(session=session), "192.0.2.1").name == "alice"
    assert authenticate(Bearer(token=issued.secret), "192.0.2.1").name == "alice"
