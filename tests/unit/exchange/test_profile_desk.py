import pytest
from sqlalchemy import Engine, func, insert, select
from tests.unit.exchange.inbound.spoken import PID, RECEIVED, message

from steckel.errors import InvalidProfile, NotFound
from steckel.exchange.dry_run import Trial
from steckel.exchange.profile_desk import ProfileDesk
from steckel.exchange.profiles import Profiles
from steckel.exchange.schema import messages, profiles

RAW = message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1|" + "|" * 15 + "A-VERY-LONG-ACCESSION||S1")
MAP = '[orders]\ntoo-long = "map"\n'


def test_what_is_saved_is_in_force_and_an_older_version_can_be_again(engine: Engine) -> None:
    desk = ProfileDesk(engine, Profiles(engine))
    assert desk.in_force("RIS^HOSPITAL").name == "built-in"
    desk.save("ris", MAP, by="ann", at=1)
    desk.save("ris", "", by="ben", at=2)
    assert [(one.version, one.by, one.is_active) for one in desk.versions("ris")] == [
        (2, "ben", True),
        (1, "ann", False),
    ]
    assert desk.in_force("RIS^HOSPITAL").too_long == "map-steps"
    assert desk.activate("ris", 1, by="ann", at=3).body == MAP
    assert desk.in_force("RIS^HOSPITAL").too_long == "map"
    assert [one.version for one in desk.all()] == [3]
    desk.retire("ris", by="ann", at=4)
    assert desk.in_force("RIS^HOSPITAL").name == "built-in"
    with pytest.raises(NotFound):
        desk.activate("ris", 9, by="ann", at=5)


def test_a_wrong_document_is_neither_kept_nor_tried(engine: Engine) -> None:
    desk = ProfileDesk(engine, Profiles(engine))
    wrong = '[orders]\ntoo-long = "cut"\n'
    with pytest.raises(InvalidProfile, match=r"orders\.too-long"):
        desk.save("ris", wrong, by="ann", at=1)
    with pytest.raises(InvalidProfile, match=r"orders\.too-long"):
        desk.try_out(Trial(raw=RAW, received=RECEIVED), "ris", wrong)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(profiles)).scalar() == 0


def test_a_document_is_compared_with_what_is_in_force_for_the_sender(engine: Engine) -> None:
    desk = ProfileDesk(engine, Profiles(engine))
    with engine.begin() as connection:
        row = insert(messages).values(digest=b"x", raw=RAW, received=RECEIVED, state="error")
        (pk,) = connection.execute(row).inserted_primary_key or ()
    found = desk.try_out(desk.stored(pk), "ris", MAP)
    assert found["before"]["fault"]["location"] == "OBR-18"
    assert found["after"]["fault"] is None
    desk.save("ris", MAP, by="ann", at=1)
    assert not desk.try_out(desk.stored(pk), "ris", MAP)["differs"]
