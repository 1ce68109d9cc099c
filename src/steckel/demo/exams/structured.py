"""Structured reports: the document modules and the building blocks of a content tree.

PS3.3 A.35 (SR IODs), C.17; templates of PS3.16.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from steckel.demo import people
from steckel.demo.acquisition import Acquisition, Series, Written
from steckel.demo.exams.codes import code

Concept = tuple[str, str, str]

LANGUAGE: Concept = ("121049", "DCM", "Language of Content Item and Descendants")
OBSERVER_TYPE: Concept = ("121005", "DCM", "Observer Type")
PERSON: Concept = ("121006", "DCM", "Person")
PERSON_NAME: Concept = ("121008", "DCM", "Person Observer Name")


def node(kind: str, concept: Concept, relation: str = "CONTAINS") -> Dataset:
    """Return a content item with its concept name (PS3.3 C.17.3)."""
    item = Dataset()
    if relation:
        item.RelationshipType = relation
    item.ValueType = kind
    item.ConceptNameCodeSequence = Items([code(*concept)])
    return item


def text(concept: Concept, value: str, relation: str = "CONTAINS") -> Dataset:
    """Return a TEXT item."""
    item = node("TEXT", concept, relation)
    item.TextValue = value
    return item


def coded(concept: Concept, value: Concept, relation: str = "CONTAINS") -> Dataset:
    """Return a CODE item."""
    item = node("CODE", concept, relation)
    item.ConceptCodeSequence = Items([code(*value)])
    return item


def number(concept: Concept, value: float, unit: Concept, basis: Dataset | None) -> Dataset:
    """Return a NUM item, inferred from coordinates where they are given."""
    item = node("NUM", concept)
    measured = Dataset()
    measured.NumericValue = f"{value:.1f}"
    measured.MeasurementUnitsCodeSequence = Items([code(*unit)])
    item.MeasuredValueSequence = Items([measured])
    if basis is not None:
        item.ContentSequence = Items([basis])
    return item


def image(target: Written, relation: str = "CONTAINS") -> Dataset:
    """Return an IMAGE item."""
    item = Dataset()
    item.RelationshipType, item.ValueType = relation, "IMAGE"
    item.ReferencedSOPSequence = Items([reference(target)])
    return item


def polyline(points: Sequence[float], target: Written) -> Dataset:
    """Return an SCOORD item on an image."""
    item = Dataset()
    item.RelationshipType, item.ValueType = "INFERRED FROM", "SCOORD"
    item.GraphicType = "POLYLINE"
    item.GraphicData = list(points)
    item.ContentSequence = Items([image(target, "SELECTED FROM")])
    return item


def container(concept: Concept, children: Iterable[Dataset], relation: str = "CONTAINS") -> Dataset:
    """Return a CONTAINER item."""
    item = node("CONTAINER", concept, relation)
    item.ContinuityOfContent = "SEPARATE"
    item.ContentSequence = Items(list(children))
    return item


def reference(target: Written) -> Dataset:
    """Return a reference to an object."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = target.sop_class, target.instance
    return item


def evidence(targets: Sequence[Written]) -> Items:
    """Return the hierarchical references of a document (PS3.3 C.17.2.1)."""
    study = Dataset()
    study.StudyInstanceUID = targets[0].study
    by_series: dict[str, list[Dataset]] = {}
    for target in targets:
        by_series.setdefault(target.series, []).append(reference(target))
    study.ReferencedSeriesSequence = Items([])
    for uid, references in by_series.items():
        item = Dataset()
        item.SeriesInstanceUID = uid
        item.ReferencedSOPSequence = Items(references)
        study.ReferencedSeriesSequence.append(item)
    return Items([study])


def context(acq: Acquisition) -> list[Dataset]:
    """Return language and observer (TID 1204, TID 1002)."""
    name = node("PNAME", PERSON_NAME, "HAS OBS CONTEXT")
    name.PersonName = acq.visit.reader
    return [
        coded(LANGUAGE, ("fr", "RFC5646", "French"), "HAS CONCEPT MOD"),
        coded(OBSERVER_TYPE, PERSON, "HAS OBS CONTEXT"),
        name,
    ]


def document(
    acq: Acquisition, item: Series, root: Dataset, template: str, cited: Sequence[Written] = ()
) -> Dataset:
    """Return a complete, verified document around a content tree (PS3.3 C.17.2)."""
    ds = acq.start(item, 1)
    moment = acq.moment(item)
    ds.ReferencedPerformedProcedureStepSequence = Items([])
    ds.PerformedProcedureCodeSequence = Items([])
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    ds.VerifyingObserverSequence = Items([_observer(acq, moment)])
    ds.ContentDate, ds.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    if cited:
        ds.CurrentRequestedProcedureEvidenceSequence = evidence(cited)
    ds.update(root)
    ds.ContentTemplateSequence = Items([_template(template)])
    return ds


def _observer(acq: Acquisition, moment: datetime) -> Dataset:
    item = Dataset()
    item.VerifyingOrganization = people.INSTITUTION
    item.VerificationDateTime = f"{moment + timedelta(minutes=4):%Y%m%d%H%M%S}"
    item.VerifyingObserverName = acq.visit.reader
    item.VerifyingObserverIdentificationCodeSequence = Items([])
    return item


def _template(identifier: str) -> Dataset:
    item = Dataset()
    item.MappingResource, item.TemplateIdentifier = "DCMR", identifier
    return item
