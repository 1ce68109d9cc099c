"""What the radiologist adds to a study: reports, measurements, key images, annotations."""

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    BasicTextSRStorage,
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    KeyObjectSelectionDocumentStorage,
)

from steckel.demo import people
from steckel.demo.acquisition import Acquisition, Device, Series, Written
from steckel.demo.exams import pdf, structured
from steckel.demo.exams.codes import codes
from steckel.demo.exams.structured import Concept
from steckel.demo.pixels import EXPLICIT

READING: Final = Device(model="Poste de lecture", station="READ1")
REPORT: Final[Concept] = ("11528-7", "LN", "Radiology Report")
_MM: Final[Concept] = ("mm", "UCUM", "millimeter")


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The text of a report."""

    indication: str
    technique: str
    findings: str
    conclusion: str
    comparison: str = "Pas d'examen antérieur disponible."


@dataclass(frozen=True, kw_only=True)
class TextReport:
    """A Basic Text SR after TID 2000."""

    number: int
    findings: Findings

    def __call__(self, acq: Acquisition) -> None:
        """Write the report."""
        item = _series(self.number, "SR", "Compte rendu", BasicTextSRStorage)
        parts = self.findings
        sections: list[tuple[Concept, Concept, str]] = [
            (("121060", "DCM", "History"), ("121060", "DCM", "History"), parts.indication),
            (
                ("121064", "DCM", "Current Procedure Descriptions"),
                ("121065", "DCM", "Procedure Description"),
                parts.technique,
            ),
            (
                ("121066", "DCM", "Prior Procedure Descriptions"),
                ("121065", "DCM", "Procedure Description"),
                parts.comparison,
            ),
            (("121070", "DCM", "Findings"), ("121071", "DCM", "Finding"), parts.findings),
            (("121076", "DCM", "Conclusions"), ("121077", "DCM", "Conclusion"), parts.conclusion),
        ]
        children = structured.context(acq)
        children += [
            structured.container(section, [structured.text(concept, words)])
            for section, concept, words in sections
        ]
        root = structured.container(REPORT, children, relation="")
        acq.write(structured.document(acq, item, root, "2000"), item, EXPLICIT)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something measured on one slice: the slice, the ends of the line in pixels."""

    series: int
    fraction: float  #: how far through the series
    start: tuple[float, float]
    end: tuple[float, float]
    length: float  #: mm
    label: str

    def points(self, scale: float) -> list[float]:
        """Return the ends at the acquisition's scale: column, row, column, row."""
        return [value * scale for value in (*self.start, *self.end)]


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """A Comprehensive SR after TID 1500 with one measured finding."""

    number: int
    mark: Mark
    finding: Concept

    def __call__(self, acq: Acquisition) -> None:
        """Write the measurements."""
        item = _series(self.number, "SR", "Mesures", ComprehensiveSRStorage)
        target = acq.pick(self.mark.series, self.mark.fraction)
        line = structured.polyline(self.mark.points(acq.scale), target)
        tracking = structured.node(
            "UIDREF", ("112040", "DCM", "Tracking Unique Identifier"), "HAS OBS CONTEXT"
        )
        tracking.UID = acq.uid("tracking", self.mark.label)
        group = [
            structured.text(
                ("112039", "DCM", "Tracking Identifier"), self.mark.label, "HAS OBS CONTEXT"
            ),
            tracking,
            structured.coded(("121071", "DCM", "Finding"), self.finding),
            structured.number(("103339001", "SCT", "Long Axis"), self.mark.length, _MM, line),
        ]
        groups = structured.container(
            ("126010", "DCM", "Imaging Measurements"),
            [structured.container(("125007", "DCM", "Measurement Group"), group)],
        )
        procedure = structured.coded(
            ("121058", "DCM", "Procedure reported"),
            ("169069000", "SCT", "Computed tomography of chest"),
            "HAS CONCEPT MOD",
        )
        root = structured.container(
            ("126000", "DCM", "Imaging Measurement Report"),
            [*structured.context(acq), procedure, groups],
            relation="",
        )
        acq.write(structured.document(acq, item, root, "1500", [target]), item, EXPLICIT)


