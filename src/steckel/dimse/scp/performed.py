"""The doors of Modality Performed Procedure Step: N-CREATE, N-SET, N-GET (PS3.4 F.7, F.8)."""

import structlog

from steckel.dicom import tags
from steckel.dicom.encode import decode_dataset
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicom.uids import is_tolerable_uid, new_uid
from steckel.dimse.ports import PerformedSteps
from steckel.dimse.scp.request import Request
from steckel.dimse.status import Status
from steckel.index.view import Guarded

log = structlog.get_logger(__name__)

#: Thousands of images in hundreds of series.
_MOST = 16 << 20


class PerformedStepScp:
    """Modality Performed Procedure Step, and its Retrieve, as SCP."""

    def __init__(self, steps: Guarded[PerformedSteps]) -> None:
        self._steps = steps

    def create(self, request: Request) -> None:
        """Take a new performed procedure step."""
        values = _read(request)
        if not request.sop_instance_uid:
            request.sop_instance_uid = new_uid()  # ours to make (PS3.7 10.1.5.1.4)
        if not is_tolerable_uid(request.sop_instance_uid):
            request.respond(Status.INVALID_SOP_INSTANCE, comment="this is no SOP Instance UID")
            return
        steps = self._steps.seen_by(request.view)
        steps.create(request.sop_instance_uid, values, request.peer.calling_aet)
        _tell("performed_step_created", request)
        request.respond(Status.SUCCESS)

    def set(self, request: Request) -> None:
        """Change one that is in progress."""
        values = _read(request)
        left = self._steps.seen_by(request.view).update(request.sop_instance_uid, values)
        _tell("performed_step_updated", request)
        if left:
            names = ", ".join(tags.show(tag) for tag in sorted(left)[:4])
            request.respond(Status.ATTRIBUTE_LIST_ERROR, comment=f"cannot be changed: {names}")
        else:
            request.respond(Status.SUCCESS)

    def get(self, request: Request) -> None:
        """Return one, or those of its attributes that are asked for."""
        request.channel.skip_dataset()
        held = self._steps.seen_by(request.view).read(request.sop_instance_uid)
        asked = [json_key(tag) for tag in request.command.attributes]
        answer = {key: held[key] for key in asked if key in held} if asked else held
        status = Status.SUCCESS
        if len(answer) < len(set(asked)):
            status = Status.OPTIONAL_ATTRIBUTES_NOT_SUPPORTED
        request.respond(status, identifier=answer)


def _read(request: Request) -> JsonDataset:
    return decode_dataset(request.read_identifier(_MOST), request.context.transfer_syntax)


def _tell(event: str, request: Request) -> None:
    log.info(event, calling_aet=request.peer.calling_aet, sop_instance_uid=request.sop_instance_uid)
