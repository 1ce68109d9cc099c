"""Errors as OperationOutcome: the one table (R4 3.1.0.4)."""

from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.responses import Response

from steckel import errors
from steckel.fhir.refusals import (
    InvalidResource,
    NotAsked,
    UnsupportedBody,
    UnsupportedFormat,
)

MEDIA_TYPE: Final = "application/fhir+json"

#: Status and code of OperationOutcome.issue; the nearest class of an error's ancestry decides.
OUTCOMES: Final[dict[type[errors.SteckelError], tuple[HTTPStatus, str]]] = {
    errors.InputError: (HTTPStatus.BAD_REQUEST, "invalid"),
    errors.TooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-long"),
    errors.NotFound: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.NotAllowed: (HTTPStatus.FORBIDDEN, "forbidden"),
    errors.OutOfSpace: (HTTPStatus.INSUFFICIENT_STORAGE, "no-store"),
    errors.StorageFailure: (HTTPStatus.SERVICE_UNAVAILABLE, "transient"),
    errors.SteckelError: (HTTPStatus.INTERNAL_SERVER_ERROR, "exception"),
    InvalidResource: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid"),
    NotAsked: (HTTPStatus.PRECONDITION_FAILED, "multiple-matches"),
    UnsupportedFormat: (HTTPStatus.NOT_ACCEPTABLE, "not-supported"),
    UnsupportedBody: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported"),
}


def outcome(code: str, text: str, severity: str = "error") -> dict[str, Any]:
    """Return an OperationOutcome."""
    issue = {"severity": severity, "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def refused(
    status: HTTPStatus, code: str, text: str, headers: dict[str, str] | None = None
) -> Response:
    """Return the answer to what is not done."""
    more = {"Cache-Control": "no-store"} | (headers or {})
    return Response(orjson.dumps(outcome(code, text)), status.value, more, media_type=MEDIA_TYPE)


def outcome_of(error: errors.SteckelError) -> Response:
    """Return the answer to an error."""
    status, code = next(OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES)
    return refused(status, code, str(error))
