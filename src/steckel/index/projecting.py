"""Working out the rows of studies anew, from what is known of their patients and of themselves.

Registrations, merges and corrections never touch bytes. What follows from them is put into the
study's row, from facts alone (`ownership`): the same facts give the same row, in whatever order
they came.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Engine

from steckel.dicom.json_model import JsonDataset
from steckel.index.ownership import Facts, Person, owner_of, replacements
from steckel.index.prepared import Prepared
from steckel.index.projection_statements import ProjectionStatements
from steckel.index.rows import study_columns, to_text

#: Attribute Modification DateTime, and the reason for it (PS3.3 C.12.1.1.9).
_MOMENT, _REASON = "04000562", "04000565"
_NOTES = frozenset({_MOMENT, _REASON})


class Projector:
    """Works on a driver's cursor, inside the caller's transaction. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._sql = ProjectionStatements(engine)

    def matters(self, cursor: Any, study_uid: str, patient_id: str) -> bool:
        """Whether anything is known that a new study's own attributes do not say."""
        if patient_id and _one(cursor, self._sql.is_known_id, patient_id=patient_id):
            return True
        return _one(cursor, self._sql.correction, uid=study_uid) is not None

    def studies_of(self, cursor: Any, identity: str, patient_id: str) -> set[int]:
        """Return the studies that what is known of a patient has a say in."""
        found = {row[0] for row in _all(cursor, self._sql.corrected_to, identity=identity)}
        rows = {row[0] for row in _all(cursor, self._sql.rows_of_id, patient_id=patient_id)}
        for pk in tuple(rows):
            rows.update(row[0] for row in _all(cursor, self._sql.merged_into, survivor=pk))
        for pk in rows:
            found.update(row[0] for row in _all(cursor, self._sql.studies_of, one=pk, other=pk))
        return found

    def study_pk(self, cursor: Any, study_uid: str) -> int | None:
        """Return the row of a study."""
        row = _one(cursor, self._sql.find_study, uid=study_uid)
        return None if row is None else int(row[0])

    def project(self, cursor: Any, study_pks: Iterable[int]) -> set[int]:
        """Work out the rows of studies anew; return those that changed."""
        changed = {}
        for pk in sorted(study_pks):
            held_by, values = self._values(cursor, pk)
            if values:
                self._count(cursor, held_by, values["new_patient_pk"])
                changed[pk] = values
        if changed:
            now = _one(cursor, self._sql.tick)[0]
            for pk, values in changed.items():
                _run(cursor, self._sql.touch_series, of_study=pk, now=now)
                _run(cursor, self._sql.update_study, study_pk=pk, now=now, **values)
        return set(changed)

    def is_due(self, cursor: Any, study_pk: int) -> bool:
        """Whether the row of a study is not what follows from the facts."""
        return bool(self._values(cursor, study_pk)[1])

    def _count(self, cursor: Any, held_by: int, owner: int) -> None:
        """Count a study to its owner."""
        if owner != held_by:
            _run(cursor, self._sql.count_patient, patient=held_by, added=-1)
            _run(cursor, self._sql.count_patient, patient=owner, added=1)

    def _values(self, cursor: Any, pk: int) -> tuple[int, dict[str, Any]]:
        """Return whose a study is now, and its new columns; none if it stays."""
        row = _one(cursor, self._sql.study, pk=pk)
        uid, held_by, own_pk, json, own_json, coercion = row
        facts = self._facts(cursor, uid, own_pk or held_by, orjson.loads(own_json or json))
        owner = owner_of(facts, partial(self._survivor, cursor))
        new = replacements(facts, owner)
        held = orjson.loads(coercion) if coercion else {}
        if owner.pk == held_by and new == {k: v for k, v in held.items() if k not in _NOTES}:
            return held_by, {}
        return held_by, {
            **{f"new_{k}": v for k, v in study_columns(facts.own | new).items()},
            "new_patient_pk": owner.pk,
            "new_own_patient_pk": None if facts.named.pk == owner.pk else facts.named.pk,
            "new_own_json": to_text(facts.own) if new else None,
            "new_coercion": to_text(new | _notes(facts)) if new else None,
        }

    def _facts(self, cursor: Any, uid: str, named_pk: int, own: JsonDataset) -> Facts:
        named = _person(_one(cursor, self._sql.person, pk=named_pk))
        correction = _one(cursor, self._sql.correction, uid=uid)
        identity, attributes = correction or ("", "{}")
        corrected = _one(cursor, self._sql.by_identity, identity=identity) if identity else None
        return Facts(
            own=own,
            named=named,
            same_id=self._known_as(cursor, named),
            corrected=_person(corrected) if corrected else None,
            attributes=orjson.loads(attributes),
        )

    def _known_as(self, cursor: Any, named: Person) -> Sequence[Person]:
        if named.is_known or named.issuer or not named.patient_id:
            return ()
        found = _all(cursor, self._sql.known_by_id, patient_id=named.patient_id)
        return [_person(row) for row in found]

    def _survivor(self, cursor: Any, person: Person) -> Person:
        if person.survivor_pk is None:
            return person
        return _person(_one(cursor, self._sql.person, pk=person.survivor_pk))


def _notes(facts: Facts) -> JsonDataset:
    """Return what Original Attributes Sequence says of a change beside the values before it."""
    is_by_hand = facts.corrected is not None or facts.attributes
    now = datetime.now(UTC).strftime("%Y%m%d%H%M%S.%f+0000")
    return {
        _MOMENT: {"vr": "DT", "Value": [now]},
        _REASON: {"vr": "CS", "Value": ["CORRECT" if is_by_hand else "COERCE"]},
    }


def _person(row: Any) -> Person:
    pk, issuer, patient_id, json, is_registered, survivor_pk = row
    return Person(pk, issuer, patient_id, orjson.loads(json), bool(is_registered), survivor_pk)


def _run(cursor: Any, statement: Prepared, /, **values: Any) -> None:
    cursor.execute(statement.sql, statement.bind(values))


def _one(cursor: Any, statement: Prepared, /, **values: Any) -> Any:
    _run(cursor, statement, **values)
    return cursor.fetchone()


def _all(cursor: Any, statement: Prepared, /, **values: Any) -> Sequence[Any]:
    _run(cursor, statement, **values)
    return cursor.fetchall()  # type: ignore[no-any-return]
