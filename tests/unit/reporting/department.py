"""A ward: images of an invented patient arrive, reports are said, a worker archives them."""

from dataclasses import dataclass, field
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.filebase import DicomBytesIO
from sqlalchemy import func, select

from steckel.dicom.encode import encode_dataset
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.part10 import encode_meta
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.index.engine import writing
from steckel.index.schema import instances
from steckel.ingest.model import Arrival, Receipt, Source, Way
from steckel.reporting.archiving import ReportArchiving
from steckel.ris.department import Department
from steckel.ris.model import (
    OrderStatement,
    PatientKey,
    PatientStatement,
    ReportStatement,
    ReportStatus,
)
from steckel.ris.registers import Moment
from steckel.ris.report_documents import ReportDocuments
from steckel.ris.schema import report_instances, report_versions
from steckel.server.wiring import House

CT = "1.2.840.10008.5.1.4.1.1.2"
PDF = b"%PDF-1.4 not much of one\n%%EOF\n"


def element(vr: str, *values: Any) -> Any:
    return {"vr": vr, "Value": list(values)}


_PEOPLE = {"P2": ("Durand^Paul", "19750102", "M")}


def image(study: str, accession: str = "A1", patient_id: str = "P1") -> JsonDataset:
    name, born, sex = _PEOPLE.get(patient_id, ("Müller^Zoé", "19610304", "F"))
    return {
        "00080016": element("UI", CT),
        "00080018": element("UI", f"{study}.1.1"),
        "00080020": element("DA", "20261124"),
        "00080030": element("TM", "081500"),
        "00080050": element("SH", accession),
        "00080060": element("CS", "CT"),
        "00080080": element("LO", "Hôpital"),
        "00081030": element("LO", "Thorax"),
        "00100010": element("PN", {"Alphabetic": name}),
        "00100020": element("LO", patient_id),
        "00100030": element("DA", born),
        "00100040": element("CS", sex),
        "0020000D": element("UI", study),
        "0020000E": element("UI", f"{study}.1"),
    }


@dataclass
class Ward:
    """The rooms, and what happens in them."""

    house: House
    archiving: ReportArchiving = field(init=False)

    def __post_init__(self) -> None:
        self.department = Department(self.house.engine)
        self.restart()

    def restart(self) -> None:
        """Begin anew, as a worker does after it was killed."""
        house = self.house
        documents = ReportDocuments(house.engine)
        self.archiving = ReportArchiving(documents, house.ingest, house.lookups, "Ward")

    def images(self, study: str, accession: str = "A1", patient_id: str = "P1") -> None:
        dataset = image(study, accession, patient_id)
        draft = self.house.ingest.draft()
        draft.write(
            encode_meta(
                sop_class_uid=CT,
                sop_instance_uid=f"{study}.1.1",
                transfer_syntax=EXPLICIT_VR_LITTLE_ENDIAN,
            )
        )
        draft.write(encode_dataset(dataset, EXPLICIT_VR_LITTLE_ENDIAN))
        source = Source(way=Way.IMPORT, name="test")
        (answer,) = self.house.ingest.receive([Arrival(draft=draft, source=source)])
        assert isinstance(answer, Receipt)

    def report(
        self,
        status: ReportStatus = ReportStatus.FINAL,
        at: int = 1_795_000_000_000,
        patient_id: str = "P1",
        issuer: str = "",
        **said: Any,
    ) -> None:
        patient = PatientKey(patient_id=patient_id, issuer=issuer)
        said = {"key": "R1", "accession": "A1"} | said
        with writing(self.house.engine) as connection:
            self.department.say_patient(
                connection, PatientStatement(patient=patient, moment=Moment(at=at), weak=True)
            )
            self.department.say_report(
                connection,
                ReportStatement(patient=patient, moment=Moment(at=at), status=status, **said),
            )

    def order(self, study_uid: str, **numbers: str) -> None:
        """Order what became a study."""
        with writing(self.house.engine) as connection:
            self.department.say_order(
                connection,
                OrderStatement(
                    key="P7",
                    patient=PatientKey(patient_id="P1"),
                    moment=Moment(at=1),
                    study_uid=study_uid,
                    **numbers,
                ),
            )

    def reports_in(self, study: str) -> list[Dataset]:
        """Return what is archived of a study beside its image, in the order of arrival."""
        with self.house.engine.connect() as connection:
            uids = connection.execute(select(instances.c.uid).order_by(instances.c.pk)).scalars()
            found = [self.house.lookups.known(uid) for uid in uids.all()]
        held = [
            dcmread(DicomBytesIO(bytes(self.house.reader.read(one.location))))
            for one in found
            if one is not None and one.study_uid == study
        ]
        return [dataset for dataset in held if dataset.SOPClassUID != CT]

    def noted(self) -> list[str]:
        """Return the instances that versions are noted to be archived as; the first of each."""
        found = select(func.coalesce(func.min(report_instances.c.sop_instance_uid), ""))
        same = report_instances.c.version_pk == report_versions.c.pk
        with self.house.engine.connect() as connection:
            return list(
                connection.execute(
                    found.select_from(report_versions)
                    .outerjoin(report_instances, same)
                    .group_by(report_versions.c.pk)
                    .order_by(report_versions.c.pk)
                ).scalars()
            )
