"""What a whole server takes, as pynetdicom proposes it."""

import io
from collections.abc import Callable

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless
from pynetdicom import AE
from pynetdicom.sop_class import _STORAGE_CLASSES, CTImageStorage, Verification
from tests.steckel_server import SteckelServer

pytestmark = pytest.mark.interop

Maker = Callable[..., Dataset]
PRIVATE_SYNTAX = UID("1.3.6.1.4.1.99999.5.1")
PRIVATE_SYNTAX.set_private_encoding(implicit_vr=False, little_endian=True)


def test_every_storage_sop_class_is_stored(server: SteckelServer, make_object: Maker) -> None:
    classes = sorted(set(_STORAGE_CLASSES.values()))
    for first in range(0, len(classes), 120):
        piece = classes[first : first + 120]
        entity = AE("PYNET")
        for sop_class in piece:
            entity.add_requested_context(sop_class, ExplicitVRLittleEndian)
        association = entity.associate("127.0.0.1", server.dicom_port)
        stored = {one: association.send_c_store(make_object(one)).Status for one in piece}
        association.release()
        assert stored == dict.fromkeys(piece, 0x0000)


def test_a_transfer_syntax_nobody_knows_is_kept_as_it_came(
    server: SteckelServer, make_object: Maker
) -> None:
    made = make_object(CTImageStorage)
    made.file_meta.TransferSyntaxUID = PRIVATE_SYNTAX
    entity = AE("PYNET")
    entity.add_requested_context(CTImageStorage, PRIVATE_SYNTAX)
    association = entity.associate("127.0.0.1", server.dicom_port)
    assert association.is_established
    agreed = association.accepted_contexts[0].transfer_syntax[0]
    agreed.set_private_encoding(implicit_vr=False, little_endian=True)
    assert association.send_c_store(made).Status == 0x0000
    association.release()
    with server.client() as client:
        answer = client.get(
            f"/dicomweb/studies/{made.StudyInstanceUID}/series/{made.SeriesInstanceUID}"
            f"/instances/{made.SOPInstanceUID}",
            headers={"Accept": "application/dicom; transfer-syntax=*"},
        )
    assert answer.status_code == 200
    kept = pydicom.dcmread(io.BytesIO(answer.content))
    assert kept.file_meta.TransferSyntaxUID == PRIVATE_SYNTAX
    assert kept == made


def test_a_known_transfer_syntax_goes_before_an_unknown_one(server: SteckelServer) -> None:
    entity = AE("PYNET")
    entity.add_requested_context(CTImageStorage, [PRIVATE_SYNTAX, JPEG2000Lossless])
    entity.add_requested_context(Verification, PRIVATE_SYNTAX)
    association = entity.associate("127.0.0.1", server.dicom_port)
    accepted = [context.transfer_syntax for context in association.accepted_contexts]
    refused = [context.abstract_syntax for context in association.rejected_contexts]
    association.release()
    assert accepted == [[JPEG2000Lossless]]
    assert refused == [Verification]
