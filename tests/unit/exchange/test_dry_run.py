import json

import pytest
from sqlalchemy import Engine, func, insert, select
from tests.unit.exchange.inbound.spoken import PID, RECEIVED, message, value

from steckel.errors import NotFound
from steckel.exchange.dry_run import Trial, dry_run, stored_trial
from steckel.exchange.profile_document import read_profile
from steckel.exchange.profiles import BUILT_IN
from steckel.exchange.schema import messages
from steckel.ris.schema import orders

LONG = message(
    "ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1|" + "|" * 15 + "A-VERY-LONG-ACCESSION||S1||||NMR"
)
MAP = read_profile("mine", '[orders]\ntoo-long = "map"\n')


def test_before_and_after_are_shown() -> None:
    found = dry_run(Trial(raw=LONG, received=RECEIVED), BUILT_IN, MAP)
    assert found["before"]["fault"] == {
        "code": 102, "location": "OBR-18", "text": "longer than the 16 characters of DICOM",
    }  # fmt: skip
    assert found["before"]["statements"] == []
    assert found["differs"]
    after = found["after"]
    assert after["fault"] is None
    assert [one["kind"] for one in after["statements"]] == ["patient", "order", "order"]
    (item,) = after["worklist"]
    assert value(item, "00100020") == "4711"
    assert len(value(item, "00080050")) == 16
    assert value(item, "0020000D").startswith("2.25.")
    assert value(value(item, "00400100"), "00080060") == "MR"
    json.dumps(found)


def test_profiles_that_say_the_same_do_not_differ() -> None:
    assert not dry_run(Trial(raw=LONG, received=RECEIVED), MAP, MAP)["differs"]


def test_a_message_of_the_store_can_be_tried_and_nothing_is_touched(engine: Engine) -> None:
    with engine.begin() as connection:
        pk = connection.execute(
            insert(messages).values(digest=b"x", raw=LONG, received=RECEIVED, state="error")
        ).inserted_primary_key[0]
    with engine.connect() as connection:
        found = dry_run(stored_trial(connection, pk), BUILT_IN, MAP)
        assert found["differs"]
        assert connection.execute(select(func.count()).select_from(orders)).scalar() == 0
        assert connection.execute(select(messages.c.state)).scalar() == "error"
        with pytest.raises(NotFound):
            stored_trial(connection, pk + 1)
