from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, select
from tests.unit.security.doubles import Clock

from steckel.errors import NotFound
from steckel.security.authentication import Bearer
from steckel.security.principal import Via
from steckel.security.refusals import InvalidValue
from steckel.security.sees import Self, sees_from, view_of
from steckel.security.site import Security
from steckel.security.tables import api_token
from steckel.security.tokens import IssuedToken, Scope


@pytest.fixture
def issued(security: Security) -> IssuedToken:
    return security.tokens.issue("  night   export ", security.accounts.get("alice"))


def test_a_token_begins_with_its_prefix_and_is_kept_as_a_digest(
    issued: IssuedToken, engine: Engine
) -> None:
    assert issued.secret.startswith("stk_")
    with engine.connect() as connection:
        rows = connection.execute(select(api_token)).all()
    assert issued.secret not in repr(rows)


def test_a_token_finds_its_account(security: Security, issued: IssuedToken) -> None:
    assert security.tokens.find(issued.secret).account.name == "alice"
    assert security.tokens.find("stk_unknown") is None


def test_a_revoked_token_is_gone(security: Security, issued: IssuedToken) -> None:
    security.tokens.revoke(issued.token.id)
    assert security.tokens.find(issued.secret) is None
    with pytest.raises(NotFound):
        security.tokens.revoke(issued.token.id)


def test_somebody_elses_token_cannot_be_revoked(security: Security, issued: IssuedToken) -> None:
    with pytest.raises(NotFound):
        security.tokens.revoke(issued.token.id, account="bob")
    assert security.tokens.find(issued.secret) is not None


def test_last_use_is_written_once_a_minute(
    security: Security, issued: IssuedToken, engine: Engine, clock: Clock
) -> None:
    statements: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement)
    )
    security.tokens.find(issued.secret)
    first = clock.now
    clock.pass_by(59)
    security.tokens.find(issued.secret)
    assert security.tokens.list("alice")[0].last_used == first
    clock.pass_by(1)
    security.tokens.find(issued.secret)
    assert security.tokens.list("alice")[0].last_used == clock.now
    assert sum(statement.startswith("UPDATE") for statement in statements) == 2


def test_tokens_are_listed_by_account(security: Security, issued: IssuedToken) -> None:
    assert [token.name for token in security.tokens.list("alice")] == ["night export"]
    assert security.tokens.list("bob") == []
    assert len(security.tokens.list()) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 129, "a\0"])
def test_a_token_needs_a_name(security: Security, name: str) -> None:
    with pytest.raises(InvalidValue):
        security.tokens.issue(name, security.accounts.get("alice"))


def test_a_token_carries_less_than_its_account_and_never_more(security: Security) -> None:
    account = security.accounts.get("alice")
    sees = sees_from({"rules": [{"modalities": ["CT"]}]})
    scope = Scope(actions=frozenset({"read", "administer"}), sees=sees)
    issued = security.tokens.issue("narrow", account, scope=scope)
    bearer = Bearer(token=issued.secret)
    principal = security.authenticator.authenticate(bearer, "192.0.2.1")
    assert principal.actions == {"read"}  # the role has no other of the two
    whole = security.authenticator.principal_of(account, Via.TOKEN)
    assert principal.view == replace(whole.view, within=view_of(sees, Self(account="")))
    assert not principal.view.is_everything
    (listed,) = security.tokens.list("alice")
    assert listed.scope == scope


def test_a_token_ends_by_itself(security: Security, clock: Clock) -> None:
    end = clock() + 100
    issued = security.tokens.issue("short", security.accounts.get("alice"), expires=end)
    assert security.tokens.find(issued.secret) is not None
    clock.pass_by(100)
    assert security.tokens.find(issued.secret) is None


def test_a_token_that_is_of_no_use_is_refused(security: Security, clock: Clock) -> None:
    account = security.accounts.get("alice")
    with pytest.raises(InvalidValue, match="future"):
        security.tokens.issue("x", account, expires=clock())
    for actions in (frozenset(), frozenset({"fly"})):
        with pytest.raises(InvalidValue):
            security.tokens.issue("x", account, scope=Scope(actions=actions))
