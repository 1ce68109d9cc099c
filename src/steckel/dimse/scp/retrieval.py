"""What C-MOVE and C-GET have in common: sub-operations and their counts (PS3.4 C.4.2, C.4.3)."""

from collections.abc import Callable, Sequence

import structlog

from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dimse.scp.request import Request, SubOperations
from steckel.dimse.status import Status, comment_of
from steckel.errors import SteckelError
from steckel.retrieve.model import StoredInstance

log = structlog.get_logger(__name__)

#: Stores one instance somewhere and returns the status of its C-STORE response.
Deliver = Callable[[StoredInstance], int]

#: UI has a 16-bit length in Explicit VR: a thousand UIDs always fit.
_MOST_FAILED_UIDS = 1000
_FAILED_SOP_INSTANCE_UID_LIST = 0x00080058

#: Warnings are Bxxx and these (PS3.7 C.4.2 to C.4.4).
_WARNINGS = frozenset({0x0001, 0x0107, 0x0116})


class Retrieval:
    """One C-MOVE or C-GET under way."""

    def __init__(self, request: Request, instances: Sequence[StoredInstance]) -> None:
        self._request = request
        self._instances = instances
        self._completed = self._failed = self._warning = 0
        self._failed_uids: list[str] = []
        self._comment = ""

    def run(self, deliver: Deliver) -> None:
        """Deliver all instances, unless cancelled, and send every response."""
        for instance in self._instances:
            if self._request.cancelled():
                self._finish(Status.CANCEL, remaining=self._remaining)
                return
            self._count(instance, deliver)
            if self._remaining:
                self._request.respond(Status.PENDING, counts=self._counts(self._remaining))
        self._finish(self._final_status(), remaining=None)

    def _count(self, instance: StoredInstance, deliver: Deliver) -> None:
        subject = (instance.study_uid, instance.sop_class_uid)
        try:
            status = deliver(instance)
        except SteckelError as error:
            self._fail(instance, comment_of(error))
            return
        if status == Status.SUCCESS:
            self._completed += 1
            self._request.sent[subject] += 1
        elif status >> 12 == 0xB or status in _WARNINGS:
            self._warning += 1
            self._request.sent[subject] += 1
        else:
            self._fail(instance, f"the receiver answered {status:04X}H")

    def _fail(self, instance: StoredInstance, comment: str) -> None:
        self._failed += 1
        self._failed_uids.append(instance.sop_instance_uid)
        self._request.unsent[instance.study_uid, instance.sop_class_uid] += 1
        self._comment = self._comment or comment
        log.warning(
            "sub_operation_failed", sop_instance_uid=instance.sop_instance_uid, reason=comment
        )

    @property
    def _remaining(self) -> int:
        return len(self._instances) - self._completed - self._failed - self._warning

    def _counts(self, remaining: int | None) -> SubOperations:
        return SubOperations(
            remaining=remaining,
            completed=self._completed,
            failed=self._failed,
            warning=self._warning,
        )

    def _final_status(self) -> Status:
        if not self._failed and not self._warning:
            return Status.SUCCESS
        if self._completed or self._warning:
            return Status.SUBOPERATIONS_WITH_FAILURES
        return Status.UNABLE_TO_PERFORM_SUBOPERATIONS

    def _finish(self, status: Status, *, remaining: int | None) -> None:
        """Send the final response; the failed instances are listed (PS3.4 C.4.2.1.4.2)."""
        failed: JsonDataset | None = None
        if self._failed_uids:
            key = json_key(_FAILED_SOP_INSTANCE_UID_LIST)
            failed = {key: {"vr": "UI", "Value": list(self._failed_uids[:_MOST_FAILED_UIDS])}}
        self._request.respond(
            status, comment=self._comment, identifier=failed, counts=self._counts(remaining)
        )
