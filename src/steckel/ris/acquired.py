"""What the images of a study say of the order that it was matched to.

For orders of which no modality says anything by MPPS. The rule: a step with images is begun,
and done when its study was told to be available (`ris.availability`). Both follow from facts
that are kept, so whoever works an order out anew comes to the same.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.index.schema import corrections, studies
from steckel.index.summary import values_of
from steckel.ris.model import PerformedStatus
from steckel.ris.schema import availability

_MODALITY = json_key(tags.MODALITY)

_STUDIES = (
    select(studies.c.modalities, availability.c.study_uid)
    .join(corrections, corrections.c.study_uid == studies.c.uid)
    .outerjoin(availability, availability.c.study_uid == studies.c.uid)
    .where(corrections.c.order_key == bindparam("order"), studies.c.instances > 0)
)


def performed_by_images(
    connection: Connection, order_key: str, planned: Mapping[str, JsonDataset]
) -> dict[str, str]:
    """Return what the steps of an order are by their images; nothing for those without.

    An only step takes images of any modality: a CR is often done on a DX. Of several, each
    takes those of its own.
    """
    rows = connection.execute(_STUDIES, {"order": order_key}).all()
    found: dict[str, str] = {}
    for step_id, step in planned.items():
        wanted = _modality(step) if len(planned) > 1 else ""
        whole = [is_told is not None for kept, is_told in rows if _takes(wanted, kept)]
        if whole:
            done = all(whole)
            found[step_id] = PerformedStatus.COMPLETED if done else PerformedStatus.IN_PROGRESS
    return found


def _takes(wanted: str, modalities: str) -> bool:
    return not wanted or wanted in values_of(modalities)


def _modality(step: Mapping[str, Any]) -> str:
    values = (step.get(_MODALITY) or {}).get("Value") or []
    return str(values[0]) if values else ""
