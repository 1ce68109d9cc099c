"""Spelling events for the workstation, for spreadsheets, and for the patients they are about."""

import csv
import html
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, Literal

from steckel.audit.event import Actor, Event, Patient, Study
from steckel.audit.kinds import Outcome
from steckel.audit.model import KnownPatient, Record
from steckel.web import audit_shapes as shapes
from steckel.web.answers import moment
from steckel.web.audit_words import HEADS, WORDS, Language

_COLUMNS: Final = (
    "at", "kind", "action", "outcome", "reason", "account", "name", "role", "address", "via",
    "patient_id", "patient_issuer", "patient_name", "study", "accession", "instances", "query",
    "objects", "details", "id", "hash",
)  # fmt: skip
#: What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
LANGUAGES = Literal["en", "fr"]


def spell_event(record: Record) -> shapes.AuditEvent:
    """Spell an event."""
    event = record.event
    patient, study = event.patient, event.study
    return {
        "id": record.key,
        "at": moment(event.at),
        "kind": event.kind.value,
        "action": event.action.value,
        "outcome": int(event.outcome),
        "reason": event.reason,
        "account": event.account,
        "actors": [_actor(one) for one in event.actors],
        "patient": None if patient is None else _patient(patient),
        "study": None if study is None else _study(study),
        "query": _query(event),
        "things": [
            {"id": one.id, "kind": one.kind.value, "name": one.name} for one in event.things
        ],
        "details": dict(event.details or {}),
        "hash": record.hash,
    }


def csv_of(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield a table of events (RFC 4180, UTF-8), line by line."""
    yield _line(_COLUMNS)
    for record in records:
        yield _line(_row(record))


def own_log_csv(records: Iterable[Record], language: Language) -> Iterator[bytes]:
    """Yield what a patient is handed out, as a table."""
    yield "\ufeff".encode()  # without it a spreadsheet takes it for another character set
    yield _line(HEADS[language])
    for record in records:
        yield _line(_told(record, language))


def own_log_html(
    known: KnownPatient, records: Iterable[Record], language: Language
) -> Iterator[bytes]:
    """Yield what a patient is handed out, as a page to print."""
    words = WORDS[language]
    name = html.escape(" ".join(known.name.replace("^", " ").split()))
    number = html.escape(known.id)
    title = html.escape(words["title"])
    made = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    heads = "".join(f"<th>{html.escape(one)}</th>" for one in HEADS[language])
    yield (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{name} · {number}</p>"
        f"<p>{html.escape(words['made'])} {made}. {html.escape(words['meant'])}</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>"
    ).encode()
    for record in records:
        cells = "".join(f"<td>{html.escape(one)}</td>" for one in _told(record, language))
        yield f"<tr>{cells}</tr>\n".encode()
    yield b"</tbody></table></html>"


_STYLE: Final = (
    "body{font:14px system-ui,sans-serif;margin:2em;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:4px 8px;"
    "text-align:left;vertical-align:top}thead{display:table-header-group}"
)


def _told(record: Record, language: Language) -> list[str]:
    event, words = record.event, WORDS[language]
    who = event.requestor or next(iter(event.actors), None)
    at = datetime.fromtimestamp(event.at / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    what = words.get(event.kind.value, event.kind.value)
    if event.outcome is not Outcome.SUCCESS:
        what = f"{what} ({words['failed']})"
    named = f"{who.display} ({who.name})" if who and who.display else (who.name if who else "")
    study = event.study
    subject = (study.accession or study.uid) if study else ""
    return [at, named, who.role if who else "", what, subject, event.reason]


def _row(record: Record) -> list[str]:
    event = record.event
    who = event.requestor or next(iter(event.actors), Actor(name=""))
    patient, study = event.patient, event.study
    return [
        moment(event.at), event.kind.value, event.action.value, str(int(event.outcome)),
        event.reason, who.name, who.display, who.role, who.address, who.via,
        patient.id if patient else "", patient.issuer if patient else "",
        patient.name if patient else "", study.uid if study else "",
        study.accession if study else "", str(_instances(event) or ""), _query(event),
        " ".join(f"{one.kind.value}:{one.id}" for one in event.things),
        " ".join(f"{name}={value}" for name, value in (event.details or {}).items()),
        record.key, record.hash,
    ]  # fmt: skip


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    csv.writer(text).writerow(safe)
    return text.getvalue().encode("utf-8", "replace")


def _patient(patient: Patient) -> shapes.AuditPatient:
    return {"id": patient.id, "issuer": patient.issuer, "name": patient.name}


def _study(study: Study) -> shapes.AuditStudy:
    count = sum(number for _, number in study.classes)
    return {"uid": study.uid, "accession": study.accession, "instances": count}


def _actor(actor: Actor) -> shapes.AuditActor:
    return {
        "name": actor.name,
        "part": actor.part.value,
        "address": actor.address,
        "display": actor.display,
        "via": actor.via,
        "role": actor.role,
    }


def _instances(event: Event) -> int:
    return sum(count for _, count in event.study.classes) if event.study else 0


def _query(event: Event) -> str:
    """Return what was asked for as far as it is text; an identifier of DICOM is bytes."""
    if event.query is None:
        return ""
    text = event.query.text.decode("utf-8", "replace")
    readable = "".join(char if char.isprintable() else " " for char in text)
    return f"{event.query.about} {' '.join(readable.split())}".strip()[:2000]
