"""Looks up what a message about an event needs: patient, order, report, study, as they are now."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, desc, select

from steckel.exchange.outbound.facts import Occasion, Order, Person, Report, Study
from steckel.index.schema import patients, studies
from steckel.ris.model import EventKind, OrderStatus, ReportStatus
from steckel.ris.patients import key_of
from steckel.ris.registers import Registers
from steckel.ris.reports import standing
from steckel.ris.schema import (
    identifiers,
    links,
    orders,
    registrations,
    report_versions,
    reports,
    steps,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A row of `events`."""

    pk: int
    kind: EventKind
    identity: str
    facts: dict[str, Any]
    at: int  #: milliseconds since 1970


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What an event is about, beside its patient."""

    order: Order | None = None
    report: Report | None = None
    study: Study | None = None


def find_occasion(
    connection: Connection, event: Event, statuses: Collection[ReportStatus]
) -> Occasion | None:
    """Return an event with what is known of it; `None` where it is about nothing that is there.

    `statuses` are those of the reports that are sent: a report's version is counted among them.
    """
    found = _FINDERS.get(event.kind, _nothing)(connection, event, statuses)
    if found is None:
        return None
    person, prior = _people(connection, event)
    if person is None:
        return None
    return Occasion(
        kind=event.kind,
        at=event.at,
        person=person,
        source=str(event.facts.get("source", "")),
        prior=prior,
        order=found.order,
        report=found.report,
        study=found.study,
    )


def _people(connection: Connection, event: Event) -> tuple[Person | None, Person | None]:
    """Return whom the message is about, and of a merge or its undoing the other one."""
    if event.kind is EventKind.PATIENT_MERGED:
        prior = _person(connection, event.identity, is_itself=True)
        return _person(connection, str(event.facts.get("survivor", ""))), prior
    if event.kind is EventKind.PATIENT_UNMERGED:
        prior = _person(connection, event.identity, is_itself=True)
        other = str(event.facts.get("survivor", "")) or _former_survivor(connection, event)
        return _person(connection, other, is_itself=True), prior
    return _person(connection, event.identity), None


def _former_survivor(connection: Connection, event: Event) -> str:
    """Return with whom somebody was one until an event; empty where with nobody."""
    return (
        connection.execute(
            select(links.c.survivor)
            .where(
                links.c.prior == event.identity,
                links.c.survivor != "",
                links.c.at <= event.at,
            )
            .order_by(desc(links.c.at), desc(links.c.pk))
            .limit(1)
        ).scalar()
        or ""
    )


def _person(connection: Connection, identity: str, *, is_itself: bool = False) -> Person | None:
    """Return a patient: of merged ones the survivor, unless the row itself is meant."""
    if not identity.startswith("id\x1f"):
        return None
    row = connection.execute(select(patients).where(patients.c.identity == identity)).first()
    if row is not None and row.survivor_pk is not None and not is_itself:
        row = connection.execute(select(patients).where(patients.c.pk == row.survivor_pk)).one()
    key = key_of(identity if row is None else row.identity)
    others = connection.execute(
        select(identifiers).where(identifiers.c.identity == key.identity)
    ).all()
    return Person(
        patient_id=key.patient_id,
        issuer=key.issuer,
        json=orjson.loads(row.json) if row is not None else {},
        types={(other.issuer, other.value): other.type for other in others},
        identity_state=_identity_state(connection, key.identity),
    )


def _identity_state(connection: Connection, identity: str) -> str:
    text = connection.execute(
        select(registrations.c.registers).where(registrations.c.identity == identity)
    ).scalar()
    said = Registers(text).get("identity_state") if text else None
    return str(next(iter((said or {}).get("Value", [])), ""))


def _about_patient(
    _connection: Connection, _event: Event, _statuses: Collection[ReportStatus]
) -> _Found:
    return _Found()


def _about_order(
    connection: Connection, event: Event, _statuses: Collection[ReportStatus]
) -> _Found | None:
    row = connection.execute(
        select(orders).where(orders.c.key == str(event.facts.get("order", "")))
    ).first()
    if row is None:
        return None
    status = event.facts.get("status")
    return _Found(order=_order(connection, row, OrderStatus(status) if status else None))


def _about_report(
    connection: Connection, event: Event, statuses: Collection[ReportStatus]
) -> _Found | None:
    row = connection.execute(
        select(reports).where(reports.c.pk == int(event.facts.get("report", 0)))
    ).first()
    if row is None:
        return None
    versions = connection.execute(
        select(report_versions)
        .where(report_versions.c.report_pk == row.pk)
        .order_by(report_versions.c.pk)
    ).all()
    counted = _counted(versions)
    said = [version for version in counted if version.at == event.at]
    if not said:
        return None  # a version that came after a newer one: nobody needs it any more
    sent = [version for version in counted if version.status in statuses]
    number = sum(version.pk <= said[-1].pk for version in sent)
    order = _order_of(connection, row.study_uid, (row.accession, row.placer, row.filler))
    return _Found(report=_report(row, said[-1], number), order=order)


def _about_study(
    connection: Connection, event: Event, _statuses: Collection[ReportStatus]
) -> _Found | None:
    row = connection.execute(
        select(studies).where(studies.c.uid == str(event.facts.get("study", "")))
    ).first()
    if row is None:
        return None  # deleted meanwhile
    study = Study(
        uid=row.uid,
        accession=row.accession,
        description=row.description,
        date=row.date,
        time=row.time,
        modalities=tuple(part for part in row.modalities.split("\\") if part),
        series=row.series,
        instances=row.instances,
    )
    matched = connection.execute(
        select(orders).where(orders.c.key == str(event.facts.get("order", "")))
    ).first()
    if matched is not None:
        return _Found(study=study, order=_order(connection, matched, None))
    return _Found(study=study, order=_order_of(connection, row.uid, (row.accession, "", "")))


def _nothing(
    _connection: Connection, _event: Event, _statuses: Collection[ReportStatus]
) -> _Found | None:
    return None


def _counted(versions: Any) -> list[Row[Any]]:
    """Return the versions that were the newest when they came."""
    counted: list[Row[Any]] = []
    for version in versions:
        if not counted or standing(version) > standing(counted[-1]):
            counted.append(version)
    return counted


def _report(row: Row[Any], version: Row[Any], number: int) -> Report:
    return Report(
        id=row.id,
        number=number,
        status=ReportStatus(version.status),
        at=version.at,
        title=version.title,
        author=version.author,
        text=version.text,
        media_type=version.media_type,
        body=version.body or b"",
        study_uid=row.study_uid,
        accession=row.accession,
        placer=row.placer,
        filler=row.filler,
    )


def _order_of(
    connection: Connection, study_uid: str, numbers: tuple[str, str, str]
) -> Order | None:
    """Return the order of a study, else that with an accession, placer or filler number."""
    accession, placer, filler = numbers
    for column, value in (
        (orders.c.study_uid, study_uid),
        (orders.c.accession, accession),
        (orders.c.placer, placer),
        (orders.c.filler, filler),
    ):
        if not value:
            continue
        row = connection.execute(
            select(orders).where(column == value).order_by(desc(orders.c.pk)).limit(1)
        ).first()
        if row is not None:
            return _order(connection, row, None)
    return None


def _order(connection: Connection, row: Row[Any], status: OrderStatus | None) -> Order:
    step = connection.execute(
        select(steps.c.step_id).where(steps.c.order_pk == row.pk).order_by(steps.c.pk).limit(1)
    ).scalar()
    return Order(
        placer=row.placer,
        filler=row.filler,
        accession=row.accession,
        procedure_id=row.procedure_id,
        step_id=step or "",
        study_uid=row.study_uid,
        modality=row.modality,
        description=row.description,
        scheduled=row.scheduled,
        status=status or OrderStatus(row.status),
        json=orjson.loads(row.json),
    )


_Finder = Callable[[Connection, Event, Collection[ReportStatus]], _Found | None]
_FINDERS: Final[dict[EventKind, _Finder]] = {
    EventKind.PATIENT_CHANGED: _about_patient,
    EventKind.PATIENT_MERGED: _about_patient,
    EventKind.PATIENT_UNMERGED: _about_patient,
    EventKind.ORDER_PLACED: _about_order,
    EventKind.ORDER_STATUS: _about_order,
    EventKind.REPORT: _about_report,
    EventKind.STUDY_AVAILABLE: _about_study,
}
