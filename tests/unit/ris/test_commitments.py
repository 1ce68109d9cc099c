"""Requests for storage commitment are answered truly, and once."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, insert, select
from tests.databases import Index

from steckel.errors import AlreadyThere
from steckel.index import schema
from steckel.index.engine import writing
from steckel.ris.commitment_model import CommitmentRequest, EventReport, Reference, Turn
from steckel.ris.commitments import Commitments, count_commitments
from steckel.ris.schema import commitments
from steckel.ris.stored import StoredInstances

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
HOUR = 3_600_000


@dataclass
class Clock:
    now: int = 1_000_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Site:
    """Requests, with a clock that stands still and containers of a known size."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)
    sizes: dict[str, int] = field(default_factory=lambda: {"kept": 1000})

    @property
    def commitments(self) -> Commitments:
        stored = StoredInstances(self.engine, lambda name: self.sizes.get(name, 0))
        return Commitments(self.engine, stored, aet="STECKEL", now=self.clock)

    def due(self) -> list[Turn]:
        return [turn for turns in self.commitments.due().values() for turn in turns]

    def report(self, turn: Turn) -> EventReport:
        report = self.commitments.report(turn)
        assert report is not None
        return report


@pytest.fixture
def site(engine: Engine) -> Site:
    with writing(engine) as connection:
        connection.execute(insert(schema.patients).values(pk=1, identity="id\x1f\x1fP1", json="{}"))
        connection.execute(
            insert(schema.studies).values(
                pk=1, uid="1.2", patient_pk=1, json="{}", received=0, changed=0, created=0
            )
        )
        connection.execute(
            insert(schema.series).values(pk=1, study_pk=1, uid="1.2.3", json="{}", changed=0)
        )
        connection.execute(insert(schema.containers).values(pk=1, name="kept"))
        connection.execute(insert(schema.containers).values(pk=2, name="lost"))
        for number, container, offset in ((1, 1, 0), (2, 1, 500), (3, 1, 900), (4, 2, 0)):
            connection.execute(
                insert(schema.instances).values(
                    pk=number, series_pk=1, uid=f"1.2.3.{number}", sop_class=CT,
                    transfer_syntax="1.2.840.10008.1.2.1", container_pk=container, offset=offset,
                    length=200, dataset_offset=0, digest=b"", json="{}", received=0,
                )
            )  # fmt: skip
    return Site(engine)


def _asked(*numbers: int, transaction: str = "2.25.1", aet: str = "CT1") -> CommitmentRequest:
    return CommitmentRequest(
        aet=aet,
        transaction_uid=transaction,
        references=tuple(
            Reference(sop_class_uid=CT, sop_instance_uid=f"1.2.3.{number}") for number in numbers
        ),
    )


def _failures(report: EventReport) -> dict[str, int]:
    items = report.dataset.get("00081198", {"vr": "SQ"}).get("Value", [])
    return {item["00081155"]["Value"][0]: item["00081197"]["Value"][0] for item in items}


def test_what_is_stored_is_committed(site: Site) -> None:
    report = site.report(site.commitments.take(_asked(1, 2)))
    assert report.event_type == 1
    assert "00081198" not in report.dataset
    assert report.dataset["00081195"]["Value"] == ["2.25.1"]
    assert report.dataset["00080054"]["Value"] == ["STECKEL"]
    assert [one["00081155"]["Value"] for one in report.dataset["00081199"]["Value"]] == [
        ["1.2.3.1"], ["1.2.3.2"],
    ]  # fmt: skip


def test_what_is_not_is_told_with_its_reason(site: Site) -> None:
    request = CommitmentRequest(
        aet="CT1",
        transaction_uid="2.25.1",
        references=(
            *_asked(1, 3, 4, 9).references,
            Reference(sop_class_uid=MR, sop_instance_uid="1.2.3.2"),
        ),
    )
    report = site.report(site.commitments.take(request))
    assert report.event_type == 2
    assert _failures(report) == {
        "1.2.3.3": 0x0110,  # its container ends before it does
        "1.2.3.4": 0x0110,  # its container is gone
        "1.2.3.9": 0x0112,
        "1.2.3.2": 0x0119,
    }
    assert len(report.dataset["00081199"]["Value"]) == 1


def test_thousands_of_instances_are_one_answer(site: Site) -> None:
    report = site.report(site.commitments.take(_asked(*range(2000))))
    assert len(_failures(report)) == 1998


