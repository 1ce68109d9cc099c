"""The statements that put an instance into the index."""

from sqlalchemy import Engine, Table, bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from steckel.index import schema
from steckel.index.owners import owners
from steckel.index.prepared import Prepared


class Statements:
    """Prepared for one database."""

    def __init__(self, engine: Engine) -> None:
        dialect = engine.dialect
        insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert

        def insert_new(table: Table, *names: str, conflict: list[str]) -> Prepared:
            statement: Insert = insert(table).values({name: bindparam(name) for name in names})
            return Prepared(
                statement.on_conflict_do_nothing(index_elements=conflict),  # type: ignore[attr-defined]
                dialect,
            )

        patients, studies, series = schema.patients, schema.studies, schema.series
        self.add_patient = insert_new(
            patients,
            *("identity", "issuer", "patient_id", "name", "birth_date", "sex", "search", "json"),
            conflict=["identity"],
        )
        self.find_patient = Prepared(
            select(patients.c.pk).where(patients.c.identity == bindparam("identity")), dialect
        )
        # Whose a study is, whose its images say it is, and the row of the former.
        self.find_owner = Prepared(
            owners.where(studies.c.uid == bindparam("uid")),
            dialect,
        )
        self.add_study = insert_new(
            studies,
            *("uid", "patient_pk", "patient_id", "patient_name", "patient_birth_date"),
            *("patient_sex", "date", "time", "accession", "study_id", "description"),
            *("referring", "institution", "search", "json", "received", "changed", "created"),
            conflict=["uid"],
        )
        self.find_study = Prepared(
            select(
                studies.c.pk,
                studies.c.patient_pk,
                studies.c.modalities,
                studies.c.sop_classes,
                studies.c.body_parts,
            ).where(studies.c.uid == bindparam("uid")),
            dialect,
        )
        self.add_series = insert_new(
            series,
            *("study_pk", "uid", "modality", "number", "description", "body_part", "station"),
            *("department", "is_deidentified", "date", "time", "json", "changed"),
            conflict=["study_pk", "uid"],
        )
        self.find_series = Prepared(
            select(series.c.pk).where(
                series.c.study_pk == bindparam("study_pk"), series.c.uid == bindparam("uid")
            ),
            dialect,
        )
        self.widen_study = Prepared(
            update(studies)
            .where(studies.c.pk == bindparam("study_pk"))
            .values(
                modalities=bindparam("modalities"),
                sop_classes=bindparam("sop_classes"),
                body_parts=bindparam("body_parts"),
            ),
            dialect,
        )
        self.add_container = insert_new(schema.containers, "name", conflict=["name"])
        self.find_container = Prepared(
            select(schema.containers.c.pk).where(schema.containers.c.name == bindparam("name")),
            dialect,
        )
        self.add_instance = insert_new(
            schema.instances,
            *("series_pk", "uid", "sop_class", "number", "transfer_syntax", "container_pk"),
            *("offset", "length", "dataset_offset", "digest", "frames", "json", "received"),
            conflict=["uid"],
        )
        self.tick = Prepared(
            update(schema.clock)
            .where(schema.clock.c.pk == 1)
            .values(value=schema.clock.c.value + 1)
            .returning(schema.clock.c.value),
            dialect,
        )
        self.count_series = Prepared(
            update(series)
            .where(series.c.pk == bindparam("series_pk"))
            .values(instances=series.c.instances + bindparam("added"), changed=bindparam("now")),
            dialect,
        )
        self.count_study = Prepared(
            update(studies)
            .where(studies.c.pk == bindparam("study_pk"))
            .values(
                instances=studies.c.instances + bindparam("added"),
                series=studies.c.series + bindparam("added_series"),
                changed=bindparam("now"),
                created=case((studies.c.created == 0, bindparam("now")), else_=studies.c.created),
            ),
            dialect,
        )
        self.count_patient = Prepared(
            update(patients)
            .where(patients.c.pk == bindparam("patient_pk"))
            .values(studies=patients.c.studies + bindparam("added")),
            dialect,
        )
