"""Rows of the catalogue in the shapes of the JSON API."""

import orjson

from steckel.ingest.found import Skipped
from steckel.ingest.intake import Taken
from steckel.ingest.model import Receipt, Refusal
from steckel.query.catalogue_model import (
    ConflictRow,
    PatientDetail,
    PatientRow,
    PersonName,
    QuarantineRow,
    SeriesRow,
    StudyDetail,
    StudyRow,
)
from steckel.security.accounts import Account
from steckel.security.peers import RemoteAe
from steckel.security.tokens import ApiToken
from steckel.web import shapes
from steckel.web.answers import moment, moment_or_none


def spell_name(name: PersonName) -> shapes.PersonName:
    """Spell a person name."""
    return {
        "alphabetic": name.alphabetic,
        "ideographic": name.ideographic,
        "phonetic": name.phonetic,
    }


def spell_study_patient(row: PatientRow) -> shapes.StudyPatient:
    """Spell the patient of a study."""
    return {
        "key": row.key,
        "id": row.id,
        "issuer": row.issuer,
        "name": spell_name(row.name),
        "birth_date": row.birth_date,
        "sex": row.sex,
    }


def spell_patient(row: PatientRow) -> shapes.Patient:
    """Spell a patient."""
    return {**spell_study_patient(row), "studies": row.studies or 0}


def spell_study_facts(row: StudyRow) -> shapes.StudyFacts:
    """Spell what a study says of itself."""
    return {
        "uid": row.uid,
        "patient": spell_study_patient(row.patient),
        "date": row.date,
        "time": row.time,
        "timezone": row.timezone,
        "description": row.description,
        "accession": row.accession,
        "study_id": row.study_id,
        "modalities": list(row.modalities),
        "instances": row.instances,
        "institution": row.institution,
        "referring": spell_name(row.referring),
        "body_parts": list(row.body_parts),
        "received": moment(row.received),
        "age": row.age,
        "has_report": row.has_report,
        "conflicts": row.conflicts,
    }


def spell_study(row: StudyRow) -> shapes.Study:
    """Spell a study of a list."""
    return {**spell_study_facts(row), "series": row.series}


def spell_series(row: SeriesRow) -> shapes.Series:
    """Spell a series."""
    return {
        "uid": row.uid,
        "number": row.number,
        "modality": row.modality,
        "description": row.description,
        "body_part": row.body_part,
        "instances": row.instances,
        "date": row.date,
        "time": row.time,
        "laterality": row.laterality,
        "station": row.station,
        "kind": row.kind.value,
    }


def spell_study_detail(detail: StudyDetail) -> shapes.StudyWithSeries:
    """Spell a study with its series."""
    series = [spell_series(row) for row in detail.series]
    return {**spell_study_facts(detail.study), "series": series}


def spell_patient_detail(detail: PatientDetail) -> shapes.PatientWithStudies:
    """Spell a patient with all studies."""
    studies = [spell_study_detail(study) for study in detail.studies]
    return {**spell_patient(detail.patient), "studies_list": studies}


def spell_quarantined(row: QuarantineRow) -> shapes.QuarantineEntry:
    """Spell an entry of the quarantine."""
    return {
        "id": row.id,
        "name": row.name,
        "source": {
            "way": row.source.way,
            "name": row.source.name,
            "address": row.source.address,
        },
        "received": moment(row.received),
        "size": row.size,
        "reason": row.reason,
        "kind": row.kind,
        "study_uid": row.study_uid,
        "sop_instance_uid": row.sop_instance_uid,
    }


def spell_conflict(row: ConflictRow) -> shapes.Conflict:
    """Spell a conflict."""
    return {
        "id": row.id,
        "study_uid": row.study_uid,
        "series_uid": row.series_uid,
        "sop_instance_uid": row.sop_instance_uid,
        "received": moment(row.received),
        "source": row.source,
        "kept": {"digest": row.kept.digest, "size": row.kept.size},
        "other": {"digest": row.other.digest, "size": row.other.size},
        "differences": list(row.differences),
        "state": row.state,
    }


def spell_received(name: str, answer: Receipt | Refusal) -> shapes.UploadResult:
    """Spell what became of an object."""
    if isinstance(answer, Refusal):
        return {
            "name": name,
            "outcome": "quarantined" if answer.quarantined else "refused",
            "reason": str(answer.error),
            "study_uid": None,
            "series_uid": None,
            "sop_instance_uid": answer.sop_instance_uid,
            "warnings": [],
        }
    return {
        "name": name,
        "outcome": answer.outcome.value,
        "reason": "",
        "study_uid": answer.study_uid,
        "series_uid": answer.series_uid,
        "sop_instance_uid": answer.sop_instance_uid,
        "warnings": list(answer.warnings),
    }


def spell_taken(taken: Taken) -> shapes.UploadResult:
    """Spell what became of a file or a member of an archive."""
    if isinstance(taken.answer, Skipped):
        return _spell_skipped(taken.name, taken.answer)
    return spell_received(taken.name, taken.answer)


def _spell_skipped(name: str, skipped: Skipped) -> shapes.UploadResult:
    return {
        "name": name,
        "outcome": "refused" if skipped.lost else "skipped",
        "reason": skipped.reason,
        "study_uid": None,
        "series_uid": None,
        "sop_instance_uid": None,
        "warnings": [],
    }


def spell_account(account: Account) -> shapes.Account:
    """Spell an account."""
    return {
        "name": account.name,
        "display_name": account.display_name,
        "role": account.role,
        "person": account.person,
        "institutions": list(account.institutions),
        "departments": list(account.departments),
        "disabled": account.disabled,
        "kind": account.kind.value,
        "must_change": account.must_change,
        "has_second_factor": account.has_second_factor,
        "created": moment(account.created * 1000),
        "last_login": moment_or_none(account.last_login),
    }


def spell_token(token: ApiToken) -> shapes.Token:
    """Spell an API token."""
    return {
        "id": token.id,
        "name": token.name,
        "user": token.account,
        "created": moment(token.created * 1000),
        "last_used": moment_or_none(token.last_used),
        "expires": moment_or_none(token.expires),
        "actions": None if token.scope.actions is None else sorted(token.scope.actions),
        "sees": None if token.scope.sees is None else orjson.loads(token.scope.sees.to_text()),
    }


def spell_entity(entity: RemoteAe) -> shapes.ApplicationEntity:
    """Spell a remote application entity."""
    return {
        "title": entity.aet,
        "host": entity.host,
        "port": entity.port,
        "tls": entity.tls,
        "description": entity.description,
        "rights": sorted(entity.rights),
        "networks": list(entity.networks),
        "sees": orjson.loads(entity.sees.to_text()),
        "certificate": entity.certificate,
    }
