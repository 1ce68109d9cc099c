"""AuditEvent as a client sees it, checked against the definition of R4."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from tests.unit.audit.happenings import ANNA, EVERYTHING_SAID, looked_at

from steckel.audit.event import Actor, Event
from steckel.audit.kinds import Kind, Outcome
from steckel.audit.ledger import Ledger
from steckel.audit.model import Record
from steckel.audit.trail import AuditTrail
from steckel.errors import NotFound
from steckel.fhir import audit_events
from steckel.fhir.refusals import InvalidParameter
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade
from steckel.ris.record_keys import patient_key


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("audit")
    engine = open_engine(f"sqlite:///{folder / 'audit.sqlite'}")
    upgrade(engine)
    Ledger(engine, "web").write(
        [
            EVERYTHING_SAID,
            looked_at("1.2.3", "mia", 1_764_025_300_000),
            looked_at("1.2.4", "tom", 1_764_111_600_000, patient=ANNA),
            Event(
                kind=Kind.LOGGED_IN, at=5, outcome=Outcome.MINOR_FAILURE, actors=(Actor(name=""),)
            ),
        ]
    )
    yield engine
    engine.dispose()


def found(engine: Engine, *given: tuple[str, str]) -> list[str]:
    bundle = audit_events.search(AuditTrail(engine), given, "http://x", "STECKEL")
    Bundle.model_validate(bundle)
    return [
        f"{one['resource']['type']['code']} {one['resource']['recorded']}"
        for one in bundle.get("entry", [])
    ]


def spelled(event: Event) -> dict[str, object]:
    record = Record(pk=1, chain="c" * 32, number=1, written=0, hash="", event=event)
    return audit_events.spell(record, "STECKEL")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_an_event_of_r4(kind: Kind) -> None:
    AuditEvent.model_validate(spelled(Event(kind=kind, at=0)))


def test_all_that_can_be_said_is_an_event_of_r4() -> None:
    resource = spelled(EVERYTHING_SAID)
    read = AuditEvent.model_validate(resource)
    assert read.type.code == "110104"
    assert [one.requestor for one in read.agent] == [False, False, True]
    # The model decodes what a resource has in base64.
    assert [one.query for one in read.entity if one.query] == [b"PatientName=M\xfcller*"]


@given(st.text(), st.text(min_size=1))
def test_whatever_a_name_holds_it_is_an_event(name: str, reason: str) -> None:
    spelled(Event(kind=Kind.QUERY, at=0, actors=(Actor(name=name),), reason=reason))


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ((), 4),
        ((("agent-name", "mia"),), 2),
        ((("type", "110103"),), 2),
        ((("subtype", "http://dicom.nema.org/resources/ontology/DCM|110122"),), 1),
        ((("entity", "urn:oid:1.2.4"),), 1),
        ((("outcome", "4"),), 2),
        ((("date", "ge2025-11-25T00:00:00Z"),), 1),
        ((("date", "lt2025-11-25T00:00:00Z"),), 3),
        ((("patient", f"Patient/{patient_key(ANNA.identity, 0)}"),), 2),
        ((("type", "110103"), ("agent-name", "tom")), 1),
        ((("unknown", "x"),), 4),
        ((("_count", "0"),), 0),
    ],
)
def test_events_are_found(
    engine: Engine, parameters: tuple[tuple[str, str], ...], count: int
) -> None:
    assert len(found(engine, *parameters)) == count


def test_pages_follow_one_another(engine: Engine) -> None:
    seen: list[str] = []
    given = [("_count", "1")]
    while True:
        bundle = audit_events.search(AuditTrail(engine), given, "http://x", "STECKEL")
        seen += [one["resource"]["id"] for one in bundle.get("entry", [])]
        following = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
        if not following:
            break
        given = [("_count", "1"), ("_cursor", following[0].rpartition("_cursor=")[2])]
    assert len(seen) == len(set(seen)) == 4
    assert audit_events.read(AuditTrail(engine), seen[0], "STECKEL")["id"] == seen[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("outcome", "7"), ("type", "1"), ("date", "yesterday"), ("patient", "x"), ("_count", "x")],
)
def test_what_cannot_be_is_refused(engine: Engine, name: str, value: str) -> None:
    with pytest.raises(InvalidParameter):
        found(engine, (name, value))


def test_what_is_not_there_is_not_found(engine: Engine) -> None:
    for key in ("x.1", "x", "1", ""):
        with pytest.raises(NotFound):
            audit_events.read(AuditTrail(engine), key, "STECKEL")
