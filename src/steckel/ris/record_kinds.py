"""Each kind of record: its rows, what it is asked by, and what it is put in order by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_, false, func, or_, select, union

from steckel.index.kept_sets import among_kept
from steckel.index.schema import instances, patients, series, studies
from steckel.ris.record_keys import identity_in, row_in
from steckel.ris.record_matching import (
    Condition,
    Match,
    constant,
    folded,
    in_set,
    local_time,
    mapped,
    moment,
    reference,
    token,
)
from steckel.ris.record_model import RecordKind, Token, Value
from steckel.ris.report_documents import places_of_reports
from steckel.ris.schema import appointments, identifiers, orders, registrations, reports

#: The coding systems of what is the same for all.
DIAGNOSTIC_SERVICE: Final = "http://terminology.hl7.org/CodeSystem/v2-0074"
LOINC: Final = "http://loinc.org"
REPORT_CODE: Final = "18748-4"
DICOM_UIDS: Final = "urn:dicom:uid"
WADO_RS: Final = "dicom-wado-rs"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How records of a kind are found."""

    rows: FromClause
    pk: ColumnElement[int]
    key: Match  #: of the record itself, by a `Token`
    parameters: Mapping[str, Match]
    orders: Mapping[str, tuple[ColumnElement[Any], ...]]
    among: Condition | None = None  #: which rows a search looks at


def without_prefix(uid: str) -> str:
    """Return a UID without the scheme that FHIR spells before it."""
    return uid.removeprefix("urn:oid:")


def is_patient(key: str, table: Any = patients) -> Condition:
    """Return the condition that a row of `patients` has a key."""
    identity, row = identity_in(key), row_in(key)
    if identity is not None:
        return table.c.identity == identity  # type: ignore[no-any-return]
    return table.c.pk == row if row is not None else false()


def _patient_number(value: Value) -> Condition:
    """Match an identifier: the one of the row, or another one of the patient."""
    if not isinstance(value, Token):
        return false()
    issuer = None if value.system is None else issuer_of(value.system)
    own = patients.c.patient_id == value.code
    other = identifiers.c.value == value.code
    if issuer is not None:
        own = and_(own, patients.c.issuer == issuer)
        other = and_(other, identifiers.c.issuer == issuer)
    numbered = patients.alias("numbered")
    found = select(numbered.c.pk).join(identifiers, identifiers.c.identity == numbered.c.identity)
    return patients.c.pk.in_(select(patients.c.pk).where(own).union(found.where(other)))


def issuer_of(system: str) -> str:
    """Return the issuer that a system of patient identifiers stands for."""
    for prefix in ("urn:oid:", "urn:steckel:issuer:"):
        if system.startswith(prefix):
            return system.removeprefix(prefix)
    return system


def _owned(column: ColumnElement[str], numbers: bool = False) -> Match:
    """Match a patient of records that name one by identity, and those merged into them."""
    survivor = patients.alias("survivor")

    def identities(condition: Condition) -> Condition:
        found = select(patients.c.pk).where(condition)
        own = select(survivor.c.identity).where(survivor.c.pk.in_(found))
        merged = select(survivor.c.identity).where(survivor.c.survivor_pk.in_(found))
        return column.in_(own.union(merged))

    if numbers:
        return lambda value: identities(_patient_number(value))
    return reference(lambda key: identities(is_patient(key)))


def _of_study(column: Any) -> Match:
    return reference(lambda key: column.in_(select(patients.c.pk).where(is_patient(key))))


def _study_number(value: Value) -> Condition:
    """Match a study's UID or its accession number."""
    if not isinstance(value, Token):
        return false()
    if value.system == DICOM_UIDS or value.code.startswith("urn:oid:"):
        return studies.c.uid == without_prefix(value.code)
    return or_(studies.c.accession == value.code, studies.c.uid == value.code)


