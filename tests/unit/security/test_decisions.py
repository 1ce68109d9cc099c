import pytest

from steckel.security.decisions import Action, Role, allows
from steckel.security.principal import Principal, Via


def of(role: Role) -> Principal:
    return Principal(name="alice", role=role, via=Via.BASIC)


@pytest.mark.parametrize("action", list(Action))
def test_an_administrator_may_do_everything(action: str) -> None:
    assert allows(of(Role.ADMIN), action)


@pytest.mark.parametrize(
    ("action", "allowed"),
    [("read", True), ("store", True), ("delete", False), ("care", False), ("administer", False)],
)
def test_a_user_may_read_and_store(action: str, allowed: bool) -> None:
    assert of(Role.USER).may(action) is allowed


@pytest.mark.parametrize("role", list(Role))
def test_what_is_not_in_the_table_nobody_may(role: Role) -> None:
    assert not allows(of(role), "fly")