def test_the_answer_is_of_the_time_when_it_is_given(site: Site) -> None:
    turn = site.commitments.take(_asked(1))
    site.sizes.clear()
    assert _failures(site.report(turn)) == {"1.2.3.1": 0x0110}


def test_only_one_has_the_turn(index: Index, site: Site) -> None:
    turn = site.commitments.take(_asked(1))
    other = Site(index.open(), site.clock)
    assert site.commitments.report(turn) is not None
    assert other.commitments.report(turn) is None


def test_the_association_of_the_request_comes_first_then_others(site: Site) -> None:
    site.commitments.take(_asked(1))
    assert site.due() == []
    site.clock.now += 5_000
    [turn] = site.due()
    assert site.commitments.report(turn) is not None
    assert site.due() == []
    site.clock.now += HOUR  # who had the turn died with it
    [again] = site.due()
    assert again.key == turn.key


def test_what_was_delivered_is_never_said_again(site: Site) -> None:
    turn = site.commitments.take(_asked(1))
    report = site.report(turn)
    site.commitments.delivered(report)
    site.commitments.undelivered(report, "a late word")
    site.clock.now += 100 * HOUR
    assert site.due() == []
    assert site.commitments.report(turn) is None
    with site.engine.connect() as connection:
        row = connection.execute(select(commitments)).mappings().one()
    assert (row["state"], row["attempts"], row["items"]) == ("sent", 1, "[]")


def test_pauses_grow_and_end(site: Site) -> None:
    site.commitments.take(_asked(1))
    waits = []
    while count_commitments(site.engine)["waiting"]:
        with site.engine.connect() as connection:
            following = connection.execute(select(commitments.c.next_attempt)).scalar_one()
        waits.append(following - site.clock.now)
        site.clock.now = following - 1
        assert site.due() == []
        site.clock.now = following
        [turn] = site.due()
        site.commitments.undelivered(site.report(turn), "nobody there")
    assert waits[:6] == [5000, 10_000, 30_000, 60_000, 300_000, 900_000]
    assert max(waits) == HOUR
    assert 71 * HOUR < sum(waits) < 73 * HOUR
    assert count_commitments(site.engine) == {"waiting": 0, "given-up": 1}


def test_who_cannot_be_reached_is_put_off_unless_another_has_the_turn(site: Site) -> None:
    site.commitments.take(_asked(1))
    site.clock.now += 5000
    [turn] = site.due()
    site.commitments.put_off(turn, "no application entity CT1 is registered here")
    assert site.due() == []
    site.clock.now += 10_000
    [later] = site.due()
    assert site.commitments.report(later) is not None
    site.commitments.put_off(later, "another has it meanwhile")
    site.clock.now += 30_000
    assert site.due() == []


@pytest.mark.parametrize("change", ["sent", "other items"])
def test_a_transaction_is_used_once(site: Site, change: str) -> None:
    turn = site.commitments.take(_asked(1))
    if change == "sent":
        site.commitments.delivered(site.report(turn))
    with pytest.raises(AlreadyThere):
        site.commitments.take(_asked(1) if change == "sent" else _asked(1, 2))
    site.commitments.take(_asked(1, aet="MR1"))


def test_the_same_request_again_is_one_request(site: Site) -> None:
    first = site.commitments.take(_asked(1))
    site.clock.now += 1000
    second = site.commitments.take(_asked(1))
    assert second.key == first.key
    assert site.commitments.report(first) is None
    assert site.commitments.report(second) is not None


def test_what_is_over_is_dropped_after_a_month(site: Site) -> None:
    site.commitments.delivered(site.report(site.commitments.take(_asked(1))))
    site.commitments.take(_asked(1, transaction="2.25.2"))
    site.commitments.prune()
    site.clock.now += 31 * 24 * HOUR
    site.commitments.prune()
    with site.engine.connect() as connection:
        left = connection.execute(select(commitments.c.transaction_uid)).scalars().all()
    assert left == ["2.25.2"]


def test_requests_are_due_by_application_entity(site: Site) -> None:
    take: Callable[[CommitmentRequest], Turn] = site.commitments.take
    for number, aet in enumerate(("CT1", "MR1", "CT1")):
        take(_asked(1, transaction=f"2.25.{number}", aet=aet))
    site.clock.now += 5000
    assert {aet: len(turns) for aet, turns in site.commitments.due().items()} == {
        "CT1": 2, "MR1": 1,
    }  # fmt: skip
