import pytest
from sqlalchemy import Engine, insert

from steckel.errors import InvalidProfile, NotFound
from steckel.exchange import profiles, schema
from steckel.exchange.profile import TooLong
from steckel.exchange.profiles import Profiles

MAP = '[match]\nsenders = ["RIS^*"]\n[orders]\ntoo-long = "map"\n'
REJECT = '[match]\nsenders = ["RIS^*"]\n[orders]\ntoo-long = "reject"\n'


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def keep(engine: Engine, name: str, body: str) -> int:
    with engine.begin() as connection:
        return profiles.save(connection, name, body, at=1, by="someone").version


def test_without_a_profile_the_built_in_one_counts(engine: Engine) -> None:
    assert Profiles(engine).recent("RIS^HOSP").name == "built-in"


def test_each_change_is_a_version_and_counts_at_once(engine: Engine) -> None:
    found = Profiles(engine)
    assert keep(engine, "ris", MAP) == 1
    with engine.connect() as connection:
        assert found.current(connection, "RIS^HOSP").too_long is TooLong.MAP
        assert found.current(connection, "LAB^HOSP").name == "built-in"
    assert keep(engine, "ris", REJECT) == 2
    with engine.connect() as connection:
        assert found.current(connection, "RIS^HOSP").too_long is TooLong.REJECT
        assert [kept.version for kept in profiles.versions(connection, "ris")] == [2, 1]
        assert [kept.version for kept in profiles.active_profiles(connection)] == [2]


def test_before_the_acknowledgement_a_profile_may_be_a_second_old(engine: Engine) -> None:
    clock = Clock()
    found = Profiles(engine, now=clock)
    assert found.recent("RIS^HOSP").name == "built-in"
    keep(engine, "ris", MAP)
    assert found.recent("RIS^HOSP").name == "built-in"
    clock.now = 1.5
    assert found.recent("RIS^HOSP").name == "ris"


def test_an_older_version_comes_back_as_a_new_one(engine: Engine) -> None:
    keep(engine, "ris", MAP)
    keep(engine, "ris", REJECT)
    with engine.begin() as connection:
        assert profiles.activate(connection, "ris", 1, at=2, by="x").version == 3
    with engine.connect() as connection:
        assert Profiles(engine).current(connection, "RIS^H").too_long is TooLong.MAP
    with engine.begin() as connection, pytest.raises(NotFound):
        profiles.activate(connection, "ris", 9, at=2, by="x")


def test_a_retired_profile_counts_no_more_and_is_kept(engine: Engine) -> None:
    found = Profiles(engine)
    keep(engine, "ris", MAP)
    with engine.connect() as connection:
        assert found.current(connection, "RIS^H").name == "ris"
    with engine.begin() as connection:
        profiles.retire(connection, "ris", at=2, by="x")
    with engine.connect() as connection:
        assert found.current(connection, "RIS^H").name == "built-in"
        assert [kept.is_active for kept in profiles.newest_versions(connection)] == [False]
    with engine.begin() as connection, pytest.raises(NotFound):
        profiles.retire(connection, "other", at=2, by="x")


def test_of_two_that_fit_the_more_exact_one_counts(engine: Engine) -> None:
    keep(engine, "all", '[match]\nsenders = ["*"]\n')
    keep(engine, "one", '[match]\nsenders = ["RIS^HOSP"]\n')
    assert Profiles(engine).recent("RIS^HOSP").name == "one"
    assert Profiles(engine).recent("RIS^OTHER").name == "all"


@pytest.mark.parametrize(
    ("name", "body"), [("", MAP), ("x" * 65, MAP), ("built-in", MAP), ("a", "x")]
)
def test_what_is_wrong_is_not_kept(engine: Engine, name: str, body: str) -> None:
    with engine.begin() as connection, pytest.raises(InvalidProfile):
        profiles.save(connection, name, body, at=1, by="x")
    with engine.connect() as connection:
        assert profiles.newest_versions(connection) == []


def test_a_version_that_means_nothing_any_more_stops_no_message(engine: Engine) -> None:
    keep(engine, "all", '[match]\nsenders = ["*"]\n')
    with engine.begin() as connection:
        connection.execute(
            insert(schema.profiles).values(
                name="old", version=1, is_active=True, body="[gone]\nkey = 1\n", at=1, by="x"
            )
        )
    assert Profiles(engine).recent("RIS^HOSP").name == "all"
