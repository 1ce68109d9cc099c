"""Errors as HTTP answers: the one table, and problem details (RFC 9457).

The rule: whoever asks sees a status, a title, a message written for people and a
reference; what really happened is in the log under that reference.
"""

import re
import secrets
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from steckel import errors
from steckel.security import refusals

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
    refusals.AlreadyExists: HTTPStatus.CONFLICT,
    refusals.InvalidValue: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    refusals.Barred: HTTPStatus.LOCKED,
    refusals.Throttled: HTTPStatus.TOO_MANY_REQUESTS,
}

#: What a part of an address may be in a log: nothing, a word of ours, a UID or a small number.
_KNOWN = re.compile(r"|[a-z][a-z_.-]{0,24}|[0-9]+(?:\.[0-9]+)+|[0-9]{1,3}")

_log = structlog.get_logger(__name__)


def status_of(error: errors.SteckelError) -> HTTPStatus:
    """Return the status that answers an error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def path_for_log(path: str) -> str:
    """Return an address as it may be logged: words and UIDs, no identifiers that it holds."""
    return "/".join(part if _KNOWN.fullmatch(part) else "…" for part in path.split("/"))


def problem(
    scope: Scope, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem document, and log that it was given."""
    reference = new_reference()
    _log.info(
        "request_refused",
        reference=reference,
        status=status.value,
        method=scope["method"],
        path=path_for_log(scope["path"]),
        reason=detail,
    )
    return problem_document(status, detail, reference, headers)


def problem_document(
    status: HTTPStatus, detail: str, reference: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem document."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "reference": reference,
    }
    return Response(orjson.dumps(body), status.value, headers, media_type=MEDIA_TYPE)


def problem_of(scope: Scope, error: errors.SteckelError) -> Response:
    """Return the answer to an error."""
    headers = {}
    if isinstance(error, refusals.Throttled):
        # RFC 9110 10.2.3: whole seconds.
        headers["Retry-After"] = str(max(1, round(error.retry_after + 0.5)))
    return problem(scope, status_of(error), str(error), headers)


def new_reference() -> str:
    """Return a short identifier that a person can read out over the telephone."""
    return secrets.token_hex(4)


async def answer_steckel_error(request: Request, error: Exception) -> Response:
    """Handle an error of our tree."""
    assert isinstance(error, errors.SteckelError)
    return problem_of(request.scope, error)


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Handle what the framework refuses: unknown path, method not allowed, bad JSON."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status.value < HTTPStatus.BAD_REQUEST:
        return Response(status_code=status, headers=error.headers)
    return problem(request.scope, status, status.description or status.phrase, error.headers)


async def answer_invalid_request(request: Request, error: Exception) -> Response:
    """Handle parameters and bodies of the wrong shape; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    complaints = (
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()
    )
    return problem(request.scope, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(complaints))


async def pass_on(_request: Request, error: Exception) -> Response:
    """Leave an unexpected error to `last_resort`, outside of the framework."""
    raise error


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    errors.SteckelError: answer_steckel_error,
    HTTPException: answer_http_exception,
    RequestValidationError: answer_invalid_request,
    Exception: pass_on,
}
