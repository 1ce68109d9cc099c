"""Which scheduled steps a performed one is for (PS3.4 F.7.2.1.2, Scheduled Step Attributes)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, first_text, values_in
from steckel.ris.performed_rules import SCHEDULED_STEP_ATTRIBUTES_SEQUENCE
from steckel.ris.schema import orders, steps


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What one item says about the scheduled step. Empty: it does not say."""

    step_id: str
    study_uid: str
    accession: str
    procedure_id: str
    modality: str
    patient_id: str

    def condition(self) -> ColumnElement[bool] | None:
        """Return the condition for rows of `steps`, each of its numbers served by an index."""
        requested = [steps.c.study_uid == self.study_uid] if self.study_uid else []
        by_number = [
            column == value
            for column, value in (
                (steps.c.accession, self.accession),
                (steps.c.procedure_id, self.procedure_id),
            )
            if value
        ]
        if by_number:
            requested.append(and_(*by_number))
        if not requested:
            return None
        own = steps.c.step_id if self.step_id else steps.c.modality
        return and_(
            or_(*requested), own == (self.step_id or self.modality), *self._of_same_patient()
        )

    def _of_same_patient(self) -> list[ColumnElement[bool]]:
        """Leave out steps of other patients: numbers are mistyped, and given twice.

        A modality may know the patient by an identifier that was merged away meanwhile.
        """
        if not self.patient_id:
            return []
        ordered = select(orders.c.pk).where(
            orders.c.pk == steps.c.order_pk, orders.c.identity.endswith(f"\x1f{self.patient_id}")
        )
        return [or_(steps.c.patient_id == self.patient_id, ordered.exists())]

    def fits(self, step: Any) -> bool:
        """Whether a row of `steps` meets the condition."""
        numbers = [
            one
            for one in ((step.accession, self.accession), (step.procedure_id, self.procedure_id))
            if one[1]
        ]
        by_study = bool(self.study_uid) and step.study_uid == self.study_uid
        by_number = bool(numbers) and all(held == wanted for held, wanted in numbers)
        if not (by_study or by_number):
            return False
        if self.step_id:
            return bool(step.step_id == self.step_id)
        return bool(step.modality == self.modality)


def wanted_of(performed: JsonDataset) -> list[Wanted]:
    """Return what a performed step says about scheduled ones.

    An item without Scheduled Procedure Step ID is for the steps of its procedure that have
    the same modality.
    """
    modality = first_text(performed, tags.MODALITY)
    patient_id = first_text(performed, tags.PATIENT_ID)
    return [
        Wanted(
            step_id=first_text(item, tags.SCHEDULED_PROCEDURE_STEP_ID),
            study_uid=first_text(item, tags.STUDY_INSTANCE_UID),
            accession=first_text(item, tags.ACCESSION_NUMBER),
            procedure_id=first_text(item, tags.REQUESTED_PROCEDURE_ID),
            modality=modality,
            patient_id=patient_id,
        )
        for item in values_in(performed, SCHEDULED_STEP_ATTRIBUTES_SEQUENCE)
    ]


def linked_steps(connection: Connection, wanted: Iterable[Wanted]) -> list[Any]:
    """Return the rows of `steps` that a performed step is for, in the order of its items."""
    return list({row.pk: row for row in _rows(connection, wanted)}.values())


def _rows(connection: Connection, wanted: Iterable[Wanted]) -> Iterator[Any]:
    for one in wanted:
        condition = one.condition()
        if condition is not None:
            yield from connection.execute(
                select(
                    steps.c.pk,
                    steps.c.order_pk,
                    steps.c.step_id,
                    steps.c.study_uid,
                    steps.c.accession,
                    steps.c.procedure_id,
                    steps.c.modality,
                )
                .where(condition)
                .order_by(steps.c.pk)
            )
