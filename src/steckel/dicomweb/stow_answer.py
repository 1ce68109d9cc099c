"""The answer to STOW-RS: what was stored, what was not, and why (PS3.18 10.5.3, I.2)."""

from collections.abc import Sequence
from http import HTTPStatus

from steckel import errors
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.dicom.tags import RETRIEVE_URL, SPECIFIC_CHARACTER_SET
from steckel.dicomweb.addresses import resource_path
from steckel.dicomweb.intake import Answer
from steckel.dicomweb.problems import status_of
from steckel.dicomweb.refusals import UnsupportedBody
from steckel.ingest.model import Outcome, Receipt, Refusal

REFERENCED_SOP_CLASS_UID = 0x00081150
REFERENCED_SOP_INSTANCE_UID = 0x00081155
WARNING_REASON = 0x00081196
FAILURE_REASON = 0x00081197
FAILED_SOP_SEQUENCE = 0x00081198
REFERENCED_SOP_SEQUENCE = 0x00081199
#: Not asked for by PS3.18, but a reason in words is what a person can act on.
ERROR_COMMENT = 0x00000902

#: Failure Reason (PS3.18 I.2.2, PS3.7 C); the nearest class of the ancestry decides.
FAILURE_REASONS: dict[type[errors.SteckelError], int] = {
    errors.SteckelError: 0x0110,  # processing failure
    errors.InputError: 0xC000,  # cannot understand
    errors.UnsupportedTransferSyntax: 0xC122,  # referenced transfer syntax not supported
    errors.IdentityMismatch: 0xA900,  # data set does not match what was announced
    errors.PatientMismatch: 0xA900,
    errors.RefusedByPolicy: 0x0124,  # not authorized
    errors.TooLarge: 0xA700,  # out of resources
    errors.OutOfSpace: 0xA700,
}
#: Stored, but not as sent or with something wrong in it (PS3.18 I.2.1).
COERCION = 0xB000
DATA_SET_DOES_NOT_MATCH = 0xB007

#: Where everything failed for one of these, the status says so at once.
_OWN_STATUS = (errors.OutOfSpace, errors.StorageFailure, errors.TooLarge, UnsupportedBody)


def http_status(answers: Sequence[Answer]) -> HTTPStatus:
    """Return the status of the whole (PS3.18 table 10.5.3-1)."""
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    if len(refusals) < len(answers):
        warned = any(_warning(a) for a in answers if isinstance(a, Receipt))
        return HTTPStatus.ACCEPTED if refusals or warned else HTTPStatus.OK
    if any(isinstance(refusal.error, _OWN_STATUS) for refusal in refusals):
        statuses = {status_of(refusal.error) for refusal in refusals}
        if len(statuses) == 1:
            return statuses.pop()
    return HTTPStatus.CONFLICT


def store_response(answers: Sequence[Answer], service: str) -> JsonDataset:
    """Build the Store Instances Response (PS3.18 I.2)."""
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    response: JsonDataset = {
        json_key(SPECIFIC_CHARACTER_SET): {"vr": "CS", "Value": ["ISO_IR 192"]}
    }
    studies = {receipt.study_uid for receipt in receipts}
    if len(studies) == 1:
        response[json_key(RETRIEVE_URL)] = _url(service + resource_path(studies.pop()))
    if refusals:
        items = [_failed(refusal) for refusal in refusals]
        response[json_key(FAILED_SOP_SEQUENCE)] = {"vr": "SQ", "Value": items}
    items = [_referenced(receipt, service) for receipt in receipts]
    referenced: JsonElement = {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
    response[json_key(REFERENCED_SOP_SEQUENCE)] = referenced
    return response


def _referenced(receipt: Receipt, service: str) -> JsonDataset:
    path = resource_path(receipt.study_uid, receipt.series_uid, receipt.sop_instance_uid)
    item: JsonDataset = {
        json_key(REFERENCED_SOP_CLASS_UID): _uid(receipt.sop_class_uid),
        json_key(REFERENCED_SOP_INSTANCE_UID): _uid(receipt.sop_instance_uid),
        json_key(RETRIEVE_URL): _url(service + path),
    }
    if reason := _warning(receipt):
        item[json_key(WARNING_REASON)] = {"vr": "US", "Value": [reason]}
        item[json_key(ERROR_COMMENT)] = _comment("; ".join(receipt.warnings))
    return item


def _warning(receipt: Receipt) -> int:
    if receipt.outcome is Outcome.CONFLICT:
        return COERCION
    return DATA_SET_DOES_NOT_MATCH if receipt.warnings else 0


def _failed(refusal: Refusal) -> JsonDataset:
    ancestry = type(refusal.error).__mro__
    reason = next(FAILURE_REASONS[kind] for kind in ancestry if kind in FAILURE_REASONS)
    item: JsonDataset = {json_key(FAILURE_REASON): {"vr": "US", "Value": [reason]}}
    if refusal.sop_class_uid:
        item[json_key(REFERENCED_SOP_CLASS_UID)] = _uid(refusal.sop_class_uid)
    if refusal.sop_instance_uid:
        item[json_key(REFERENCED_SOP_INSTANCE_UID)] = _uid(refusal.sop_instance_uid)
    item[json_key(ERROR_COMMENT)] = _comment(str(refusal.error))
    return item


def _comment(text: str) -> JsonElement:
    # LO ends at 64 characters and knows no backslash (PS3.5 6.2).
    short = text.replace("\\", "/")[:64].strip()
    return {"vr": "LO", "Value": [short]} if short else {"vr": "LO"}


def _uid(uid: str) -> JsonElement:
    return {"vr": "UI", "Value": [uid]}


def _url(url: str) -> JsonElement:
    return {"vr": "UR", "Value": [url]}
