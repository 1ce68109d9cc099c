from dataclasses import replace
from typing import Any

import pytest
from tests.unit.security.doubles import HERE, Clock, enter
from tests.unit.security.soft_key import SoftKey
from tests.unit.security.test_second_factors import code, enrol

from steckel.errors import NotFound
from steckel.index.view import NOTHING
from steckel.security.accounts import AccountChange
from steckel.security.authentication import Basic, Bearer, Cookie
from steckel.security.login_steps import LONGEST, StepKind
from steckel.security.logins import KeyAnswer, KeyQuestion, LoggedIn, SecondStep
from steckel.security.passkeys import RelyingParty
from steckel.security.principal import Principal, Standing
from steckel.security.refusals import AlreadyExists, InvalidValue, NotAuthenticated, Throttled
from steckel.security.roles import ADMIN
from steckel.security.site import Security
from steckel.security.throttle import Held
from steckel.security.totp import PERIOD

GOOD = "correct horse battery"
SITE = RelyingParty(id="pacs.test", name="St. Anna", origin="https://pacs.test")


def begin(security: Security) -> SecondStep:
    step = security.logins.with_password("alice", GOOD, HERE)
    assert isinstance(step, SecondStep)
    return step


def who(security: Security, session: str) -> Principal:
    return security.authenticator.authenticate(Cookie(session=session), HERE.address)


def add_key(security: Security, key: SoftKey, account: str = "alice") -> list[str]:
    asked = security.passkeys.ask_for_new(security.accounts.get(account), SITE)
    made = key.make(asked.options)
    return security.passkeys.add(account, "my key", made, (asked.challenge, SITE))


def answer(question: KeyQuestion, credential: dict[str, Any]) -> KeyAnswer:
    return KeyAnswer(ticket=question.ticket, credential=credential, site=SITE)


def test_a_password_alone_does_not_enter_an_account_with_a_second_factor(
    security: Security, clock: Clock
) -> None:
    secret, _ = enrol(security, clock)
    clock.pass_by(PERIOD)
    step = begin(security)
    assert step.methods == ("totp", "recovery")
    assert security.sessions.list("alice") == []
    entered = security.logins.with_code(step.ticket, code(secret, clock), HERE)
    assert who(security, entered.session).standing is Standing.OPEN
    with pytest.raises(NotAuthenticated):  # the ticket was taken
        security.logins.with_code(step.ticket, code(secret, clock, later=1), HERE)


def test_a_ticket_is_worth_nothing_after_its_time_or_for_another_kind(
    security: Security, clock: Clock
) -> None:
    secret, _ = enrol(security, clock)
    step = begin(security)
    with pytest.raises(NotAuthenticated):
        security.steps.find(StepKind.PASSKEY, step.ticket)
    clock.pass_by(LONGEST + 1)
    with pytest.raises(NotAuthenticated, match="too long"):
        security.logins.with_code(step.ticket, code(secret, clock), HERE)


def test_guessing_codes_is_slowed_down_and_no_right_password_forgives_it(
    security: Security, clock: Clock
) -> None:
    secret, _ = enrol(security, clock)
    clock.pass_by(PERIOD)
    for _attempt in range(5):
        step = begin(security)
        with pytest.raises(NotAuthenticated):
            security.logins.with_code(step.ticket, "000000", HERE)
    step = begin(security)
    with pytest.raises(Throttled):
        security.logins.with_code(step.ticket, code(secret, clock), HERE)
    (held,) = [s for s in security.logins.code_throttle.counted() if s.held is Held.ACCOUNT]
    assert (held.name, held.attempts) == ("alice", 5)
    assert held.wait > 0
    assert security.logins.code_throttle.release(Held.ACCOUNT, "alice")
    assert security.logins.with_code(step.ticket, code(secret, clock), HERE)


def test_where_nobody_can_be_asked_only_a_token_counts(security: Security, clock: Clock) -> None:
    enrol(security, clock)
    with pytest.raises(NotAuthenticated, match="token"):
        security.authenticator.authenticate(Basic(name="alice", password=GOOD), HERE.address)
    issued = security.tokens.issue("x", security.accounts.get("alice"))
    authenticate = security.authenticator.authenticate
    assert authenticate(Bearer(token=issued.secret), HERE.address).name == "alice"
    assert authenticate(Basic(name="alice", password=issued.secret), HERE.address).name == "alice"


