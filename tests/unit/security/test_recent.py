"""Who was asking a moment ago."""

import pytest
from tests.unit.security.doubles import Clock

from steckel.security.authentication import Basic, Bearer, Cookie, Credentials
from steckel.security.principal import Principal, Via
from steckel.security.recent import RecentPrincipals
from steckel.security.roles import USER

ANNA = Principal(name="anna", role=USER, via=Via.BASIC)


@pytest.fixture
def recent(clock: Clock) -> RecentPrincipals:
    return RecentPrincipals(clock)


def test_credentials_are_known_for_half_a_second(recent: RecentPrincipals, clock: Clock) -> None:
    basic = Basic(name="anna", password="secret word")
    assert recent.get(basic) is None
    recent.keep(basic, ANNA)
    clock.pass_by(0.4)
    assert recent.get(Basic(name="anna", password="secret word")) == ANNA
    clock.pass_by(0.2)
    assert recent.get(basic) is None


@pytest.mark.parametrize(
    "other",
    [
        Basic(name="anna", password="another"),
        Basic(name="bert", password="secret word"),
        Bearer(token="secret word"),
        Cookie(session="secret word"),
    ],
)
def test_other_credentials_are_not_taken_for_them(
    recent: RecentPrincipals, other: Credentials
) -> None:
    recent.keep(Basic(name="anna", password="secret word"), ANNA)
    assert recent.get(other) is None


def test_what_is_cleared_is_forgotten(recent: RecentPrincipals) -> None:
    basic = Basic(name="anna", password="secret word")
    recent.keep(basic, ANNA)
    recent.clear()
    assert recent.get(basic) is None