@dataclass(frozen=True, kw_only=True)
class KeyImages:
    """A Key Object Selection (PS3.3 A.35.4, TID 2010)."""

    number: int
    chosen: tuple[tuple[int, float], ...]  #: series, fraction
    comment: str

    def __call__(self, acq: Acquisition) -> None:
        """Write the selection."""
        item = _series(self.number, "KO", "Images clés", KeyObjectSelectionDocumentStorage)
        targets = [acq.pick(series, fraction) for series, fraction in self.chosen]
        children = [
            structured.text(("113012", "DCM", "Key Object Description"), self.comment),
            *(structured.image(target) for target in targets),
        ]
        root = structured.container(("113000", "DCM", "Of Interest"), children, relation="")
        ds = structured.document(acq, item, root, "2010", targets)
        for absent in (
            "CompletionFlag",
            "VerificationFlag",
            "VerifyingObserverSequence",
            "PerformedProcedureCodeSequence",
        ):
            delattr(ds, absent)
        acq.write(ds, item, EXPLICIT)


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """A Grayscale Softcopy Presentation State with a line and a label (PS3.3 A.33.1)."""

    number: int
    mark: Mark
    window: tuple[int, int]
    matrix: int

    def __call__(self, acq: Acquisition) -> None:
        """Write the presentation state."""
        item = _series(self.number, "PR", "Annotations", GrayscaleSoftcopyPresentationStateStorage)
        target = acq.pick(self.mark.series, self.mark.fraction)
        ds = acq.start(item, 1)
        moment = acq.moment(item)
        ds.ContentLabel, ds.ContentDescription = "NODULE", self.mark.label
        ds.ContentCreatorName = acq.visit.reader
        ds.PresentationCreationDate = f"{moment:%Y%m%d}"
        ds.PresentationCreationTime = f"{moment:%H%M%S}"
        ds.ReferencedSeriesSequence = Sequence([_shown(target)])
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
        ds.PresentationLUTShape = "IDENTITY"
        self._display(ds, acq.matrix(self.matrix))
        ds.GraphicAnnotationSequence = Sequence([self._graphics(acq, structured.reference(target))])
        layer = Dataset()
        layer.GraphicLayer, layer.GraphicLayerOrder = "MESURES", 1
        ds.GraphicLayerSequence = Sequence([layer])
        acq.write(ds, item, EXPLICIT)

    def _display(self, ds: Dataset, matrix: int) -> None:
        window = Dataset()
        window.WindowCenter, window.WindowWidth = (str(value) for value in self.window)
        ds.SoftcopyVOILUTSequence = Sequence([window])
        area = Dataset()
        area.DisplayedAreaTopLeftHandCorner = [1, 1]
        area.DisplayedAreaBottomRightHandCorner = [matrix, matrix]
        area.PresentationSizeMode = "SCALE TO FIT"
        area.PresentationPixelAspectRatio = [1, 1]
        ds.DisplayedAreaSelectionSequence = Sequence([area])

    def _graphics(self, acq: Acquisition, target: Dataset) -> Dataset:
        points = self.mark.points(acq.scale)
        line = Dataset()
        line.GraphicAnnotationUnits, line.GraphicDimensions = "PIXEL", 2
        line.NumberOfGraphicPoints, line.GraphicData = 2, points
        line.GraphicType, line.GraphicFilled = "POLYLINE", "N"
        label = Dataset()
        label.AnchorPointAnnotationUnits = "PIXEL"
        label.UnformattedTextValue = f"{self.mark.length:.0f} mm"
        label.AnchorPoint, label.AnchorPointVisibility = points[2:], "N"
        item = Dataset()
        item.ReferencedImageSequence = Sequence([target])
        item.GraphicLayer = "MESURES"
        item.TextObjectSequence = Sequence([label])
        item.GraphicObjectSequence = Sequence([line])
        return item


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A report as an encapsulated PDF (PS3.3 A.45.1)."""

    number: int
    title: str
    findings: Findings

    def __call__(self, acq: Acquisition) -> None:
        """Write the letter."""
        item = _series(self.number, "DOC", self.title, EncapsulatedPDFStorage)
        content = pdf.document(self.title, _LETTERHEAD, self._sections(acq))
        ds = acq.start(item, 1)
        moment = acq.moment(item)
        ds.ConversionType = "WSD"
        ds.AcquisitionDateTime = ""
        ds.ContentDate, ds.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
        ds.BurnedInAnnotation = "YES"
        ds.DocumentTitle = self.title
        ds.ConceptNameCodeSequence = codes(*REPORT)
        ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
        ds.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
        ds.EncapsulatedDocumentLength = len(content)
        acq.write(ds, item, EXPLICIT)

    def _sections(self, acq: Acquisition) -> list[tuple[str, str]]:
        patient, parts = acq.visit.patient, self.findings
        name = _plain(patient.name)
        born = f"{patient.born:%d.%m.%Y}" if patient.born else "-"
        return [
            ("Patient", f"{name}\nNé(e) le {born} - {patient.identifier}"),
            ("Examen", f"{acq.visit.description}, {acq.visit.when:%d.%m.%Y}\n{parts.technique}"),
            ("Indication", parts.indication),
            ("Comparatif", parts.comparison),
            ("Description", parts.findings),
            ("Conclusion", parts.conclusion),
            ("", f"Validé par {_plain(acq.visit.reader)}"),
        ]


def _shown(target: Written) -> Dataset:
    """Return what a presentation state applies to (PS3.3 10.11)."""
    item = Dataset()
    item.SeriesInstanceUID = target.series
    item.ReferencedImageSequence = Sequence([structured.reference(target)])
    return item


def _plain(name: str) -> str:
    """Spell the alphabetic group of a person name for a page."""
    return " ".join(name.split("=", maxsplit=1)[0].replace("^", " ").split())


_LETTERHEAD = (people.INSTITUTION, people.DEPARTMENT, people.ADDRESS)


def _series(number: int, modality: str, description: str, sop_class: str) -> Series:
    return Series(
        number=number,
        modality=modality,
        description=description,
        sop_class=sop_class,
        device=READING,
        operated=False,
        laterality="" if modality == "PR" else None,
        minutes=60 + number % 100,
    )
