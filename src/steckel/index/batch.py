"""Putting a batch of instances into the index, in one transaction.

The rule: a row is added at most once, counters move by what was really added,
and nothing is committed before the bytes it points to are durable.
"""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import Any

from steckel.errors import PatientMismatch
from steckel.index.model import InstanceEntry, SeriesFacts
from steckel.index.projecting import Projector
from steckel.index.statements import Statements
from steckel.index.summary import set_of, values_of

_KEPT = 4096


@dataclass(slots=True)
class KnownSeries:
    """Keys of a series that was met before, so that most instances need no lookup."""

    patient_pk: int
    study_pk: int
    series_pk: int
    identity: str
    sop_classes: set[str]

    def fits(self, entry: InstanceEntry) -> bool:
        """Whether nothing about an instance of the series has to be looked up."""
        return entry.identity == self.identity and entry.sop_class_uid in self.sop_classes


@dataclass(slots=True)
class Memory:
    """What one writer remembers between batches; dropped after any failure."""

    series: "OrderedDict[tuple[str, str], KnownSeries]" = field(default_factory=OrderedDict)
    containers: "OrderedDict[str, int]" = field(default_factory=OrderedDict)

    def clear(self) -> None:
        """Forget everything."""
        self.series.clear()
        self.containers.clear()

    def trim(self) -> None:
        """Forget the oldest."""
        for kept in (self.series, self.containers):
            while len(kept) > _KEPT:
                kept.popitem(last=False)


class Batch:
    """One transaction on a driver's cursor."""

    def __init__(
        self, cursor: Any, statements: Statements, memory: Memory, projector: Projector
    ) -> None:
        self._cursor = cursor
        self._sql = statements
        self._projector = projector
        self._to_project: set[int] = set()
        self._memory = memory
        self._added_instances: dict[int, int] = defaultdict(int)
        self._study_of: dict[int, int] = {}
        self._added_series: dict[int, int] = defaultdict(int)
        self._added_studies: dict[int, int] = defaultdict(int)

    def add(self, entry: InstanceEntry) -> bool:
        """Insert one instance; ``False`` when its UID is already there.

        Raises
        ------
        PatientMismatch
            Its study belongs to another patient; nothing was inserted.
        """
        known = self._memory.series.get((entry.study_uid, entry.series_uid))
        if (
            known is None
            or entry.sop_class_uid not in known.sop_classes
            or known.identity != entry.identity
        ):
            known = self._meet_series(entry)
        container_pk = self._container(entry.location.container)
        self._run(
            self._sql.add_instance,
            series_pk=known.series_pk,
            uid=entry.sop_instance_uid,
            sop_class=entry.sop_class_uid,
            number=entry.number,
            transfer_syntax=entry.transfer_syntax,
            container_pk=container_pk,
            offset=entry.location.offset,
            length=entry.location.length,
            dataset_offset=entry.dataset_offset,
            digest=entry.digest,
            frames=entry.frames,
            json=entry.json,
            received=entry.received,
        )
        if self._cursor.rowcount != 1:
            return False
        self._added_instances[known.series_pk] += 1
        self._study_of[known.series_pk] = known.study_pk
        return True

    def finish(self) -> None:
        """Move the counters and the clock; the last step before the commit."""
        touched = set(self._study_of.values()) | set(self._added_series)
        if not touched:
            return
        # Patients before the clock, as everybody who changes both: so nobody waits in a circle.
        for patient_pk, added in sorted(self._added_studies.items()):
            self._run(self._sql.count_patient, patient_pk=patient_pk, added=added)
        now = self._one(self._sql.tick)[0]
        per_study: dict[int, int] = defaultdict(int)
        for series_pk, added in sorted(self._added_instances.items()):
            per_study[self._study_of[series_pk]] += added
            self._run(self._sql.count_series, series_pk=series_pk, added=added, now=now)
        for study_pk in sorted(touched):
            self._run(
                self._sql.count_study,
                study_pk=study_pk,
                added=per_study[study_pk],
                added_series=self._added_series[study_pk],
                now=now,
            )
        if self._to_project:
            self._projector.project(self._cursor, self._to_project)

    def _container(self, name: str) -> int:
        kept = self._memory.containers.get(name)
        if kept is None:
            self._run(self._sql.add_container, name=name)
            kept = int(self._one(self._sql.find_container, name=name)[0])
            self._memory.containers[name] = kept
        return kept

    def _meet_series(self, entry: InstanceEntry) -> KnownSeries:
        """Find or make the patient, the study and the series of an instance."""
        facts = entry.describe()
        owner = self._one(self._sql.find_owner, uid=entry.study_uid)
        if owner is None:
            self._run(self._sql.add_patient, identity=entry.identity, **facts.patient)
            patient_pk = self._one(self._sql.find_patient, identity=entry.identity)[0]
        elif entry.identity in owner[:2]:
            patient_pk = owner[2]
        else:
            raise PatientMismatch("the study already belongs to another patient")
        study_pk = self._study(entry, facts, patient_pk)
        self._run(
            self._sql.add_series,
            study_pk=study_pk,
            uid=entry.series_uid,
            changed=0,
            **facts.series,
        )
        if self._cursor.rowcount == 1:
            self._added_series[study_pk] += 1
        series_pk = self._one(self._sql.find_series, study_pk=study_pk, uid=entry.series_uid)[0]
        key = (entry.study_uid, entry.series_uid)
        before = self._memory.series.get(key)
        known = KnownSeries(
            patient_pk=patient_pk,
            study_pk=study_pk,
            series_pk=series_pk,
            identity=entry.identity,
            sop_classes={entry.sop_class_uid} | (before.sop_classes if before else set()),
        )
        self._memory.series[key] = known
        return known

    def _study(self, entry: InstanceEntry, facts: SeriesFacts, patient_pk: int) -> int:
        self._run(
            self._sql.add_study,
            uid=entry.study_uid,
            patient_pk=patient_pk,
            received=entry.received,
            changed=0,
            created=0,
            **facts.study,
        )
        is_new = self._cursor.rowcount == 1
        found = self._one(self._sql.find_study, uid=entry.study_uid)
        study_pk, owner, modalities, sop_classes, body_parts = found
        if is_new:
            self._added_studies[patient_pk] += 1
            patient_id = facts.patient["patient_id"]
            if self._projector.matters(self._cursor, entry.study_uid, patient_id):
                self._to_project.add(study_pk)
        if owner != patient_pk:  # made by another process meanwhile
            owners = self._one(self._sql.find_owner, uid=entry.study_uid)[:2]
            if entry.identity not in owners:
                raise PatientMismatch("the study already belongs to another patient")
        wider = (
            _with(modalities, facts.modality),
            _with(sop_classes, entry.sop_class_uid),
            _with(body_parts, facts.body_part),
        )
        if wider != (modalities, sop_classes, body_parts):
            self._run(
                self._sql.widen_study,
                study_pk=study_pk,
                modalities=wider[0],
                sop_classes=wider[1],
                body_parts=wider[2],
            )
        return int(study_pk)

    def _run(self, statement: Any, /, **values: Any) -> None:
        self._cursor.execute(statement.sql, statement.bind(values))

    def _one(self, statement: Any, /, **values: Any) -> Any:
        self._run(statement, **values)
        return self._cursor.fetchone()


def _with(kept: str, value: str) -> str:
    r"""Add a value to a set that is kept as ``\CT\SR\``, sorted."""
    if not value or f"\\{value}\\" in kept:
        return kept
    return set_of([*values_of(kept), value])
