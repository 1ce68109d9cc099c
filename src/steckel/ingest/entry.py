"""From an examined object and its place in the store to its entry in the index."""

from functools import partial

from steckel.archive.location import Location
from steckel.dicom import tags
from steckel.dicom.frames import pack_table
from steckel.index.model import InstanceEntry, patient_identity
from steckel.ingest.describe import describe_series, instance_json, instance_number
from steckel.ingest.examine import Examined


def identity_of(examined: Examined) -> str:
    """Return the identity of the patient that an object names."""
    header = examined.header
    return patient_identity(
        header.text(tags.ISSUER_OF_PATIENT_ID), header.text(tags.PATIENT_ID), examined.study_uid
    )


def index_entry(examined: Examined, location: Location, received: int) -> InstanceEntry:
    """Return what the index is told; `received` in milliseconds since 1970."""
    return InstanceEntry(
        study_uid=examined.study_uid,
        series_uid=examined.series_uid,
        sop_instance_uid=examined.sop_instance_uid,
        sop_class_uid=examined.sop_class_uid,
        identity=identity_of(examined),
        number=instance_number(examined.header),
        transfer_syntax=examined.transfer_syntax,
        location=location,
        dataset_offset=examined.dataset_offset,
        digest=examined.digest,
        frames=pack_table(examined.frames) if examined.frames is not None else None,
        json=instance_json(examined.header),
        received=received,
        describe=partial(describe_series, examined.header),
    )
