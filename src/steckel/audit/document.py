"""Events as canonical JSON, which is what is kept and hashed.

The rule: one event has one spelling. Keys are sorted, nothing is indented, and what is empty
is left out, so that a later version with more fields spells old events as they are.
"""

import base64
from typing import Any, Final

import orjson

from steckel.audit.event import Actor, Event, Part, Patient, Query, Study, Thing, ThingKind
from steckel.audit.kinds import Action, Kind, Outcome

Json = dict[str, Any]
_SORTED: Final = orjson.OPT_SORT_KEYS


def body_of(event: Event) -> str:
    """Return what is kept of an event."""
    query = event.query
    return _dumps(
        {
            "kind": event.kind.value,
            "at": event.at,
            "action": event.action.value,
            "outcome": int(event.outcome),
            "reason": event.reason,
            "actors": [_actor(one) for one in event.actors],
            "patient": _patient(event.patient),
            "study": _study(event.study),
            "query": query and _query(query),
            "things": [_thing(one) for one in event.things],
            "details": dict(event.details or {}),
        }
    )


def event_of(body: str) -> Event:
    """Return the event that was kept."""
    read: Json = orjson.loads(body)
    patient, study, query = read.get("patient"), read.get("study"), read.get("query")
    return Event(
        kind=Kind(read["kind"]),
        at=read["at"],
        action=Action(read["action"]),
        outcome=Outcome(read.get("outcome", 0)),
        reason=read.get("reason", ""),
        actors=tuple(Actor(**{**one, "part": Part(one["part"])}) for one in read.get("actors", [])),
        patient=None if patient is None else Patient(**patient),
        study=None if study is None else _read_study(study),
        query=None
        if query is None
        else Query(text=base64.b64decode(query.get("text", "")), about=query.get("about", "")),
        things=tuple(
            Thing(**{**one, "kind": ThingKind(one["kind"])}) for one in read.get("things", [])
        ),
        details=read.get("details"),
    )


def _read_study(study: Json) -> Study:
    classes = tuple((uid, count) for uid, count in study.get("classes", []))
    return Study(uid=study["uid"], accession=study.get("accession", ""), classes=classes)


def _actor(actor: Actor) -> Json:
    return _full(
        {
            "name": actor.name,
            "part": actor.part.value,
            "address": actor.address,
            "alternative": actor.alternative,
            "display": actor.display,
            "via": actor.via,
            "role": actor.role,
        }
    ) | {"name": actor.name}


def _patient(patient: Patient | None) -> Json | None:
    if patient is None:
        return None
    told = {"id": patient.id, "issuer": patient.issuer, "name": patient.name}
    return _full(told) | {"identity": patient.identity}


def _study(study: Study | None) -> Json | None:
    if study is None:
        return None
    classes = [list(one) for one in study.classes]
    return _full({"accession": study.accession, "classes": classes}) | {"uid": study.uid}


def _query(query: Query) -> Json:
    return _full({"text": base64.b64encode(query.text).decode(), "about": query.about})


def _thing(thing: Thing) -> Json:
    return _full({"kind": thing.kind.value, "name": thing.name}) | {"id": thing.id}


def _full(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, 0)}


def _dumps(values: Json) -> str:
    kept = _full(values) | {"kind": values["kind"], "at": values["at"], "action": values["action"]}
    try:
        return orjson.dumps(kept, option=_SORTED).decode()
    except orjson.JSONEncodeError:  # half a surrogate pair: no Unicode, but it did happen
        return orjson.dumps(_valid(kept), option=_SORTED).decode()


def _valid(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_valid(name): _valid(one) for name, one in value.items()}
    return [_valid(one) for one in value] if isinstance(value, list | tuple) else value
