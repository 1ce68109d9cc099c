"""From the tables to what a person sees of studies that do not fit."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, first_text
from steckel.errors import NotFound
from steckel.index.schema import patients, studies
from steckel.query.catalogue_model import PatientRow, StudyRow
from steckel.query.catalogue_rows import patient_row, study_row
from steckel.ris.candidates import OrderCandidate, order_candidates, patient_candidates
from steckel.ris.corrections import Correction, read_correction
from steckel.ris.matcher import Look
from steckel.ris.model import MismatchKind
from steckel.ris.order_list import described, order_rows
from steckel.ris.reconciliation_model import (
    CandidateOrder,
    CandidatePatient,
    DecisionRow,
    MismatchRow,
    OrderRow,
    OwnRow,
    StudyReconciliation,
)
from steckel.ris.schema import orders, registrations


def mismatch_rows(connection: Connection, rows: Sequence[Row[Any]]) -> list[MismatchRow]:
    """Return mismatches with their studies; without those whose study is gone."""
    found = _studies(connection, {row.study_uid for row in rows})
    return [_mismatch_row(row, *found[row.study_uid]) for row in rows if row.study_uid in found]


def _mismatch_row(row: Row[Any], study: StudyRow, own: JsonDataset) -> MismatchRow:
    return MismatchRow(
        id=row.id,
        kind=MismatchKind(row.kind),
        state=row.state,
        study=study,
        own=own_row(own),
        at=row.at,
        changed=row.changed,
        by=row.by,
        resolution=row.resolution,
    )


def study_reconciliation(
    connection: Connection, look: Look, log: Iterable[Row[Any]], source: str
) -> StudyReconciliation:
    """Return all that a person needs to put a study right.

    Raises
    ------
    NotFound
        The study is gone.
    """
    found = _studies(connection, [look.study.uid]).get(look.study.uid)
    if found is None:
        raise NotFound("there is no such study")
    candidates = order_candidates(connection, look.study)
    return StudyReconciliation(
        study=found[0],
        own=own_row(look.study.own),
        source=source,
        kinds=tuple(sorted(look.open_kinds)),
        order=_linked(connection, look.held.order_key),
        orders=_orders(connection, candidates),
        patients=_patients(connection, look, candidates),
        decisions=tuple(_decision(connection, row) for row in log),
        can_undo=look.history.undone is not None,
        can_register=_can_register(connection, look),
    )


def own_row(own: JsonDataset) -> OwnRow:
    """Return what images say."""
    return OwnRow(
        patient=described(
            "", own, first_text(own, tags.PATIENT_ID), first_text(own, tags.ISSUER_OF_PATIENT_ID)
        ),
        accession=first_text(own, tags.ACCESSION_NUMBER),
        study_id=first_text(own, tags.STUDY_ID),
    )


def label_of(connection: Connection, correction: Correction) -> tuple[str, str]:
    """Return patient identifier and order number of a correction, as a person calls them."""
    patient = correction.identity.rpartition("\x1f")[2]
    if not correction.order_key:
        return patient, ""
    row = connection.execute(
        select(orders.c.accession, orders.c.filler, orders.c.placer).where(
            orders.c.key == correction.order_key
        )
    ).first()
    return patient, "" if row is None else row.accession or row.filler or row.placer


def _studies(
    connection: Connection, uids: Collection[str]
) -> dict[str, tuple[StudyRow, JsonDataset]]:
    """Return those of some studies that are there, each with what its images say."""
    rows = connection.execute(
        select(studies, patients.c.issuer)
        .join(patients, studies.c.patient_pk == patients.c.pk)
        .where(studies.c.uid.in_(sorted(uids)))
    )
    return {row.uid: (study_row(row, 0), orjson.loads(row.own_json or row.json)) for row in rows}


def _linked(connection: Connection, key: str) -> OrderRow | None:
    if not key:
        return None
    pks = connection.execute(select(orders.c.pk).where(orders.c.key == key)).scalars()
    return next(iter(order_rows(connection, pks)), None)


def _orders(connection: Connection, candidates: list[OrderCandidate]) -> tuple[CandidateOrder, ...]:
    rows = order_rows(connection, [one.order.pk for one in candidates])
    by_key = {row.key: row for row in rows}
    return tuple(
        CandidateOrder(
            order=by_key[str(one.order.pk)],
            score=one.score,
            reasons=one.reasons,
            is_taken=one.order.is_taken,
        )
        for one in candidates
        if str(one.order.pk) in by_key
    )


def _patients(
    connection: Connection, look: Look, around: list[OrderCandidate]
) -> tuple[CandidatePatient, ...]:
    candidates = patient_candidates(connection, look.study, around)
    wanted = [one.pk for one in candidates]
    rows = connection.execute(select(patients).where(patients.c.pk.in_(wanted))).all()
    by_pk: dict[int, PatientRow] = {row.pk: patient_row(row) for row in rows}
    return tuple(
        CandidatePatient(patient=by_pk[one.pk], score=one.score, reasons=one.reasons)
        for one in candidates
        if one.pk in by_pk
    )


def _decision(connection: Connection, row: Row[Any]) -> DecisionRow:
    after = read_correction(row.after)
    patient, order = label_of(connection, after)
    return DecisionRow(
        at=row.at,
        by=row.by,
        reason=row.reason,
        patient=patient,
        order=order,
        accepted=after.decisions,
    )


def _can_register(connection: Connection, look: Look) -> bool:
    if MismatchKind.UNKNOWN_PATIENT not in look.open_kinds or not look.study.patient_id:
        return False
    known = select(registrations.c.identity).where(
        registrations.c.patient_id == look.study.patient_id,
        registrations.c.issuer == first_text(look.study.own, tags.ISSUER_OF_PATIENT_ID),
    )
    return connection.execute(known.limit(1)).first() is None
