"""Modality performed procedure steps: what the modality did, and the order it did it for.

A step that has begun leaves the worklist in the same transaction, and the order moves on
(`ris.orders.refresh_order`). What nobody has ordered is kept without an order. It is looked
for again at each change: the order may have come meanwhile.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, values_in
from steckel.errors import AlreadyThere, NotFound
from steckel.index.engine import writing
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import Sight
from steckel.ris import clock
from steckel.ris import performed_rules as rules
from steckel.ris.model import PerformedStatus
from steckel.ris.performed_links import linked_steps, wanted_of
from steckel.ris.schema import orders, performed_steps, steps

#: Works out an order and its steps anew: connection, row of the order, milliseconds since 1970.
Refresh = Callable[[Connection, int, int], None]

#: Of several performed steps for one scheduled step, which counts: the first of these.
_STRONGEST = (PerformedStatus.IN_PROGRESS, PerformedStatus.COMPLETED, PerformedStatus.DISCONTINUED)


class PerformedProcedureSteps:
    """Keeps them. Thread-safe; durable when a call returns."""

    def __init__(
        self,
        engine: Engine,
        refresh: Refresh,
        *,
        now: Callable[[], int] = clock.now,
        view: View = EVERYTHING,
    ) -> None:
        self._engine = engine
        self._refresh = refresh
        self._now = now
        self._view = view
        self._sight = Sight(engine)

    def seen_by(self, view: View) -> "PerformedProcedureSteps":
        """Return those that somebody with this view can read: of studies that it sees."""
        return PerformedProcedureSteps(self._engine, self._refresh, now=self._now, view=view)

    def create(self, uid: str, values: JsonDataset, aet: str) -> None:
        """Take a new one (PS3.4 F.7.2.1).

        Raises
        ------
        AlreadyThere
            There is one with this UID.
        MissingAttribute, MissingValue, InvalidAttribute
            It cannot begin like this.
        """
        held = rules.created(values)
        now = self._now()
        statement = insert(performed_steps).values(
            uid=uid,
            status=PerformedStatus.IN_PROGRESS,
            aet=aet,
            study_uid=_study_uid(held),
            json=_text(held),
            created=now,
            changed=now,
        )
        try:
            with writing(self._engine, durable=True) as connection:
                connection.execute(statement)
                self._move_on(connection, uid, held)
        except IntegrityError as problem:
            raise AlreadyThere("there is a performed procedure step with this UID") from problem

    def update(self, uid: str, values: JsonDataset) -> frozenset[int]:
        """Change one (PS3.4 F.7.2.2); return the tags that may not be changed and were left.

        Raises
        ------
        NotFound
            There is none with this UID.
        NotUpdatable
            It is in its final state.
        MissingAttribute, MissingValue, InvalidAttribute
            It cannot be like this.
        """
        with writing(self._engine, durable=True) as connection:
            statement = select(performed_steps.c.json).where(performed_steps.c.uid == uid)
            text = connection.execute(statement.with_for_update()).scalar()
            if text is None:
                raise NotFound("there is no performed procedure step with this UID")
            held, left = rules.updated(orjson.loads(text), values)
            connection.execute(
                update(performed_steps)
                .where(performed_steps.c.uid == uid)
                .values(status=rules.status_of(held), json=_text(held), changed=self._now())
            )
            self._move_on(connection, uid, held)
        return left

    def read(self, uid: str) -> JsonDataset:
        """Return one.

        Raises
        ------
        NotFound
            There is none with this UID, or its study is not seen.
        """
        table = performed_steps.c
        statement = select(table.json, table.study_uid).where(table.uid == uid)
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        if row is None or not self._sees(row.study_uid):
            raise NotFound("there is no performed procedure step with this UID")
        values: JsonDataset = orjson.loads(row.json)
        return values

    def _sees(self, study: str) -> bool:
        return self._view.is_everything or self._sight.sees(self._view, study)

    def _move_on(self, connection: Connection, uid: str, held: JsonDataset) -> None:
        """Link it with what was scheduled, and have that follow."""
        linked = linked_steps(connection, wanted_of(held))
        if not linked:
            return
        order_pks = sorted({step.order_pk for step in linked})
        _hold(connection, order_pks)
        connection.execute(
            update(performed_steps)
            .where(performed_steps.c.uid == uid)
            .values(order_pk=linked[0].order_pk)
        )
        others = _of_orders(connection, order_pks, _study_uid(held))
        for step in linked:
            statuses = {
                PerformedStatus(other.status)
                for other in others
                if _is_of(other, step) and not rules.is_mistaken(orjson.loads(other.json))
            }
            performed = next((one for one in _STRONGEST if one in statuses), "")
            connection.execute(
                update(steps).where(steps.c.pk == step.pk).values(performed=performed)
            )
        for order_pk in order_pks:
            self._refresh(connection, order_pk, self._now())


def _hold(connection: Connection, order_pks: Sequence[int]) -> None:
    """Have nobody else work out these orders until the commit: the last one sees all steps."""
    statement = select(orders.c.pk).where(orders.c.pk.in_(order_pks)).order_by(orders.c.pk)
    connection.execute(statement.with_for_update()).all()


def _of_orders(connection: Connection, order_pks: Iterable[int], study_uid: str) -> list[Any]:
    """Return all performed steps of some orders, and of a study."""
    return list(
        connection.execute(
            select(performed_steps.c.status, performed_steps.c.json).where(
                or_(
                    performed_steps.c.order_pk.in_(order_pks),
                    performed_steps.c.study_uid == study_uid,
                )
            )
        )
    )


def _is_of(performed: Any, step: Any) -> bool:
    """Whether a performed step speaks of a scheduled one."""
    return any(wanted.fits(step) for wanted in wanted_of(orjson.loads(performed.json)))


def _study_uid(values: JsonDataset) -> str:
    items = values_in(values, rules.SCHEDULED_STEP_ATTRIBUTES_SEQUENCE)
    return str(values_in(items[0], tags.STUDY_INSTANCE_UID)[0]) if items else ""


def _text(values: JsonDataset) -> str:
    return orjson.dumps(values).decode()