def _based_on(key: str) -> Condition:
    row = row_in(key)
    if row is None:
        return false()
    named = and_(orders.c.study_uid != "", orders.c.study_uid == studies.c.uid)
    numbered = and_(orders.c.accession != "", orders.c.accession == studies.c.accession)
    ordered, own = patients.alias("ordered"), patients.alias("own")
    found = [
        select(studies.c.pk)
        .join(orders, on)
        .join(ordered, ordered.c.identity == orders.c.identity)
        .join(own, own.c.pk == studies.c.patient_pk)
        .where(orders.c.pk == row, _same(ordered, own))
        for on in (named, numbered)
    ]
    return studies.c.pk.in_(found[0].union(found[1]))


def _same(one: Any, other: Any) -> Condition:
    """Return the condition that two rows of `patients` are one: numbers are given twice."""
    same_number = and_(
        one.c.patient_id != "",
        one.c.patient_id == other.c.patient_id,
        or_(one.c.issuer == "", other.c.issuer == ""),
    )
    survivors = [func.coalesce(row.c.survivor_pk, row.c.pk) for row in (one, other)]
    return or_(survivors[0] == survivors[1], same_number)


def _has_series(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    uid = without_prefix(value.code)
    return studies.c.pk.in_(select(series.c.study_pk).where(series.c.uid == uid))


def _has_instance(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    found = (
        select(series.c.study_pk)
        .join(instances, instances.c.series_pk == series.c.pk)
        .where(instances.c.uid == without_prefix(value.code))
    )
    return studies.c.pk.in_(found)


def _has_modality(value: Value) -> Condition:
    return among_kept(studies.c.modalities, lambda column: in_set(column)(value))


def _has_class(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    return in_set(studies.c.sop_classes)(Token(code=without_prefix(value.code)))


def _row(column: ColumnElement[int]) -> Match:
    def condition(value: Value) -> Condition:
        row = row_in(value.code) if isinstance(value, Token) else None
        return column == row if row is not None else false()

    return condition


def _order_number(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    code = value.code
    return or_(orders.c.placer == code, orders.c.filler == code, orders.c.accession == code)


def _report_number(value: Value) -> Condition:
    if not isinstance(value, Token):
        return false()
    return or_(reports.c.filler == value.code, reports.c.accession == value.code)


def _reported_study(key: str) -> Condition:
    found = [
        question.where(studies.c.uid == key).correlate(None)
        for question in places_of_reports(reports.c.pk)
    ]
    return reports.c.pk.in_(union(*found))


def _reported_order(key: str) -> Condition:
    row = row_in(key)
    if row is None:
        return false()
    other = reports.alias("other")
    named, ordered = patients.alias("named"), patients.alias("ordered")
    found = [
        select(other.c.pk)
        .join(orders, and_(orders.c[name] != "", orders.c[name] == other.c[name]))
        .join(named, named.c.identity == other.c.identity)
        .join(ordered, ordered.c.identity == orders.c.identity)
        .where(orders.c.pk == row, _same(named, ordered))
        for name in ("accession", "filler", "study_uid")
    ]
    return reports.c.pk.in_(union(*found))


_known = patients.outerjoin(registrations, registrations.c.identity == patients.c.identity)
#: When a patient's record changed; zero: nobody has said anything.
patient_changed: Final = func.coalesce(registrations.c.at, 0)

_FHIR: Final = "http://hl7.org/fhir/"
_GENDERS: Final = {"male": ("M",), "female": ("F",), "other": ("O",), "unknown": ("",)}
#: What each RequestStatus of FHIR R4 stands for.
ORDER_STATUSES: Final = {
    "active": ("requested", "scheduled", "arrived", "in-progress"),
    "on-hold": ("on-hold",),
    "revoked": ("cancelled", "discontinued"),
    "completed": ("completed",),
}
_ENDPOINT: Final = reference(lambda key: constant("", WADO_RS)(Token(code=key)))

KINDS: Final[Mapping[RecordKind, Kind]] = {
    RecordKind.PATIENT: Kind(
        rows=_known,
        pk=patients.c.pk,
        key=lambda value: is_patient(value.code) if isinstance(value, Token) else false(),
        among=and_(
            # An expression: nearly all rows fulfil it, so that no index of it is any use.
            func.coalesce(patients.c.survivor_pk, 0) == 0,
            or_(patients.c.is_registered, patients.c.studies > 0),
        ),
        parameters={
            "identifier": _patient_number,
            "name": folded(patients.c.search, " "),
            "family": folded(patients.c.name),
            "given": folded(patients.c.name, "^", later_only=True),
            "birthdate": local_time(patients.c.birth_date),
            "gender": mapped(patients.c.sex, _GENDERS, _FHIR + "administrative-gender"),
            "_lastUpdated": moment(patient_changed),
        },
        orders={"birthdate": (patients.c.birth_date,), "name": (patients.c.name,),
                "_lastUpdated": (patient_changed,)},
    ),
    RecordKind.STUDY: Kind(
        rows=studies,
        pk=studies.c.pk,
        key=token(studies.c.uid),
        parameters={
            "identifier": _study_number,
            "patient": _of_study(studies.c.patient_pk),
            "patient.identifier": lambda value: studies.c.patient_pk.in_(
                select(patients.c.pk).where(_patient_number(value))
            ),
            "started": local_time(studies.c.date + studies.c.time, studies.c.date),
            "modality": _has_modality,
            "bodysite": in_set(studies.c.body_parts),
            "status": constant("http://hl7.org/fhir/imagingstudy-status", "available"),
            "basedon": reference(_based_on),
            "endpoint": _ENDPOINT,
            "series": _has_series,
            "instance": _has_instance,
            "dicom-class": _has_class,
            "_lastUpdated": moment(studies.c.received),
        },
        orders={"started": (studies.c.date, studies.c.time),
                "_lastUpdated": (studies.c.received,)},
    ),
    RecordKind.ORDER: Kind(
        rows=orders,
        pk=orders.c.pk,
        key=_row(orders.c.pk),
        parameters={
            "identifier": _order_number,
            "patient": _owned(orders.c.identity),
            "patient.identifier": _owned(orders.c.identity, numbers=True),
            "status": mapped(orders.c.status, ORDER_STATUSES, _FHIR + "request-status"),
            "authored": moment(orders.c.created),
            "occurrence": local_time(orders.c.scheduled),
            "_lastUpdated": moment(orders.c.changed),
        },
        orders={"authored": (orders.c.created,), "occurrence": (orders.c.scheduled,),
                "_lastUpdated": (orders.c.changed,)},
    ),
    RecordKind.REPORT: Kind(
        rows=reports,
        pk=reports.c.pk,
        key=token(reports.c.id),
        parameters={
            "identifier": _report_number,
            "patient": _owned(reports.c.identity),
            "patient.identifier": _owned(reports.c.identity, numbers=True),
            "imaging-study": reference(_reported_study),
            "based-on": reference(_reported_order),
            "status": token(reports.c.status, "http://hl7.org/fhir/diagnostic-report-status"),
            "category": constant(DIAGNOSTIC_SERVICE, "RAD"),
            "code": constant(LOINC, REPORT_CODE),
            "issued": moment(reports.c.at),
            "_lastUpdated": moment(reports.c.changed),
        },
        orders={"issued": (reports.c.at,), "_lastUpdated": (reports.c.changed,)},
    ),
    RecordKind.APPOINTMENT: Kind(
        rows=appointments,
        pk=appointments.c.pk,
        key=_row(appointments.c.pk),
        parameters={
            "patient": _owned(appointments.c.identity),
            "patient.identifier": _owned(appointments.c.identity, numbers=True),
            "date": local_time(appointments.c.start),
            "status": token(appointments.c.status, "http://hl7.org/fhir/appointmentstatus"),
            "_lastUpdated": moment(appointments.c.at),
        },
        orders={"date": (appointments.c.start,), "_lastUpdated": (appointments.c.at,)},
    ),
}  # fmt: skip
