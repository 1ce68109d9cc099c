"""Who may open an association, and what it is good for."""

from dataclasses import replace

import pytest
from tests.unit.security.conftest import GOOD

from steckel.index.view import EVERYTHING, Criteria, View
from steckel.security.accounts import AccountChange
from steckel.security.admission import Admission, Admitted, Call, User, both
from steckel.security.certificates import Certificate
from steckel.security.peers import RemoteAe
from steckel.security.refusals import NotAuthenticated, NotRecognized, Throttled
from steckel.security.rights import ALL_RIGHTS, Right
from steckel.security.roles import ADMIN
from steckel.security.sees import sees_from
from steckel.security.site import Security

_HERE, _THERE = "127.0.0.1", "192.0.2.7"
_CT = RemoteAe(aet="CT1", host=_THERE, port=104)
_SEES_CT = sees_from({"everything": False, "rules": [{"modalities": ["CT"]}]})
_ALICE = User(name="alice", passcode=GOOD)


@pytest.fixture
def admission(security: Security) -> Admission:
    security.accounts.add("root", GOOD, role=ADMIN)
    return _admission(security)


def _admission(security: Security, *, require_user: bool = False) -> Admission:
    return Admission(
        security.peers, security.accounts, security.authenticator, require_user=require_user
    )


def _call(address: str = _THERE, **more: object) -> Call:
    return replace(Call(aet="CT1", address=address), **more)


def test_from_this_machine_anybody_may_do_everything(admission: Admission) -> None:
    assert admission.admit(_call(_HERE)) == Admitted(rights=ALL_RIGHTS, view=EVERYTHING)


def test_from_elsewhere_a_title_has_to_be_registered(
    admission: Admission, security: Security
) -> None:
    with pytest.raises(NotRecognized):
        admission.admit(_call())
    security.peers.save(_CT)
    assert admission.admit(_call()) == Admitted(rights=ALL_RIGHTS, view=EVERYTHING)
    assert admission.admit(_call(aet="CT1 "))
    with pytest.raises(NotRecognized):
        admission.admit(_call(aet="ct1"))


@pytest.mark.parametrize("address", [_HERE, _THERE])
def test_a_registered_title_has_its_own_rights_everywhere(
    admission: Admission, security: Security, address: str
) -> None:
    security.peers.save(replace(_CT, rights=frozenset({Right.STORE}), sees=_SEES_CT))
    admitted = admission.admit(_call(address))
    assert admitted.rights == {Right.STORE}
    assert admitted.view == View(any_of=(Criteria(modalities=("CT",)),))


def test_a_title_calls_from_its_range_only(admission: Admission, security: Security) -> None:
    security.peers.save(replace(_CT, networks=("192.0.2.0/29",)))
    assert admission.admit(_call("192.0.2.6"))
    for address in ("192.0.2.8", _HERE, "2001:db8::1"):
        with pytest.raises(NotRecognized):
            admission.admit(_call(address))


def test_a_title_that_is_tied_to_a_certificate_has_to_show_it(
    admission: Admission, security: Security
) -> None:
    security.peers.save(replace(_CT, certificate="CN=ct1"))
    right = Certificate(fingerprint="ab" * 32, names=frozenset({"ct1"}))
    wrong = Certificate(fingerprint="cd" * 32, names=frozenset({"ct2"}))
    assert admission.admit(_call(certificate=right))
    for shown in (None, wrong):
        with pytest.raises(NotRecognized):
            admission.admit(_call(certificate=shown))


def test_a_user_may_what_both_may_and_sees_what_both_see(
    admission: Admission, security: Security
) -> None:
    security.peers.save(replace(_CT, rights=frozenset({Right.QUERY, Right.STORE}), sees=_SEES_CT))
    security.accounts.change("alice", AccountChange(role="secretary"))
    admitted = admission.admit(_call(user=_ALICE))
    assert admitted.rights == {Right.QUERY}  # a secretary stores nothing
    assert admitted.account == "alice"
    assert admitted.view.anything
    assert not admitted.view.confidential
    assert admitted.view.within == View(any_of=(Criteria(modalities=("CT",)),))


def test_a_wrong_passcode_is_refused_and_then_throttled(admission: Admission) -> None:
    wrong = _call(_HERE, user=replace(_ALICE, passcode="wrong"))
    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            admission.admit(wrong)
    with pytest.raises(Throttled):
        admission.admit(wrong)


def test_a_name_alone_narrows_and_has_to_be_known(admission: Admission, security: Security) -> None:
    security.accounts.change("alice", AccountChange(role="guest"))
    assert admission.admit(_call(_HERE, user=User(name="alice"))).rights == {Right.QUERY}
    with pytest.raises(NotAuthenticated):
        admission.admit(_call(_HERE, user=User(name="nobody")))
    security.accounts.change("alice", AccountChange(disabled=True))
    with pytest.raises(NotAuthenticated):
        admission.admit(_call(_HERE, user=User(name="alice")))


def test_who_tries_out_names_has_to_wait(admission: Admission) -> None:
    for number in range(20):
        with pytest.raises(NotAuthenticated):
            admission.admit(_call(_HERE, user=User(name=f"guess{number}")))
    with pytest.raises(Throttled):
        admission.admit(_call(_HERE, user=User(name="guess20")))
    assert admission.admit(_call("127.0.0.2", user=User(name="alice")))
    assert admission.admit(_call(_HERE))  # who names nobody does not wait


def test_where_users_are_asked_for_each_call_needs_a_passcode(security: Security) -> None:
    admission = _admission(security, require_user=True)
    for user in (None, User(name="alice"), replace(_ALICE, passcode="")):
        with pytest.raises(NotAuthenticated):
            admission.admit(_call(_HERE, user=user))
    assert admission.admit(_call(_HERE, user=_ALICE)).account == "alice"


def test_a_user_does_not_open_what_is_barred_to_the_title(admission: Admission) -> None:
    with pytest.raises(NotRecognized):
        admission.admit(_call(user=_ALICE))


def test_of_views_everything_leaves_the_other() -> None:
    some, other = View(anything=True), View(any_of=(Criteria(modalities=("CT",)),))
    assert both(EVERYTHING, some) == some
    assert both(some, EVERYTHING) == some
    nested = both(both(some, other), View(account="a"))
    assert nested == replace(some, within=replace(other, within=View(account="a")))
