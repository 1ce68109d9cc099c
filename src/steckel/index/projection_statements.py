"""The statements of `projecting`."""

from sqlalchemy import Engine, bindparam, case, or_, select, update

from steckel.index.prepared import Prepared
from steckel.index.rows import study_columns
from steckel.index.schema import clock, corrections, patients, series, studies
from steckel.index.signals import CHANGE_CLOCK

_PERSON = select(
    patients.c.pk,
    patients.c.issuer,
    patients.c.patient_id,
    patients.c.json,
    patients.c.is_registered,
    patients.c.survivor_pk,
)
_IS_KNOWN = or_(patients.c.is_registered, patients.c.survivor_pk.is_not(None))
_HAS_ID = patients.c.patient_id == bindparam("patient_id")
_CHANGED = (*study_columns({}), "patient_pk", "own_patient_pk", "own_json", "coercion")


class ProjectionStatements:
    """Prepared for one database."""

    def __init__(self, engine: Engine) -> None:
        dialect = engine.dialect
        self.find_study = Prepared(
            select(studies.c.pk).where(studies.c.uid == bindparam("uid")), dialect
        )
        self.study = Prepared(
            select(
                studies.c.uid,
                studies.c.patient_pk,
                studies.c.own_patient_pk,
                studies.c.json,
                studies.c.own_json,
                studies.c.coercion,
            )
            .where(studies.c.pk == bindparam("pk"))
            .with_for_update(),  # nobody else works it out from older facts meanwhile
            dialect,
        )
        self.person = Prepared(_PERSON.where(patients.c.pk == bindparam("pk")), dialect)
        self.by_identity = Prepared(
            _PERSON.where(patients.c.identity == bindparam("identity")), dialect
        )
        self.known_by_id = Prepared(
            _PERSON.where(_HAS_ID, _IS_KNOWN).order_by(patients.c.pk), dialect
        )
        self.is_known_id = Prepared(
            select(patients.c.pk).where(_HAS_ID, _IS_KNOWN).limit(1), dialect
        )
        self.rows_of_id = Prepared(select(patients.c.pk).where(_HAS_ID), dialect)
        self.merged_into = Prepared(
            select(patients.c.pk).where(patients.c.survivor_pk == bindparam("survivor")), dialect
        )
        self.studies_of = Prepared(
            select(studies.c.pk)
            .where(studies.c.patient_pk == bindparam("one"))
            .union(select(studies.c.pk).where(studies.c.own_patient_pk == bindparam("other"))),
            dialect,
        )
        self.correction = Prepared(
            select(corrections.c.identity, corrections.c.attributes).where(
                corrections.c.study_uid == bindparam("uid")
            ),
            dialect,
        )
        self.corrected_to = Prepared(
            select(studies.c.pk)
            .join(corrections, corrections.c.study_uid == studies.c.uid)
            .where(corrections.c.identity == bindparam("identity")),
            dialect,
        )
        self.update_study = Prepared(
            update(studies)
            .where(studies.c.pk == bindparam("study_pk"))
            .values(
                changed=bindparam("now"),
                created=case((studies.c.created == 0, bindparam("now")), else_=studies.c.created),
                **{name: bindparam(f"new_{name}") for name in _CHANGED},
            ),
            dialect,
        )
        self.touch_series = Prepared(
            update(series)
            .where(series.c.study_pk == bindparam("of_study"))
            .values(changed=bindparam("now")),
            dialect,
        )
        self.count_patient = Prepared(
            update(patients)
            .where(patients.c.pk == bindparam("patient"))
            .values(studies=patients.c.studies + bindparam("added")),
            dialect,
        )
        self.tick = Prepared(
            update(clock)
            .where(clock.c.pk == CHANGE_CLOCK)
            .values(value=clock.c.value + 1)
            .returning(clock.c.value),
            dialect,
        )
