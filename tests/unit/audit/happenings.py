"""Events to record in tests."""

from typing import Any

from steckel.audit.event import Actor, Event, Part, Patient, Query, Study, Thing, ThingKind
from steckel.audit.kinds import Action, Kind, Outcome

ANNA = Patient(identity="id\x1fCLINIC\x1fP-1", id="P-1", issuer="CLINIC", name="Berg^Anna")


def looked_at(study: str = "1.2.3", account: str = "mia", at: int = 1000, **more: Any) -> Event:
    return Event(
        kind=Kind.INSTANCES_ACCESSED,
        at=at,
        action=Action.READ,
        actors=(Actor(name=account, address="192.0.2.7", via="session", role="radiologist"),),
        study=Study(uid=study),
        **more,
    )


EVERYTHING_SAID = Event(
    kind=Kind.INSTANCES_TRANSFERRED,
    at=1_764_025_200_123,
    action=Action.CREATE,
    outcome=Outcome.MINOR_FAILURE,
    reason="two of <three> & more",
    actors=(
        Actor(name="CT1", part=Part.SOURCE, address="ct1.example", alternative="7"),
        Actor(name="STECKEL", part=Part.DESTINATION, address="192.0.2.1"),
        Actor(name="mia", address="2001:db8::1", display="Mia Müller", via="token", role="user"),
    ),
    patient=ANNA,
    study=Study(uid="1.2.3", accession="A7", classes=(("1.2.840.10008.5.1.4.1.1.2", 3), ("", 1))),
    query=Query(text=b"PatientName=M\xfcller*", about="/dicomweb/studies"),
    things=(Thing(id="mia", kind=ThingKind.ACCOUNT, name="Mia"),),
    details={"role": "admin", "title": "<b>&"},
)
