"""Entries of instances that nobody ever scanned."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from steckel.archive.location import Location
from steckel.index.model import InstanceEntry, SeriesFacts, patient_identity

_numbers = count(1)
CT = "1.2.840.10008.5.1.4.1.1.2"
SR = "1.2.840.10008.5.1.4.1.1.88.11"


@dataclass(frozen=True, kw_only=True)
class Exam:
    """What an instance belongs to."""

    patient_id: str = "P1"
    study: str = "1.2.3"
    series: str = "1.2.3.1"
    modality: str = "CT"
    sop_class: str = CT

    def instance(self, uid: str = "", **changes: Any) -> InstanceEntry:
        """Return an entry, of a new instance unless its UID is given."""
        number = next(_numbers)
        entry = InstanceEntry(
            study_uid=self.study,
            series_uid=self.series,
            sop_instance_uid=uid or f"{self.series}.{number}",
            sop_class_uid=self.sop_class,
            identity=patient_identity("", self.patient_id, self.study),
            number=number,
            transfer_syntax="1.2.840.10008.1.2.1",
            location=Location("container", number * 1000, 900),
            dataset_offset=300,
            digest=number.to_bytes(32, "big"),
            frames=None,
            json="{}",
            received=1_700_000_000_000,
            describe=self._facts,
        )
        return entry._replace(**changes)

    def _facts(self) -> SeriesFacts:
        name = f"name of {self.patient_id}".lower()
        patient = {
            "issuer": "", "patient_id": self.patient_id, "name": name, "birth_date": "",
            "sex": "", "search": name, "json": "{}",
        }  # fmt: skip
        study = {
            "patient_id": self.patient_id, "patient_name": name, "patient_birth_date": "",
            "patient_sex": "", "date": "20260101", "time": "", "accession": "", "study_id": "",
            "description": "", "referring": "", "institution": "", "search": name, "json": "{}",
        }  # fmt: skip
        series = {
            "modality": self.modality, "number": 1, "description": "", "body_part": "",
            "station": "", "department": "", "is_deidentified": False, "date": "", "time": "",
            "json": "{}",
        }  # fmt: skip
        return SeriesFacts(
            patient=patient, study=study, series=series, modality=self.modality, body_part=""
        )