def test_a_role_that_needs_a_second_factor_has_it_set_up_first(
    security: Security, clock: Clock
) -> None:
    security.roles.require_second_factor(["user"])
    session = enter(security, "alice", GOOD)
    principal = who(security, session)
    assert principal.standing is Standing.SECOND_FACTOR
    assert (principal.actions, principal.view) == (frozenset(), NOTHING)
    with pytest.raises(NotAuthenticated, match="token"):
        security.authenticator.authenticate(Basic(name="alice", password=GOOD), HERE.address)
    enrol(security, clock)
    assert who(security, session).standing is Standing.OPEN
    with pytest.raises(InvalidValue, match="no role"):
        security.roles.require_second_factor(["nobody"])


def test_a_password_that_was_given_has_to_be_changed_first(security: Security) -> None:
    change = AccountChange(password="zebra lamp 1", must_change=True)
    security.accounts.change("alice", change)
    session = enter(security, "alice", "zebra lamp 1")
    assert who(security, session).standing is Standing.PASSWORD
    with pytest.raises(NotAuthenticated, match="changed first"):
        security.authenticator.authenticate(
            Basic(name="alice", password="zebra lamp 1"), HERE.address
        )
    security.accounts.change("alice", AccountChange(password="zebra lamp 2"))
    assert who(security, session).standing is Standing.OPEN


def test_a_locked_session_may_and_sees_nothing_until_it_is_opened(security: Security) -> None:
    session = enter(security, "alice", GOOD)
    principal = who(security, session)
    assert principal.session is not None
    security.sessions.lock(principal.session)
    locked = who(security, session)
    assert locked.standing is Standing.LOCKED
    assert (locked.actions, locked.view) == (frozenset(), NOTHING)
    with pytest.raises(NotAuthenticated):
        security.logins.unlock_with_password(locked, "wrong", HERE)
    assert who(security, session).standing is Standing.LOCKED
    security.logins.unlock_with_password(locked, GOOD, HERE)
    assert who(security, session).standing is Standing.OPEN


def test_a_passkey_enters_alone_if_it_knows_its_user(security: Security) -> None:
    key = SoftKey()
    assert len(add_key(security, key)) == 10
    assert security.accounts.get("alice").has_second_factor
    question = security.logins.ask_anybody(SITE)
    entered = security.logins.with_passkey(answer(question, key.sign(question.options)), HERE)
    assert who(security, entered.session).name == "alice"
    key.verifies = False
    question = security.logins.ask_anybody(SITE)
    with pytest.raises(NotAuthenticated):
        security.logins.with_passkey(answer(question, key.sign(question.options)), HERE)


def test_after_the_password_a_passkey_need_not_know_its_user(security: Security) -> None:
    key = SoftKey()
    key.verifies = False
    add_key(security, key)
    question = security.logins.ask_second(begin(security).ticket, SITE)
    entered = security.logins.with_second_passkey(
        answer(question, key.sign(question.options)), HERE
    )
    assert isinstance(entered, LoggedIn)


def test_an_answer_counts_once_and_for_its_question_and_site_alone(security: Security) -> None:
    key = SoftKey()
    add_key(security, key)
    first = security.logins.ask_anybody(SITE)
    other = security.logins.ask_anybody(SITE)
    signed = key.sign(first.options)
    with pytest.raises(NotAuthenticated):
        security.logins.with_passkey(answer(other, signed), HERE)
    security.logins.with_passkey(answer(first, signed), HERE)
    with pytest.raises(NotAuthenticated):
        security.logins.with_passkey(answer(first, signed), HERE)
    for wrong in (
        replace(SITE, origin="https://evil.test"),
        replace(SITE, id="evil.test"),
    ):
        question = security.logins.ask_anybody(SITE)
        given = KeyAnswer(ticket=question.ticket, credential=key.sign(question.options), site=wrong)
        with pytest.raises(NotAuthenticated):
            security.logins.with_passkey(given, HERE)


