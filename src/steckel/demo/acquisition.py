"""One study being made: what every object of it has in common.

An exam describes each series (`Series`), asks for a `Dataset` that already
carries the patient, study, series, equipment and SOP common modules (PS3.3
A.1.3), adds its own, and gives it back to be written.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pydicom.dataset import Dataset

from steckel.demo import people
from steckel.demo.files import Folder
from steckel.demo.identity import accession_number, derive_number, derive_uid

#: Python's name for what a record's character set can spell outside person names.
_CODECS = {"ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8", "ISO_IR 144": "iso8859_5"}
_TEXT = frozenset({"LO", "SH", "LT", "ST", "UT", "UC", "PN"})


@dataclass(frozen=True, kw_only=True)
class Device:
    """An invented piece of equipment."""

    model: str
    station: str
    manufacturer: str = "Phantom Instruments"
    software: str = "PH 4.2"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A study: who, when, what for."""

    key: str
    patient: people.Patient
    when: datetime
    modality: str
    description: str
    reason: str = ""
    referrer: str = people.REFERRERS[0]
    reader: str = people.READERS[0]


@dataclass(frozen=True, kw_only=True)
class Series:
    """A series of one study."""

    number: int
    modality: str
    description: str
    sop_class: str
    device: Device
    body_part: str = ""
    laterality: str | None = None  #: None where the IOD's images carry it themselves
    protocol: str = ""
    minutes: int = 0  #: after the start of the study
    operated: bool = True  #: by a radiographer at a machine
    frame_of_reference: str | None = None  #: key of it; None where the IOD has none


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a report needs to point at an object."""

    sop_class: str
    instance: str
    series: str
    study: str


@dataclass(frozen=True, kw_only=True)
class Acquisition:
    """A study in the making."""

    visit: Visit
    today: date
    folder: Folder
    scale: float = 1.0
    written: dict[tuple[int, int], Written] = field(default_factory=dict)

    def uid(self, *key: object) -> str:
        """Return a UID within this study."""
        return derive_uid(self.today, self.visit.key, *key)

    def size(self, full: int, least: int = 2) -> int:
        """Return a count or matrix size at this acquisition's scale."""
        return max(least, round(full * self.scale))

    def matrix(self, full: int, least: int = 32) -> int:
        """Return an even matrix size at this acquisition's scale."""
        return 2 * self.size(full // 2, least // 2)

    def start(self, series: Series, instance: int) -> Dataset:
        """Return a data set with the modules that every object has."""
        ds = Dataset()
        ds.SpecificCharacterSet = list(self.visit.patient.charset)
        ds.SOPClassUID = series.sop_class
        ds.SOPInstanceUID = self.uid(series.number, instance)
        self._patient(ds)
        self._study(ds)
        self._series(ds, series)
        ds.InstanceNumber = instance
        return ds

    def moment(self, series: Series, seconds: float = 0.0) -> datetime:
        """Return when a series, or something in it, was made."""
        return self.visit.when + timedelta(minutes=series.minutes, seconds=seconds)

    def write(self, ds: Dataset, series: Series, syntax: str) -> None:
        """Write a finished object."""
        _fit_charset(ds, self.visit.patient.charset)
        name = f"{self.visit.key}/{series.number:03d}/{int(ds.InstanceNumber):04d}.dcm"
        self.folder.write(ds, name, syntax)
        self.written[series.number, int(ds.InstanceNumber)] = Written(
            sop_class=ds.SOPClassUID,
            instance=ds.SOPInstanceUID,
            series=ds.SeriesInstanceUID,
            study=ds.StudyInstanceUID,
        )

    def pick(self, series: int, fraction: float) -> Written:
        """Return the object at a fraction of the way through a series."""
        numbers = sorted(number for key, number in self.written if key == series)
        return self.written[series, numbers[min(int(fraction * len(numbers)), len(numbers) - 1)]]

    def _patient(self, ds: Dataset) -> None:
        patient = self.visit.patient
        ds.PatientName = patient.name
        ds.PatientID = patient.identifier
        ds.IssuerOfPatientID = people.ISSUER
        ds.PatientBirthDate = f"{patient.born:%Y%m%d}" if patient.born else ""
        if patient.birth_time:
            ds.PatientBirthTime = patient.birth_time
        ds.PatientSex = patient.sex
        if patient.born:
            ds.PatientAge = age(patient.born, self.visit.when.date())
        if patient.size:
            ds.PatientSize = f"{patient.size:.2f}"
        if patient.weight:
            ds.PatientWeight = f"{patient.weight:g}"

    def _study(self, ds: Dataset) -> None:
        visit = self.visit
        ds.StudyInstanceUID = self.uid("study")
        ds.StudyDate, ds.StudyTime = f"{visit.when:%Y%m%d}", f"{visit.when:%H%M%S}"
        ds.StudyID = derive_number("study", visit.key, digits=6)
        ds.AccessionNumber = accession_number(visit.when, visit.modality, visit.key)
        ds.ReferringPhysicianName = visit.referrer
        ds.StudyDescription = visit.description
        ds.PhysiciansOfRecord = visit.referrer
        ds.NameOfPhysiciansReadingStudy = visit.reader

    def _series(self, ds: Dataset, series: Series) -> None:
        moment = self.moment(series)
        ds.Modality = series.modality
        ds.SeriesInstanceUID = self.uid("series", series.number)
        ds.SeriesNumber = series.number
        ds.SeriesDescription = series.description
        ds.SeriesDate, ds.SeriesTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
        ds.InstanceCreationDate, ds.InstanceCreationTime = ds.SeriesDate, ds.SeriesTime
        if series.operated:
            ds.OperatorsName = people.OPERATORS[series.number % 2]
        if series.protocol:
            ds.ProtocolName = series.protocol
        if series.body_part:
            ds.BodyPartExamined = series.body_part
        if series.laterality is not None:
            ds.Laterality = series.laterality
        self._equipment(ds, series.device)
        if series.frame_of_reference is not None:
            ds.FrameOfReferenceUID = self.uid("frame", series.frame_of_reference)
            ds.PositionReferenceIndicator = ""

    def _equipment(self, ds: Dataset, device: Device) -> None:
        ds.Manufacturer = device.manufacturer
        ds.ManufacturerModelName = device.model
        ds.StationName = device.station
        ds.SoftwareVersions = device.software
        ds.DeviceSerialNumber = derive_number(device.station, digits=8)
        ds.InstitutionName = people.INSTITUTION
        ds.InstitutionAddress = people.ADDRESS
        ds.InstitutionalDepartmentName = people.DEPARTMENT


def age(born: date, when: date) -> str:
    """Return an age string in the unit that fits (PS3.5 6.2, AS)."""
    days = (when - born).days
    if days < 92:
        return f"{days:03d}D"
    if days < 730:
        return f"{days // 30:03d}M"
    return f"{int(days / 365.25):03d}Y"


def _fit_charset(ds: Dataset, charset: tuple[str, ...]) -> None:
    """Take off the accents that the record's character set cannot spell."""
    codec = _CODECS.get(charset[-1], "ascii")
    for element in ds.iterall():
        if element.VR not in _TEXT or element.tag == 0x00100010:
            continue
        element.value = _fold(element.value, codec)


def _fold(value: object, codec: str) -> object:
    if isinstance(value, list) or type(value).__name__ == "MultiValue":
        return [_fold(item, codec) for item in value]  # type: ignore[attr-defined]
    text = str(value)
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        decomposed = unicodedata.normalize("NFKD", text)
        return decomposed.encode("ascii", "ignore").decode()
    return value
