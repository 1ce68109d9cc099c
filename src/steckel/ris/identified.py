"""Whom an identifier means that another system gives: the patient, or who that turned out to be."""

import time
from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Row, or_, select

from steckel.dicom.json_model import JsonDataset, values_in
from steckel.index.schema import patients
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients
from steckel.query.catalogue_model import PatientRow
from steckel.query.catalogue_rows import patient_row
from steckel.ris.schema import identifiers

_QUALIFIERS: Final = 0x00100024
_UNIVERSAL_ENTITY_ID: Final = 0x00400032
_MOST: Final = 50
#: A row whose images all turned out to be somebody else's is nobody.
_IS_SOMEBODY: Final = or_(
    patients.c.studies > 0, patients.c.is_registered, patients.c.survivor_pk.is_not(None)
)


class IdentifiedPatients:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "IdentifiedPatients":
        """Return those whom somebody with this view sees."""
        return self if view == self._view else IdentifiedPatients(self._engine, view)

    def find(self, identifier: str, authorities: Sequence[str]) -> Sequence[PatientRow]:
        """Return whom an identifier means; several where it does not say who issued it.

        `authorities` are names of one who did: a namespace, an OID. Other identifiers of patients
        count where nobody is filed under it; patients whose images name no issuer, where nobody
        has it from that one.
        """
        with self._engine.connect() as connection:
            filed = self._rows(connection, patients.c.patient_id == identifier)
            names = [_names(row) for row in filed]
            theirs = [row for row, of in zip(filed, names, strict=True) if of & set(authorities)]
            unnamed = [row for row, of in zip(filed, names, strict=True) if not of]
            found = (theirs if authorities else filed) or (
                self._known_as(connection, identifier, authorities) or unnamed
            )
            return tuple(patient_row(row) for row in self._survivors(connection, found))

    def _known_as(
        self, connection: Connection, identifier: str, authorities: Sequence[str]
    ) -> Sequence[Row[Any]]:
        known = select(identifiers.c.identity).where(identifiers.c.value == identifier)
        if authorities:
            known = known.where(identifiers.c.issuer.in_(authorities))
        return self._rows(connection, patients.c.identity.in_(known))

    def _survivors(self, connection: Connection, found: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
        pks = {row.survivor_pk or row.pk for row in found}
        if pks == {row.pk for row in found}:
            return found
        return self._rows(connection, patients.c.pk.in_(sorted(pks)))

    def _rows(self, connection: Connection, condition: ColumnElement[bool]) -> Sequence[Row[Any]]:
        seen = of_patients(self._view, time.time())
        statement = select(patients).where(condition, _IS_SOMEBODY, *seen)
        return connection.execute(statement.order_by(patients.c.pk).limit(_MOST)).all()


def _names(row: Row[Any]) -> set[str]:
    """Return what the issuer of a patient's identifier is called (PS3.3 10.15)."""
    json: JsonDataset = orjson.loads(row.json)
    qualifiers = (item for item in values_in(json, _QUALIFIERS) if isinstance(item, dict))
    universal = (value for item in qualifiers for value in values_in(item, _UNIVERSAL_ENTITY_ID))
    return {name for name in (row.issuer, *map(str, universal)) if name}