def test_a_copied_key_whose_count_goes_back_is_refused(security: Security) -> None:
    key = SoftKey()
    add_key(security, key)
    for count, fits in ((7, True), (3, False)):
        key.count = count
        question = security.logins.ask_anybody(SITE)
        given = answer(question, key.sign(question.options))
        if fits:
            security.logins.with_passkey(given, HERE)
        else:
            with pytest.raises(NotAuthenticated):
                security.logins.with_passkey(given, HERE)


def test_nobody_elses_passkey_is_a_second_factor_or_opens_a_screen(security: Security) -> None:
    security.accounts.add("bob", GOOD)
    mine, theirs = SoftKey(), SoftKey()
    add_key(security, mine)
    add_key(security, theirs, "bob")
    question = security.logins.ask_second(begin(security).ticket, SITE)
    with pytest.raises(NotAuthenticated):
        security.logins.with_second_passkey(answer(question, theirs.sign(question.options)), HERE)
    question = security.logins.ask_anybody(SITE)
    entered = security.logins.with_passkey(answer(question, mine.sign(question.options)), HERE)
    principal = who(security, entered.session)
    security.sessions.lock(principal.session or "")
    for key in (theirs, mine):
        question = security.logins.ask_to_unlock(principal, SITE)
        given = answer(question, key.sign(question.options))
        if key is theirs:
            with pytest.raises(NotAuthenticated):
                security.logins.unlock_with_passkey(principal, given, HERE)
            assert who(security, entered.session).standing is Standing.LOCKED
        else:
            security.logins.unlock_with_passkey(principal, given, HERE)
            assert who(security, entered.session).standing is Standing.OPEN


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"rawId": "?", "id": "?"},
        {"rawId": 5},
        {"rawId": "AAAA", "id": "AAAA", "type": "public-key", "response": {}},
    ],
)
def test_what_no_browser_answers_is_refused(security: Security, credential: dict[str, Any]) -> None:
    question = security.logins.ask_anybody(SITE)
    with pytest.raises(NotAuthenticated):
        security.logins.with_passkey(answer(question, credential), HERE)
    asked = security.passkeys.ask_for_new(security.accounts.get("alice"), SITE)
    with pytest.raises(InvalidValue):
        security.passkeys.add("alice", "x", credential, (asked.challenge, SITE))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("value", ["", "AAAA", "!", None, 7])
def test_a_broken_part_of_an_answer_is_refused(
    security: Security, part: str, value: object
) -> None:
    key = SoftKey()
    add_key(security, key)
    question = security.logins.ask_anybody(SITE)
    signed = key.sign(question.options)
    signed["response"][part] = value
    with pytest.raises(NotAuthenticated):
        security.logins.with_passkey(answer(question, signed), HERE)


def test_a_key_is_known_once_and_removed_by_its_owner(security: Security) -> None:
    security.accounts.add("bob", GOOD)
    key = SoftKey()
    add_key(security, key)
    with pytest.raises(AlreadyExists):
        add_key(security, key, "bob")
    (listed,) = security.passkeys.of_account("alice")
    with pytest.raises(NotFound):
        security.passkeys.remove("bob", listed.id)
    security.passkeys.remove("alice", listed.id)
    assert not security.accounts.get("alice").has_second_factor


def test_who_is_disabled_meanwhile_does_not_enter(security: Security, clock: Clock) -> None:
    security.accounts.add("root", GOOD, role=ADMIN)
    secret, _ = enrol(security, clock)
    clock.pass_by(PERIOD)
    step = begin(security)
    security.accounts.change("alice", AccountChange(disabled=True))
    with pytest.raises(NotAuthenticated):
        security.logins.with_code(step.ticket, code(secret, clock), HERE)


def test_a_machine_has_no_password_and_cannot_enter(security: Security) -> None:
    security.accounts.add_service("gateway")
    with pytest.raises(NotAuthenticated):
        security.logins.with_password("gateway", "", HERE)
    with pytest.raises(InvalidValue, match="machine"):
        security.accounts.change("gateway", AccountChange(password=GOOD))
