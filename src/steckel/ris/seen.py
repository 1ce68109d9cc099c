"""Which orders, appointments and reports somebody sees: it follows from the studies.

The rule, for every list of the department and for FHIR. What belongs to studies that are
here is seen if one of them is. An order or an appointment whose study has not come is seen
with its patient; a report without a study by those only who see all studies, and then with
its patient. Patients are in `index.visibility.of_patients`.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, not_, or_, select

from steckel.index.schema import corrections, patients, studies
from steckel.index.view import View
from steckel.index.visibility import of_patients, visible
from steckel.ris.report_documents import places_of_reports
from steckel.ris.schema import appointments, orders, reports

_WHOSE = patients.alias("seen_whose")
_REPORT = reports.alias("seen_report")
_ORDER = orders.alias("seen_order")


def of_orders(view: View, now: float, table: Any = orders) -> list[ColumnElement[bool]]:
    """Return the conditions on `orders`; none for everything. `now`: seconds since 1970."""
    conditions = visible(view, now)
    if not conditions:
        return []
    theirs = _studies_of(table)
    seen = [question.where(*conditions).exists() for question in theirs]
    here = [question.exists() for question in theirs]
    return [or_(*seen, and_(not_(or_(*here)), _with_patient(table.c.identity, view, now)))]


def of_appointments(view: View, now: float) -> list[ColumnElement[bool]]:
    """Return the conditions on `appointments`, likewise."""
    conditions = of_orders(view, now, _ORDER)
    if not conditions:
        return []
    ordered = select(literal(1)).where(_ORDER.c.key == appointments.c.order_key)
    ordered = ordered.correlate(appointments)
    alone = and_(not_(ordered.exists()), _with_patient(appointments.c.identity, view, now))
    return [or_(ordered.where(*conditions).exists(), alone)]


def of_reports(view: View, now: float) -> list[ColumnElement[bool]]:
    """Return the conditions on `reports`, likewise."""
    conditions = visible(view, now)
    if not conditions:
        return []
    places = [
        question.where(_REPORT.c.pk == reports.c.pk).correlate(reports)
        for question in places_of_reports(literal(1), of=_REPORT)
    ]
    seen = [question.where(*conditions).exists() for question in places]
    alone: ColumnElement[bool] = false()
    if _has_all(view):
        here = [question.exists() for question in places]
        alone = and_(not_(or_(*here)), _with_patient(reports.c.identity, view, now))
    return [or_(*seen, alone)]


def of_identifier(
    view: View, now: float, identifier: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """Return the conditions on what names a patient by identifier alone, such as a message.

    Those who see all studies see it, unless a patient with the identifier is hidden; others
    see it if one with it is seen, so nothing that names nobody.
    """
    if view.is_everything:
        return []
    seen = and_(*of_patients(view, now))
    called = select(literal(1)).where(
        patients.c.patient_id == identifier, patients.c.patient_id != ""
    )
    called = called.correlate(identifier.table)
    if _has_all(view):
        return [not_(called.where(not_(seen)).exists())]
    return [called.where(seen).exists()]


def _studies_of(table: Any) -> list[Select[Any]]:
    """Return the questions for the studies of an order, one for each way to name one.

    By UID and by number only those of its own patient: numbers are given twice.
    """
    survivor = func.coalesce(_WHOSE.c.survivor_pk, _WHOSE.c.pk)
    own = studies.c.patient_pk.in_(
        select(survivor).where(_WHOSE.c.identity == table.c.identity).correlate(table)
    )
    one = select(literal(1)).select_from(studies)
    matched = one.join(corrections, corrections.c.study_uid == studies.c.uid)
    found = [
        one.where(studies.c.uid == table.c.study_uid, own),
        one.where(studies.c.accession == table.c.accession, table.c.accession != "", own),
        matched.where(corrections.c.order_key == table.c.key),
    ]
    return [question.correlate(table) for question in found]


def _with_patient(identity: Any, view: View, now: float) -> ColumnElement[bool]:
    """Return the condition that the patient of an identity is seen.

    Somebody whom nobody registered is seen by those who see all studies.
    """
    seen = and_(*of_patients(view, now))
    named = select(literal(1)).where(patients.c.identity == identity).correlate(identity.table)
    if _has_all(view):
        return not_(named.where(not_(seen)).exists())
    return named.where(seen).exists()


def _has_all(view: View) -> bool:
    """Whether all studies are seen, but those of confidential patients."""
    return view.anything and (view.within is None or _has_all(view.within))
