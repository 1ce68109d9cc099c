import pytest
from sqlalchemy import Engine, select
from tests.unit.security.doubles import HERE, Clock, CountingPasswords

from steckel.errors import NotFound
from steckel.security.access_rules import IDLE, AccessRules, SessionLimits
from steckel.security.accounts import AccountChange
from steckel.security.roles import ADMIN
from steckel.security.sessions import Place, Sessions
from steckel.security.site import Security, open_security
from steckel.security.tables import session as sessions_table

HOUR = 3600


@pytest.fixture
def sessions(security: Security) -> Sessions:
    return security.sessions


def test_a_session_is_found_by_its_identifier_alone(sessions: Sessions) -> None:
    identifier = sessions.start("alice", HERE)
    found = sessions.find(identifier)
    assert found is not None
    assert found.account.name == "alice"
    assert sessions.find(identifier + "x") is None


def test_the_identifier_is_not_in_the_database(sessions: Sessions, engine: Engine) -> None:
    identifier = sessions.start("alice", HERE)
    with engine.connect() as connection:
        rows = connection.execute(select(sessions_table)).all()
    assert identifier not in repr(rows)


def test_a_session_in_use_lives_on_and_an_idle_one_ends(sessions: Sessions, clock: Clock) -> None:
    identifier = sessions.start("alice", HERE)
    for _ in range(3):
        clock.pass_by(11 * HOUR)
        assert sessions.find(identifier) is not None
    clock.pass_by(13 * HOUR)
    assert sessions.find(identifier) is None


def test_a_session_ends_after_seven_days_however_much_it_is_used(
    sessions: Sessions, clock: Clock
) -> None:
    identifier = sessions.start("alice", HERE)
    for _ in range(16):
        clock.pass_by(10 * HOUR)
        assert sessions.find(identifier) is not None
    clock.pass_by(10 * HOUR)
    assert sessions.find(identifier) is None


def test_a_session_that_was_ended_is_gone_and_others_are_not(sessions: Sessions) -> None:
    first, second = sessions.start("alice", HERE), sessions.start("alice", HERE)
    sessions.end(sessions.find(first).digest)
    assert sessions.find(first) is None
    assert sessions.find(second) is not None


def test_all_sessions_but_the_own_one_can_be_ended(sessions: Sessions) -> None:
    first, second = sessions.start("alice", HERE), sessions.start("alice", HERE)
    sessions.end_all("alice", but=sessions.find(first).digest)
    assert sessions.find(first) is not None
    assert sessions.find(second) is None


def test_the_session_of_a_disabled_account_does_not_count(security: Security) -> None:
    security.accounts.add("root", "correct horse battery", role=ADMIN)
    identifier = security.sessions.start("alice", HERE)
    security.accounts.change("alice", AccountChange(disabled=True))
    assert security.sessions.find(identifier) is None


def test_a_session_counts_in_another_process(
    security: Security, engine: Engine, passwords: CountingPasswords, clock: Clock
) -> None:
    identifier = security.sessions.start("alice", HERE)
    assert open_security(engine, passwords, clock).sessions.find(identifier) is not None


def test_sessions_that_are_over_are_swept_at_the_next_login(
    sessions: Sessions, engine: Engine, clock: Clock
) -> None:
    sessions.start("alice", HERE)
    clock.pass_by(13 * HOUR)
    sessions.start("alice", HERE)
    with engine.connect() as connection:
        assert len(connection.execute(select(sessions_table)).all()) == 1


def test_sessions_say_where_they_began_and_can_be_ended(security: Security, clock: Clock) -> None:
    security.accounts.add("bob", "correct horse battery")
    mine = security.sessions.start("alice", Place(address="192.0.2.7", agent="Fire\nFox" * 99))
    clock.pass_by(10)
    security.sessions.start("bob", HERE)
    listed = security.sessions.list()
    assert [one.account for one in listed] == ["bob", "alice"]
    (own,) = security.sessions.list("alice")
    assert own.place.address == "192.0.2.7"
    assert own.place.agent.startswith("FireFox")
    assert len(own.place.agent) == 256
    with pytest.raises(NotFound):
        security.sessions.end_one(own.digest, "bob")
    security.sessions.end_one(own.digest, "alice")
    assert security.sessions.find(mine) is None
    clock.pass_by(IDLE + 1)
    assert security.sessions.list() == []


def test_a_site_says_how_long_sessions_last(
    security: Security, passwords: CountingPasswords, clock: Clock
) -> None:
    limits = SessionLimits(idle=60, absolute=100)
    engine = security.accounts._engine
    brief = open_security(engine, passwords, clock, AccessRules(sessions=limits)).sessions
    first = brief.start("alice", HERE)
    clock.pass_by(61)
    assert brief.find(first) is None
    second = brief.start("alice", HERE)
    clock.pass_by(59)
    assert brief.find(second) is not None
    clock.pass_by(42)
    assert brief.find(second) is None
