from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.sr.codedict import Collection
from tests.unit.audit.audit_schema import check
from tests.unit.audit.happenings import EVERYTHING_SAID, looked_at

from steckel.audit.event import Actor, Event, Thing, ThingKind
from steckel.audit.kinds import STANDARD, Kind
from steckel.audit.message import Origin, message_of

ORIGIN = Origin(source="STECKEL@pacs.example", site="Clinic")


def test_everything_that_can_be_said_is_a_message_of_the_schema() -> None:
    root = fromstring(message_of(EVERYTHING_SAID, ORIGIN))
    check(root)
    event = root.find("EventIdentification")
    assert event is not None
    assert event.get("EventDateTime") == "2025-11-24T23:00:00.123Z"
    code = event.find("EventID")
    assert code is not None
    assert code.get("csd-code") == "110104"
    objects = [
        one.get("ParticipantObjectID") for one in root.iter("ParticipantObjectIdentification")
    ]
    assert objects == ["1.2.3", "/dicomweb/studies", "P-1^^^CLINIC", "mia"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_message(kind: Kind) -> None:
    for event in (Event(kind=kind, at=0), looked_at()):
        check(fromstring(message_of(event, ORIGIN)))


def test_a_checker_that_finds_nothing_would_be_worth_nothing() -> None:
    root = fromstring(message_of(EVERYTHING_SAID, ORIGIN))
    root.append(root[0])
    with pytest.raises(AssertionError, match="EventIdentification is not in its place"):
        check(root)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_codes_are_those_of_the_standard(kind: Kind) -> None:
    standard = STANDARD[kind]
    for code, group in ((standard.id, "CID400"), (standard.type, "CID401")):
        if code is None:
            continue
        known = Collection(group).concepts.values()
        assert (code.value, code.meaning.lower()) in {
            (one.value, one.meaning.lower()) for one in known
        }


@given(st.text(), st.text())
def test_whatever_a_name_holds_the_message_is_xml(name: str, detail: str) -> None:
    event = Event(
        kind=Kind.ACCOUNT_CHANGED,
        at=0,
        actors=(Actor(name=name, display=name),),
        things=(Thing(id=f"x{name}x", kind=ThingKind.ACCOUNT),),
        details={"title": detail},
        reason=name,
    )
    fromstring(message_of(event, ORIGIN))
