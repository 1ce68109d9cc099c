import pytest
from tests.unit.security.doubles import Clock

from steckel.security.refusals import InvalidValue
from steckel.security.site import Security
from steckel.security.totp import PERIOD, code_of


def code(secret: str, clock: Clock, later: int = 0) -> str:
    return code_of(secret, int(clock()) // PERIOD + later)


def enrol(security: Security, clock: Clock, account: str = "alice") -> tuple[str, list[str]]:
    secret = security.factors.begin_totp(account)
    return secret, security.factors.confirm_totp(account, code(secret, clock))


def test_an_application_counts_when_it_has_shown_a_code(security: Security, clock: Clock) -> None:
    secret = security.factors.begin_totp("alice")
    assert not security.factors.take("alice", code(secret, clock))
    assert not security.accounts.get("alice").has_second_factor
    with pytest.raises(InvalidValue, match="code is wrong"):
        security.factors.confirm_totp("alice", "000000")
    codes = security.factors.confirm_totp("alice", code(secret, clock))
    assert len(set(codes)) == 10
    assert security.accounts.get("alice").has_second_factor
    assert security.factors.state("alice").totp_since == clock()


def test_a_code_that_was_taken_is_worth_nothing(security: Security, clock: Clock) -> None:
    secret, _ = enrol(security, clock)
    assert not security.factors.take("alice", code(secret, clock))  # it confirmed already
    clock.pass_by(PERIOD)
    assert security.factors.take("alice", code(secret, clock))
    assert not security.factors.take("alice", code(secret, clock))
    assert not security.factors.take("alice", code(secret, clock, later=-1))


def test_a_recovery_code_stands_in_once_however_it_is_typed(
    security: Security, clock: Clock
) -> None:
    _, codes = enrol(security, clock)
    assert security.factors.take("alice", f" {codes[0].upper().replace('-', ' ')}")
    assert not security.factors.take("alice", codes[0])
    assert security.factors.state("alice").recovery_codes == 9


def test_recovery_codes_are_of_one_account(security: Security, clock: Clock) -> None:
    security.accounts.add("bob", "correct horse battery")
    _, codes = enrol(security, clock)
    enrol(security, clock, "bob")
    assert not security.factors.take("bob", codes[0])


def test_new_recovery_codes_replace_the_old_ones(security: Security, clock: Clock) -> None:
    with pytest.raises(InvalidValue, match="second factor"):
        security.factors.renew_recovery_codes("alice")
    _, old = enrol(security, clock)
    new = security.factors.renew_recovery_codes("alice")
    assert not security.factors.take("alice", old[0])
    assert security.factors.take("alice", new[0])


def test_a_second_application_is_refused_and_the_first_one_stays(
    security: Security, clock: Clock
) -> None:
    secret, _ = enrol(security, clock)
    with pytest.raises(InvalidValue, match="remove it first"):
        security.factors.begin_totp("alice")
    clock.pass_by(PERIOD)
    assert security.factors.take("alice", code(secret, clock))


@pytest.mark.parametrize("way", ["remove", "reset"])
def test_without_a_factor_there_are_no_recovery_codes(
    security: Security, clock: Clock, way: str
) -> None:
    _, codes = enrol(security, clock)
    if way == "remove":
        security.factors.remove_totp("alice")
    else:
        security.factors.reset("alice")
    assert not security.accounts.get("alice").has_second_factor
    assert not security.factors.take("alice", codes[0])
