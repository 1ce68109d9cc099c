import pytest
from sqlalchemy import Engine

from steckel.errors import NotFound
from steckel.security.accounts import AccountChange, Accounts, ensure_admin
from steckel.security.passwords import Passwords
from steckel.security.refusals import AlreadyExists, InvalidValue
from steckel.security.roles import ADMIN, USER
from steckel.security.site import Security

GOOD = "correct horse battery"


@pytest.fixture
def accounts(engine: Engine, passwords: Passwords) -> Accounts:
    return Accounts(engine, passwords)


def test_the_first_account_gets_the_given_password(accounts: Accounts) -> None:
    assert ensure_admin(accounts, "given-password") is None
    account = accounts.verify("admin", "given-password")
    assert account is not None
    assert account.role == ADMIN


def test_without_a_password_one_is_made_and_told_once(accounts: Accounts) -> None:
    made = ensure_admin(accounts, None)
    assert made is not None
    assert accounts.verify("admin", made) is not None
    assert ensure_admin(accounts, None) is None


def test_where_there_are_accounts_none_is_made(security: Security) -> None:
    assert ensure_admin(security.accounts, "given-password") is None
    with pytest.raises(NotFound):
        security.accounts.get("admin")


def test_a_name_is_taken_once_whatever_its_case(security: Security) -> None:
    with pytest.raises(AlreadyExists):
        security.accounts.add("ALICE", GOOD)


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a" * 65, "é"])
def test_a_name_that_cannot_be_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(InvalidValue):
        accounts.add(name, GOOD)


@pytest.mark.parametrize("name", ["", "a\0", "\ud800", "x" * 10_000])
def test_a_name_that_cannot_be_is_unknown(security: Security, name: str) -> None:
    assert security.accounts.verify(name, GOOD) is None
    with pytest.raises(NotFound):
        security.accounts.get(name)


def test_a_display_name_is_printable(security: Security) -> None:
    with pytest.raises(InvalidValue):
        security.accounts.change("alice", AccountChange(display_name="A\0"))


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_that_cannot_be_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidValue):
        accounts.add("bob", password)


def test_a_changed_password_counts_and_the_old_one_does_not(security: Security) -> None:
    security.accounts.change("alice", AccountChange(password="another good one"))
    assert security.accounts.verify("alice", GOOD) is None
    assert security.accounts.verify("Alice", "another good one") is not None


def test_a_disabled_account_cannot_be_verified(accounts: Accounts) -> None:
    ensure_admin(accounts, GOOD)
    accounts.add("bob", GOOD)
    accounts.change("bob", AccountChange(disabled=True))
    assert accounts.verify("bob", GOOD) is None


@pytest.mark.parametrize("change", [AccountChange(disabled=True), AccountChange(role=USER)])
def test_the_last_administrator_remains(accounts: Accounts, change: AccountChange) -> None:
    ensure_admin(accounts, GOOD)
    with pytest.raises(InvalidValue, match="administrator"):
        accounts.change("admin", change)
    assert accounts.get("admin").role == ADMIN
    assert not accounts.get("admin").disabled


def test_a_hash_of_weaker_days_is_renewed_at_the_next_login(
    engine: Engine, passwords: Passwords
) -> None:
    Accounts(engine, passwords).add("bob", GOOD)
    today = Accounts(engine, Passwords())
    assert today.verify("bob", GOOD) is not None
    stored = today.stored("bob")
    assert stored is not None
    assert not Passwords().is_outdated(stored.password_hash)


def test_preferences_are_kept(security: Security) -> None:
    security.accounts.keep_preferences("alice", {"language": "fr"})
    assert security.accounts.preferences("alice") == {"language": "fr"}


def test_preferences_have_a_limit(security: Security) -> None:
    with pytest.raises(InvalidValue):
        security.accounts.keep_preferences("alice", {"columns": "x" * 20_000})
