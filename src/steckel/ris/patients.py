"""Patients: what is said of them, and which of them are one and the same.

The row in `patients` follows from the statements; so do the rows of their studies
(`index.projecting`). A merge moves nothing: it is a link, and taking it back removes none but says
another.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from steckel.dicom.json_model import JsonDataset, is_json_key
from steckel.errors import SelfMerge
from steckel.index.projecting import Projector
from steckel.index.rows import patient_columns, to_text
from steckel.index.schema import patients
from steckel.index.upserting import add_new, add_or_change
from steckel.ris.events import tell
from steckel.ris.linking import Link, survivors
from steckel.ris.model import (
    EventKind,
    Identifier,
    MergeStatement,
    PatientKey,
    PatientStatement,
)
from steckel.ris.registers import Moment, Registers
from steckel.ris.schema import identifiers, links, registrations

#: What was said beside the matter counts where nothing was said outright.
_WEAK = "weak:"
#: Of the advisory lock on PostgreSQL that all who merge take one after the other.
_LOCK = 0x5143_0006

# Kept, because to make a statement costs more than to run it (`index.upserting`).
_BY_IDENTITY = select(patients).where(patients.c.identity == bindparam("identity"))
_BY_PK = select(patients).where(patients.c.pk == bindparam("row"))
_REGISTRATION = select(registrations.c.registers, registrations.c.json).where(
    registrations.c.identity == bindparam("identity")
)
_REGISTRATION_HELD = _REGISTRATION.with_for_update()


class Patients:
    """Takes statements, in the caller's transaction."""

    def __init__(self, engine: Engine) -> None:
        self._projector = Projector(engine)
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    def say(self, connection: Connection, statement: PatientStatement) -> bool:
        """Take a statement; whether the patient's demographics are others now."""
        key = statement.patient
        held = self._registration(connection, key)
        registers = Registers(held.registers if held else "{}")
        values = statement.values
        if statement.weak:
            values = {f"{_WEAK}{name}": value for name, value in values.items()}
        registers.say(values, statement.moment)
        json = _demographics(key, registers)
        self._keep(connection, key, registers, json)
        self._add_identifiers(connection, key.identity, statement.identifiers)
        text = to_text(json)
        if held is not None and held.json == text:
            return False
        self._register(connection, key, json)
        self.project(connection, key.identity, key.patient_id)
        tell(connection, EventKind.PATIENT_CHANGED, key.identity, {}, statement.moment.at)
        return True

    def merge(self, connection: Connection, statement: MergeStatement) -> frozenset[str]:
        """Take a merge or its undoing; return the identities that it touches.

        Raises
        ------
        SelfMerge
            A patient cannot be merged into itself.
        """
        prior, survivor = statement.prior, statement.survivor
        if survivor is not None and survivor.identity == prior.identity:
            raise SelfMerge("a patient cannot be merged into itself")
        _lock_merging(connection)
        self._ensure(connection, prior)
        other = statement.apart_from.identity if statement.apart_from else ""
        before = self._end(connection, prior.identity)
        if survivor is not None:  # there is such a patient, whatever else is known
            said = PatientStatement(patient=survivor, moment=statement.moment, weak=True)
            self.say(connection, said)
        connection.execute(
            self._insert(links)
            .values(
                prior=prior.identity,
                survivor=survivor.identity if survivor else "",
                apart_from=other,
                at=statement.moment.at,
                tie=statement.moment.tie,
                by=statement.by,
            )
            .on_conflict_do_nothing(index_elements=["prior", "survivor", "apart_from", "at"])
        )
        touched = self._relink(connection, prior.identity)
        if other and before == self._end(connection, prior.identity):
            return touched  # it was not the other one: nothing was parted
        kind = EventKind.PATIENT_MERGED if survivor else EventKind.PATIENT_UNMERGED
        facts = {"survivor": survivor.identity if survivor else other}
        tell(connection, kind, prior.identity, facts, statement.moment.at)
        return touched

    def survivor(self, connection: Connection, identity: str) -> Row[Any] | None:
        """Return the row of a patient, or of who this one turned out to be."""
        row = connection.execute(_BY_IDENTITY, {"identity": identity}).first()
        if row is None or row.survivor_pk is None:
            return row
        return connection.execute(_BY_PK, {"row": row.survivor_pk}).first()

    def _end(self, connection: Connection, identity: str) -> str:
        row = self.survivor(connection, identity)
        return row.identity if row is not None else identity

    def values(self, connection: Connection, identity: str) -> dict[str, Any]:
        """Return all that was said of a patient, what DICOM has no attribute for included."""
        text = connection.execute(
            select(registrations.c.registers).where(registrations.c.identity == identity)
        ).scalar()
        return _effective(Registers(text)) if text else {}

    def project(self, connection: Connection, identity: str, patient_id: str) -> None:
        """Have all studies say what is known of a patient now."""
        cursor = connection.connection.cursor()
        try:
            concerned = self._projector.studies_of(cursor, identity, patient_id)
            self._projector.project(cursor, concerned)
        finally:
            cursor.close()

    def _registration(self, connection: Connection, key: PatientKey) -> Row[str, str] | None:
        if connection.dialect.name != "postgresql":
            return connection.execute(_REGISTRATION, {"identity": key.identity}).first()
        # Whoever says a new patient first makes the row; all others wait for it.
        connection.execute(
            add_new(connection, registrations, ("identity", "registers", "json"), ("identity",)),
            {"identity": key.identity, "registers": "{}", "json": ""},
        )
        return connection.execute(_REGISTRATION_HELD, {"identity": key.identity}).first()

    def _keep(
        self,
        connection: Connection,
        key: PatientKey,
        registers: Registers,
        json: JsonDataset,
    ) -> None:
        values = {
            "identity": key.identity,
            "issuer": key.issuer,
            "patient_id": key.patient_id,
            "registers": registers.text(),
            "json": to_text(json),
            "at": registers.newest(),
        }
        connection.execute(
            add_or_change(connection, registrations, tuple(values), ("identity",)), values
        )

    def _add_identifiers(
        self, connection: Connection, identity: str, others: Iterable[Identifier]
    ) -> None:
        for other in others:
            connection.execute(
                self._insert(identifiers)
                .values(identity=identity, issuer=other.issuer, value=other.value, type=other.type)
                .on_conflict_do_nothing(index_elements=["identity", "issuer", "value"])
            )

    def _register(self, connection: Connection, key: PatientKey, json: JsonDataset) -> None:
        values = patient_columns(json) | {
            "is_registered": True,
            "identity": key.identity,
            "issuer": key.issuer,
            "patient_id": key.patient_id,
        }
        connection.execute(
            add_or_change(connection, patients, tuple(values), ("identity",)), values
        )

    def _ensure(self, connection: Connection, key: PatientKey) -> None:
        """Have a row for somebody of whom nothing is known but that there is such a patient."""
        connection.execute(
            self._insert(patients)
            .values(
                identity=key.identity,
                issuer=key.issuer,
                patient_id=key.patient_id,
                **patient_columns(_identity(key)),
            )
            .on_conflict_do_nothing(index_elements=["identity"])
        )

    def _relink(self, connection: Connection, identity: str) -> frozenset[str]:
        """Work out who is who among all that are linked; return their identities."""
        found = self._linked(connection, identity)
        all_of_them = {link.prior for link in found}
        all_of_them |= {link.survivor for link in found if link.survivor}
        now = survivors(found)
        rows = connection.execute(
            select(
                patients.c.identity, patients.c.pk, patients.c.patient_id, patients.c.survivor_pk
            )
            .where(patients.c.identity.in_(all_of_them))
            .order_by(patients.c.pk)
        ).all()
        keys = {row.identity: row.pk for row in rows}
        for row in rows:
            target = now.get(row.identity)
            survivor_pk = keys.get(target) if target else None
            if survivor_pk != row.survivor_pk:
                connection.execute(
                    update(patients).where(patients.c.pk == row.pk).values(survivor_pk=survivor_pk)
                )
        for row in rows:
            self.project(connection, row.identity, row.patient_id)
        return frozenset(all_of_them)

    def _linked(self, connection: Connection, identity: str) -> list[Link]:
        """Return all links that lead to or from a patient, however far."""
        known: dict[int, Link] = {}
        seen: set[str] = set()
        ahead = {identity}
        while ahead:
            seen |= ahead
            rows = connection.execute(
                select(links).where(or_(links.c.prior.in_(ahead), links.c.survivor.in_(ahead)))
            ).all()
            for row in rows:
                known[row.pk] = Link(
                    row.prior, row.survivor, Moment(at=row.at, tie=row.tie), row.apart_from
                )
            met = {row.prior for row in rows} | {row.survivor for row in rows if row.survivor}
            ahead = met - seen
        return list(known.values())


