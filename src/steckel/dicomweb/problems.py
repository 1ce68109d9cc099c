"""Errors as HTTP answers: the one table, and problem details (RFC 9457).

The rule: what a client sees is a status, a title and the message of a
`SteckelError`, which is written for people and carries no patient data.
"""

from http import HTTPStatus

import orjson
from starlette.responses import Response

from steckel import errors
from steckel.dicomweb.ranges import UnsatisfiableRange
from steckel.dicomweb.refusals import NotAcceptable, UnsupportedBody

MEDIA_TYPE = "application/problem+json"

#: The nearest class of an error's ancestry decides.
STATUSES: dict[type[errors.SteckelError], HTTPStatus] = {
    errors.InputError: HTTPStatus.BAD_REQUEST,
    errors.UnsupportedTransferSyntax: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.IdentityMismatch: HTTPStatus.CONFLICT,
    errors.PatientMismatch: HTTPStatus.CONFLICT,
    errors.RefusedByPolicy: HTTPStatus.FORBIDDEN,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.CannotRender: HTTPStatus.NOT_ACCEPTABLE,
    errors.OutOfSpace: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.StorageFailure: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SteckelError: HTTPStatus.INTERNAL_SERVER_ERROR,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnsatisfiableRange: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
}


def status_of(error: errors.SteckelError) -> HTTPStatus:
    """Return the status that answers an error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(
    status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None, **more: object
) -> Response:
    """Return a problem document."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return Response(
        orjson.dumps(body | {"detail": detail} | more),
        status_code=status.value,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def problem_of(error: errors.SteckelError) -> Response:
    """Return the answer to an error."""
    if isinstance(error, NotAcceptable):
        return problem(status_of(error), str(error), available=error.available)
    if isinstance(error, UnsatisfiableRange):
        headers = {"Content-Range": f"bytes */{error.length}"}
        return problem(status_of(error), str(error), headers=headers)
    return problem(status_of(error), str(error))
