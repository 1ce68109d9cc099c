"""What a performed procedure step has to say, and when (PS3.4 F.7.2, table F.7.2-1).

Functions over data. Types 1 are asked for; attributes of type 2 that a modality leaves out
are taken as empty.
"""

from collections.abc import Iterable
from typing import Final

from steckel.dicom import dictionary, tags
from steckel.dicom.json_model import JsonDataset, json_key, values_in
from steckel.dicom.uids import is_tolerable_uid
from steckel.errors import InvalidAttribute, MissingAttribute, MissingValue, NotUpdatable
from steckel.ris.model import PerformedStatus

STATUS: Final = 0x00400252
SCHEDULED_STEP_ATTRIBUTES_SEQUENCE: Final = 0x00400270
PERFORMED_SERIES_SEQUENCE: Final = 0x00400340
_STEP_ID, _STATION_AE = 0x00400253, 0x00400241
_END_DATE, _END_TIME = 0x00400250, 0x00400251

#: Performed Procedure Step Discontinuation Reason Code Sequence, and "Incorrect worklist entry".
_REASONS: Final = 0x00400281
_WRONG_ENTRY: Final = "110514"
_CODE_VALUE: Final = 0x00080100

#: Type 1 at creation, beside the status.
_AT_CREATION: Final = (
    tags.MODALITY,
    _STATION_AE,
    tags.PERFORMED_PROCEDURE_STEP_START_DATE,
    tags.PERFORMED_PROCEDURE_STEP_START_TIME,
    _STEP_ID,
    SCHEDULED_STEP_ATTRIBUTES_SEQUENCE,
)
#: Type 1 in the final state.
_IN_THE_END: Final = (_END_DATE, _END_TIME)
#: Type 2 at creation: there, if empty.
_EMPTY: Final = (
    *(tags.PATIENT_NAME, tags.PATIENT_ID, tags.PATIENT_BIRTH_DATE, tags.PATIENT_SEX),
    *(tags.PROCEDURE_CODE_SEQUENCE, 0x00081120, tags.STUDY_ID, 0x00400242, 0x00400243),
    *(_END_DATE, _END_TIME, 0x00400254, 0x00400255, 0x00400260, PERFORMED_SERIES_SEQUENCE),
)
#: "Not allowed" in an N-SET.
_FIXED: Final = frozenset(
    {
        *(tags.MODALITY, 0x00081120, tags.PATIENT_NAME, tags.PATIENT_ID, tags.STUDY_ID),
        *(tags.PATIENT_BIRTH_DATE, tags.PATIENT_SEX, tags.ISSUER_OF_PATIENT_ID),
        *(_STEP_ID, _STATION_AE, 0x00400242, 0x00400243, SCHEDULED_STEP_ATTRIBUTES_SEQUENCE),
        tags.PERFORMED_PROCEDURE_STEP_START_DATE,
        tags.PERFORMED_PROCEDURE_STEP_START_TIME,
    }
)
#: Says how the message is written, not what the step is.
_ABOUT: Final = json_key(tags.SPECIFIC_CHARACTER_SET)


def status_of(values: JsonDataset) -> PerformedStatus:
    """Return the status that a data set has.

    Raises
    ------
    MissingAttribute, MissingValue, InvalidAttribute
        It has none.
    """
    _require(values, (STATUS,))
    try:
        return PerformedStatus(str(values_in(values, STATUS)[0]))
    except ValueError as problem:
        raise InvalidAttribute(f"{tags.show(STATUS)} has none of its three values") from problem


def is_mistaken(values: JsonDataset) -> bool:
    """Whether a step was ended because it was begun for the wrong entry of the worklist.

    Then what was scheduled is still to be done (PS3.16 CID 9300, 110514).
    """
    return any(
        values_in(reason, _CODE_VALUE) == [_WRONG_ENTRY] for reason in values_in(values, _REASONS)
    )


def created(values: JsonDataset) -> JsonDataset:
    """Return a new step as it is kept (PS3.4 F.7.2.1.2).

    Raises
    ------
    MissingAttribute, MissingValue, InvalidAttribute
        It cannot begin like this.
    """
    if status_of(values) is not PerformedStatus.IN_PROGRESS:
        raise InvalidAttribute(f"{tags.show(STATUS)} has to be IN PROGRESS at creation")
    _require(values, _AT_CREATION)
    for item in values_in(values, SCHEDULED_STEP_ATTRIBUTES_SEQUENCE):
        _require(item, (tags.STUDY_INSTANCE_UID,))
        if not is_tolerable_uid(str(values_in(item, tags.STUDY_INSTANCE_UID)[0])):
            raise InvalidAttribute(f"{tags.show(tags.STUDY_INSTANCE_UID)} is no UID")
    empty: JsonDataset = {json_key(tag): {"vr": dictionary.vr_of(tag)} for tag in _EMPTY}
    return _plain(empty | values)


def updated(held: JsonDataset, values: JsonDataset) -> tuple[JsonDataset, frozenset[int]]:
    """Return a step as it is after a change, and what was left of the change (PS3.4 F.7.2.2.2).

    Raises
    ------
    NotUpdatable
        The step is in its final state.
    MissingAttribute, MissingValue, InvalidAttribute
        It cannot be like this.
    """
    if status_of(held) is not PerformedStatus.IN_PROGRESS:
        raise NotUpdatable("Performed Procedure Step Object may no longer be updated")
    change = {key: one for key, one in _plain(values).items() if int(key, 16) not in _FIXED}
    left = (key for key in values if int(key, 16) in _FIXED and values[key] != held.get(key))
    merged = held | change
    status = status_of(merged)
    if status is not PerformedStatus.IN_PROGRESS:
        _check_end(merged, status)
    return dict(sorted(merged.items())), frozenset(int(key, 16) for key in left)


def _check_end(values: JsonDataset, status: PerformedStatus) -> None:
    _require(values, _IN_THE_END)
    if status is PerformedStatus.COMPLETED:
        _require(values, (PERFORMED_SERIES_SEQUENCE,))
    for series in values_in(values, PERFORMED_SERIES_SEQUENCE):
        _require(series, (tags.SERIES_INSTANCE_UID,))
        if not is_tolerable_uid(str(values_in(series, tags.SERIES_INSTANCE_UID)[0])):
            raise InvalidAttribute(f"{tags.show(tags.SERIES_INSTANCE_UID)} is no UID")


def _require(values: JsonDataset, wanted: Iterable[int]) -> None:
    for tag in wanted:
        if json_key(tag) not in values:
            raise MissingAttribute(f"{tags.show(tag)} is missing")
        found = values_in(values, tag)
        if not found or found[0] in ("", None, {}):
            raise MissingValue(f"{tags.show(tag)} has no value")


def _plain(values: JsonDataset) -> JsonDataset:
    return {key: one for key, one in sorted(values.items()) if key != _ABOUT}
