"""Roles as data, and what they see."""

from typing import Any

import pytest

from steckel.errors import NotFound
from steckel.index.view import EVERYTHING, NOTHING, Criteria, View
from steckel.security.accounts import AccountChange
from steckel.security.authentication import Basic
from steckel.security.decisions import ALL_ACTIONS
from steckel.security.principal import Principal
from steckel.security.refusals import InvalidValue
from steckel.security.roles import ADMIN, Role
from steckel.security.sees import Sees, Self, sees_from, view_of
from steckel.security.site import Security

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def administrator(security: Security) -> None:
    security.accounts.add("root", GOOD, role=ADMIN)


def principal(security: Security) -> Principal:
    return security.authenticator.authenticate(Basic(name="alice", password=GOOD), "192.0.2.1")


def clinic(**changes: Any) -> Role:
    values: dict[str, Any] = {
        "name": "clinic",
        "title": "Clinic",
        "actions": frozenset({"read", "export"}),
        "sees": Sees(rules=({"institutions": "own"}, {"referring": "own"})),
    }
    return Role(**(values | changes))


def test_a_new_site_has_the_roles_of_a_department(security: Security) -> None:
    roles = {role.name: role for role in security.roles.list()}
    assert roles.keys() == {
        "admin", "guest", "radiologist", "referring", "researcher", "secretary", "technologist",
        "user",
    }  # fmt: skip
    assert roles["admin"].actions == ALL_ACTIONS
    assert all("read" in role.actions for role in roles.values())
    assert all("administer" not in roles[name].actions for name in roles.keys() - {ADMIN})


def test_what_an_account_may_and_sees_is_what_its_role_says(security: Security) -> None:
    security.roles.save(clinic())
    change = AccountChange(role="clinic", person="Grey^Anne", institutions=("North",))
    security.accounts.change("alice", change)
    alice = principal(security)
    assert (alice.may("read"), alice.may("store"), alice.may("fly")) == (True, False, False)
    assert alice.view == View(
        any_of=(Criteria(institutions=("North",)), Criteria(referring=("grey^anne",))),
        account="alice",
    )


def test_a_change_of_a_role_counts_for_who_has_it(security: Security) -> None:
    security.roles.save(clinic())
    security.accounts.change("alice", AccountChange(role="clinic"))
    assert not principal(security).may("delete")
    security.roles.save(clinic(actions=frozenset({"delete"}), sees=Sees(everything=True)))
    alice = principal(security)
    assert alice.may("delete")
    assert not alice.may("read")
    assert alice.view == View(anything=True, account="alice")


def test_admin_stays_as_it_is(security: Security) -> None:
    with pytest.raises(InvalidValue):
        security.roles.save(clinic(name="admin"))
    with pytest.raises(InvalidValue):
        security.roles.remove("admin")
    security.accounts.change("alice", AccountChange(role="admin"))
    assert principal(security).view.is_everything


def test_a_role_goes_when_nobody_has_it(security: Security) -> None:
    security.roles.save(clinic())
    security.accounts.change("alice", AccountChange(role="clinic"))
    with pytest.raises(InvalidValue):
        security.roles.remove("clinic")
    security.accounts.change("alice", AccountChange(role="guest"))
    security.roles.remove("clinic")
    with pytest.raises(NotFound):
        security.roles.remove("clinic")
    with pytest.raises(InvalidValue):
        security.accounts.change("alice", AccountChange(role="clinic"))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Clinic"},
        {"name": "a-name-that-is-too-long"},
        {"title": "x" * 65},
        {"actions": frozenset({"fly"})},
    ],
)
def test_what_cannot_be_a_role_is_refused(security: Security, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        security.roles.save(clinic(**changes))


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"all": True},
        {"rules": {}},
        {"rules": [{}]},
        {"rules": [{"colour": ["red"]}]},
        {"rules": [{"modalities": "own"}]},
        {"rules": [{"modalities": []}]},
        {"rules": [{"institutions": [" "]}]},
        {"rules": [{"institutions": ["x" * 65]}]},
        {"rules": [{"assigned": False}]},
    ],
)
def test_what_is_seen_is_spelled_in_one_way(document: Any) -> None:
    with pytest.raises(InvalidValue):
        sees_from(document)


def test_of_an_own_that_is_empty_nothing_is_seen() -> None:
    sees = sees_from({"rules": [{"institutions": "own", "modalities": ["CT"]}]})
    assert view_of(sees, Self(account="")).any_of == (Criteria(),)
    assert Criteria().is_empty


def test_the_ends_of_seeing() -> None:
    everything = sees_from({"everything": True, "confidential": True})
    assert view_of(everything, Self(account="")) == EVERYTHING
    assert view_of(sees_from({}), Self(account="")) == NOTHING
