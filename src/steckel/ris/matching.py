"""Which order the images of a study are for, and what speaks against it: pure decisions.

The rule: by Study Instance UID, else by accession number, else by patient, modality and time where
just one order is left. Images are linked only to an order of their own patient; all else
waits for a person. What the order knows fills what the images leave empty, and replaces nothing
(IHE RAD TF-1 5, Patient Information Reconciliation).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, JsonElement, first_text, json_key, values_in
from steckel.index.agreement import agrees
from steckel.ris.corrections import Correction
from steckel.ris.model import MismatchKind, OrderStatus

#: Images are taken from so long before the time they are planned for: patients come early …
EARLIEST: Final = timedelta(hours=-12)
#: … to so long after: what was planned for a Friday is done on a Sunday.
LATEST: Final = timedelta(hours=48)
#: What no machine acquires: it comes with images, or belongs to a study without an order.
BESIDE: Final = frozenset(
    {"AU", "DOC", "FID", "KO", "OT", "PLAN", "PR", "REG", "RTDOSE", "RTPLAN", "RTRECORD"}
    | {"RTSTRUCT", "RWV", "SEG", "SMR", "SR", "TEXTUREMAP"}
)
_OVER: Final = frozenset({OrderStatus.CANCELLED, OrderStatus.DISCONTINUED})

_ISSUER_OF_ACCESSION = 0x00080051
_LOCAL, _UNIVERSAL = 0x00400031, 0x00400032
_PROCEDURE_ID, _PROCEDURE = 0x00401001, 0x00321060
_STEP_ID = 0x00400009


class Way(StrEnum):
    """How an order was found."""

    DECIDED = "decided"  #: a person or a rule said so
    STUDY_UID = "study-uid"
    ACCESSION = "accession"
    TIME = "patient-and-time"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A patient that the department knows, as who it turned out to be."""

    identity: str
    json: JsonDataset


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """A study as its images describe it, and whose it is taken to be."""

    uid: str
    own: JsonDataset
    owner: str  #: identity
    modalities: frozenset[str] = frozenset()
    has_request: bool = False  #: a series has Request Attributes Sequence

    @property
    def patient_id(self) -> str:
        """What the images call the patient."""
        return first_text(self.own, tags.PATIENT_ID)

    @property
    def accession(self) -> str:
        """What the images call the order."""
        return first_text(self.own, tags.ACCESSION_NUMBER)

    @property
    def acquired(self) -> frozenset[str]:
        """Its modalities without what is made beside images."""
        return self.modalities - BESIDE

    @property
    def at(self) -> datetime | None:
        """When it was begun, in local time; at noon where only the day is known."""
        return moment(first_text(self.own, tags.STUDY_DATE), first_text(self.own, tags.STUDY_TIME))


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A scheduled procedure step."""

    step_id: str
    modality: str
    date: str
    time: str

    @property
    def at(self) -> datetime | None:
        """When it is planned, in local time."""
        return moment(self.date, self.time)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order that images may be for."""

    pk: int
    key: str
    patient: Person
    study_uid: str = ""
    accession: str = ""
    accession_issuer: str = ""
    status: str = ""
    json: Mapping[str, Any]
    steps: tuple[Step, ...] = ()
    is_taken: bool = False  #: another study is linked to it

    def has_modality(self, study: Study) -> bool:
        """Whether images of such a study were planned."""
        planned = {step.modality for step in self.steps} - {""}
        return not planned or bool(planned & study.acquired)

    def in_time(self, study: Study) -> bool:
        """Whether the study is from when it was planned for."""
        at = study.at
        if at is None:
            return False
        planned = (step.at for step in self.steps)
        return any(EARLIEST <= at - start <= LATEST for start in planned if start is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """All around a study that decides about it."""

    orders: Sequence[Order] = ()
    same_id: Sequence[Person] = ()  #: known patients with the images' identifier
    has_patients: bool = False  #: somebody registers patients here
    expects: bool = False  #: there were orders for such images in these days
    refused: bool = False  #: a person does not want it matched


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What follows for a study."""

    correction: Correction
    kinds: frozenset[MismatchKind] = frozenset()
    order: Order | None = None  #: that its numbers name, linked or not
    way: Way | None = None


def judge(study: Study, around: Surroundings, base: Correction, held: Correction) -> Judgement:
    """Decide about a study.

    `base` is what persons and rules put right, `held` what is in force, with the link that
    matching may have made before.
    """
    found = _find(study, around, base, held)
    order, way = found
    doubt = _patient_doubt(study, around, base)
    if order is None or way is None:
        unscheduled = (around.expects or around.refused) and study.acquired
        kinds = {doubt} if doubt else {MismatchKind.UNSCHEDULED} if unscheduled else set()
        return Judgement(correction=base, kinds=frozenset(kinds))
    if way is Way.DECIDED:
        kinds = {doubt} if doubt else set()
        return Judgement(correction=base, kinds=frozenset(kinds), order=order, way=way)
    kinds = _against(study, order, way, base)
    if kinds:
        return Judgement(correction=base, kinds=frozenset(kinds), order=order, way=way)
    return Judgement(correction=_linked(study, order, base, held), order=order, way=way)


def fills(study: Study, order: Order) -> JsonDataset:
    """Return what an order knows and the images leave empty."""
    of_order = knowledge(order)
    if study.has_request:
        of_order.pop(json_key(tags.REQUEST_ATTRIBUTES_SEQUENCE), None)
    if study.accession:
        of_order.pop(json_key(_ISSUER_OF_ACCESSION), None)
    return {key: one for key, one in of_order.items() if not _is_said(study.own.get(key))}


def knowledge(order: Order) -> JsonDataset:
    """Return what an order knows of its images, as their attributes."""
    known: JsonDataset = {}
    if order.accession:
        known[json_key(tags.ACCESSION_NUMBER)] = {"vr": "SH", "Value": [order.accession]}
        issuer: JsonElement | None = order.json.get(json_key(_ISSUER_OF_ACCESSION))
        if issuer is None and order.accession_issuer:
            local = {json_key(_LOCAL): {"vr": "UT", "Value": [order.accession_issuer]}}
            issuer = {"vr": "SQ", "Value": [local]}
        if issuer is not None:
            known[json_key(_ISSUER_OF_ACCESSION)] = issuer
    for tag in (tags.REFERRING_PHYSICIAN_NAME,):
        if _is_said(order.json.get(json_key(tag))):
            known[json_key(tag)] = order.json[json_key(tag)]
    procedure_id = first_text(dict(order.json), _PROCEDURE_ID)
    if procedure_id:
        known[json_key(tags.STUDY_ID)] = {"vr": "SH", "Value": [procedure_id]}
        known[json_key(tags.REQUEST_ATTRIBUTES_SEQUENCE)] = _request(order, procedure_id)
    return known


def moment(date: str, time: str) -> datetime | None:
    """Return a DICOM date and time as one, in local time; noon without a time."""
    digits = "".join(char for char in time.partition(".")[0] if char.isdigit())
    text = f"{date[:8]}{(digits or '12').ljust(6, '0')[:6]}"
    try:
        # Without a zone: both sides are the department's local time.
        return datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None


def _find(
    study: Study, around: Surroundings, base: Correction, held: Correction
) -> tuple[Order | None, Way | None]:
    if base.order_key:
        order = next((one for one in around.orders if one.key == base.order_key), None)
        return order, Way.DECIDED
    if around.refused:
        return None, None
    by_uid = [one for one in around.orders if one.study_uid == study.uid]
    if by_uid:
        named = [one for one in by_uid if _has_accession(study, one)]
        return _best(study, named or by_uid), Way.STUDY_UID
    by_number = [one for one in around.orders if _has_accession(study, one)]
    if by_number:
        order = _best(study, by_number)
        others = {one.patient.identity for one in by_number}
        if is_of(study, order) or len(others) == 1:
            return order, Way.ACCESSION
        return None, None
    return _by_time(study, around, held), Way.TIME


def _by_time(study: Study, around: Surroundings, held: Correction) -> Order | None:
    """Return the one order that is left for the patient; one that was taken stays taken."""
    if study.accession:
        return None  # it names an order, if one that nobody knows
    fitting = [
        one
        for one in around.orders
        if one.patient.identity == study.owner
        and agrees(study.own, one.patient.json)
        and one.status not in _OVER
        and not one.is_taken
        and one.has_modality(study)
        and one.in_time(study)
    ]
    kept = [one for one in fitting if one.key == held.order_key]
    if kept:
        return kept[0]
    return fitting[0] if len(fitting) == 1 else None


def _best(study: Study, orders: Iterable[Order]) -> Order:
    return min(
        orders,
        key=lambda one: (
            not is_of(study, one),
            not one.has_modality(study),
            one.is_taken,
            one.status in _OVER,
            one.key,
        ),
    )


def _has_accession(study: Study, order: Order) -> bool:
    if not study.accession or study.accession != order.accession:
        return False
    issuers = _issuers(study.own)
    return not issuers or not order.accession_issuer or order.accession_issuer in issuers


def _issuers(own: JsonDataset) -> set[str]:
    items = values_in(own, _ISSUER_OF_ACCESSION)
    return {first_text(item, tag) for item in items for tag in (_LOCAL, _UNIVERSAL)} - {""}


def is_of(study: Study, order: Order) -> bool:
    """Whether an order is for the patient of a study.

    Images seldom name an issuer: then the same identifier is enough, if nothing speaks against it.
    """
    if not study.owner:
        return False
    if order.patient.identity == study.owner:
        return True
    own = first_text(study.own, tags.ISSUER_OF_PATIENT_ID)
    return not own and has_same_id(study, order) and agrees(study.own, order.patient.json)


def has_same_id(study: Study, order: Order) -> bool:
    """Whether images and order call the patient the same."""
    return bool(study.patient_id) and study.patient_id == first_text(
        order.patient.json, tags.PATIENT_ID
    )


def _patient_doubt(study: Study, around: Surroundings, base: Correction) -> MismatchKind | None:
    """Return what is wrong with the patient, whatever was ordered."""
    if base.identity or not around.has_patients:
        return None
    agreeing = [one for one in around.same_id if agrees(study.own, one.json)]
    if any(one.identity == study.owner for one in agreeing):
        return None
    if around.same_id and not agreeing:
        return MismatchKind.DEMOGRAPHICS
    return MismatchKind.UNKNOWN_PATIENT


def _against(study: Study, order: Order, way: Way, base: Correction) -> set[MismatchKind]:
    """Return what speaks against linking a study with an order."""
    kinds = set()
    settled = bool(base.identity) and order.patient.identity == study.owner
    if not settled:
        if not is_of(study, order):
            same = has_same_id(study, order) and not base.identity
            kinds.add(MismatchKind.DEMOGRAPHICS if same else MismatchKind.WRONG_PATIENT)
        elif not agrees(study.own, order.patient.json):
            kinds.add(MismatchKind.DEMOGRAPHICS)
    both = study.accession and order.accession
    if way is Way.STUDY_UID and both and not _has_accession(study, order):
        kinds.add(MismatchKind.WRONG_ORDER)
    return kinds


def _linked(study: Study, order: Order, base: Correction, held: Correction) -> Correction:
    identity = base.identity
    if not identity:
        # What matching said before stays: it is why the owner is the order's patient.
        is_owner = order.patient.identity == study.owner
        identity = held.identity if is_owner else order.patient.identity
    return replace(
        base,
        identity=identity,
        order_key=order.key,
        attributes=fills(study, order) | dict(base.attributes),
    )


def _request(order: Order, procedure_id: str) -> JsonElement:
    """Return Request Attributes Sequence (PS3.3 table 10-9)."""
    item: JsonDataset = {json_key(_PROCEDURE_ID): {"vr": "SH", "Value": [procedure_id]}}
    if order.accession:
        item[json_key(tags.ACCESSION_NUMBER)] = {"vr": "SH", "Value": [order.accession]}
    if _is_said(order.json.get(json_key(_PROCEDURE))):
        item[json_key(_PROCEDURE)] = order.json[json_key(_PROCEDURE)]
    if len(order.steps) == 1:
        item[json_key(_STEP_ID)] = {"vr": "SH", "Value": [order.steps[0].step_id]}
    return {"vr": "SQ", "Value": [dict(sorted(item.items()))]}


def _is_said(element: Any) -> bool:
    values = (element or {}).get("Value") or []
    return any(value not in ("", None, {}) for value in values)