def _lock_merging(connection: Connection) -> None:
    """Have one at a time merge: who is who follows from links that others may be saying."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def key_of(identity: str) -> PatientKey:
    """Return the key that an identity is made of."""
    kind, issuer, patient_id = identity.split("\x1f", 2)
    assert kind == "id"
    return PatientKey(patient_id=patient_id, issuer=issuer)


def _effective(registers: Registers) -> dict[str, Any]:
    said = registers.values()
    weak = {name.removeprefix(_WEAK): v for name, v in said.items() if name.startswith(_WEAK)}
    return weak | {name: v for name, v in said.items() if not name.startswith(_WEAK)}


def _identity(key: PatientKey) -> JsonDataset:
    json: JsonDataset = {"00100020": {"vr": "LO", "Value": [key.patient_id]}}
    if key.issuer:
        json["00100021"] = {"vr": "LO", "Value": [key.issuer]}
    return json


def _demographics(key: PatientKey, registers: Registers) -> JsonDataset:
    said = {name: value for name, value in _effective(registers).items() if is_json_key(name)}
    return dict(sorted((said | _identity(key)).items()))


def describe(row: Row[Any]) -> JsonDataset:
    """Return the demographics of a row of `patients`."""
    return orjson.loads(row.json)  # type: ignore[no-any-return]
