import pytest
from tests.unit.security.doubles import Clock, CountingPasswords

from steckel.security.access_rules import AccessRules
from steckel.security.accounts import AccountChange
from steckel.security.common_passwords import is_common
from steckel.security.password_policy import PasswordPolicy
from steckel.security.refusals import InvalidValue
from steckel.security.site import Security, open_security

GOOD = "correct horse battery"


def change(security: Security, password: str) -> None:
    security.accounts.change("alice", AccountChange(password=password))


@pytest.mark.parametrize(
    "password",
    [
        *("password", "P@ssw0rd!", "Password2026", "motdepasse1", "azertyuiop", "Radiologie2026!"),
        *("12345678", "87654321", "abcdefgh", "aaaaaaaa", "abcabcabc", "qwertyuiop", "1qaz2wsx"),
        *("steckel123", "passwordpassword", "10203040", "hôpital2026"),
    ],
)
def test_what_machines_guess_first_is_refused(password: str) -> None:
    assert is_common(password)
    with pytest.raises(InvalidValue, match="guessed first"):
        PasswordPolicy().require_acceptable(password, "alice")


@pytest.mark.parametrize("password", [GOOD, "long enough", "zebra-lamp-9", "un vélo bleu"])
def test_what_nobody_guesses_is_taken(password: str) -> None:
    PasswordPolicy().require_acceptable(password, "alice")


@pytest.mark.parametrize("password", ["marguerite", "Marguerite1", "26marguerite!"])
def test_the_name_is_no_password(password: str) -> None:
    with pytest.raises(InvalidValue, match="name"):
        PasswordPolicy().require_acceptable(password, "marguerite@clinic")


def test_the_length_is_the_sites(security: Security) -> None:
    policy = PasswordPolicy(shortest=14)
    with pytest.raises(InvalidValue, match="at least 14"):
        policy.require_acceptable("zebra-lamp-90", "alice")
    policy.require_acceptable("zebra-lamp-900", "alice")


def test_a_password_does_not_come_again_until_others_were_there(security: Security) -> None:
    with pytest.raises(InvalidValue, match="used before"):
        change(security, GOOD)
    for number in range(4):
        change(security, f"zebra lamp number {number}")
        with pytest.raises(InvalidValue, match="used before"):
            change(security, GOOD)
    change(security, "zebra lamp at last")
    change(security, GOOD)


def test_without_a_history_it_may_come_again(
    security: Security, passwords: CountingPasswords, clock: Clock
) -> None:
    rules = AccessRules(passwords=PasswordPolicy(history=0))
    lenient = open_security(security.accounts._engine, passwords, clock, rules)
    change(lenient, GOOD)


def test_a_password_has_to_be_changed_after_its_time(
    security: Security, passwords: CountingPasswords, clock: Clock
) -> None:
    rules = AccessRules(passwords=PasswordPolicy(longest_days=30))
    strict = open_security(security.accounts._engine, passwords, clock, rules)
    clock.pass_by(29 * 86400)
    assert not strict.accounts.must_change_password(strict.accounts.get("alice"))
    clock.pass_by(2 * 86400)
    assert strict.accounts.must_change_password(strict.accounts.get("alice"))
    change(strict, "zebra lamp at last")
    assert not strict.accounts.must_change_password(strict.accounts.get("alice"))
