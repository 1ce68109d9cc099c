"""The addresses of the FHIR door, and where a request ends.

Errors become an OperationOutcome here; HEAD is GET without the body.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from steckel.errors import NotAllowed, SteckelError, places_of
from steckel.fhir.addresses import Door
from steckel.fhir.audit_events import NAME as AUDIT_EVENT
from steckel.fhir.outcome import outcome_of, refused
from steckel.fhir.ports import FhirServices, principal_of
from steckel.fhir.vocabulary import BASE
from steckel.security.decisions import Action

Handler = Callable[[Request], Awaitable[Response]]

_log = structlog.get_logger(__name__)


class Address:
    """An ASGI application for one address: what each method does, and the right it needs."""

    def __init__(self, handlers: Mapping[str, tuple[Handler, Action]]) -> None:
        self._handlers = dict(handlers)
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]
        self.methods = tuple(self._handlers)
        self._allow = {"Allow": ", ".join(self._handlers)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response = await self._answer(request)
        if request.method == "HEAD":
            bare = Response(status_code=response.status_code)
            bare.raw_headers = list(response.raw_headers)
            response = bare
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        found = self._handlers.get(request.method)
        if found is None:
            text = f"{request.method} is not defined here"
            return refused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", text, self._allow)
        handler, action = found
        try:
            _check_right(request, action)
            return await handler(request)
        except SteckelError as error:
            return outcome_of(error)
        except ClientDisconnect:
            return refused(HTTPStatus.BAD_REQUEST, "incomplete", "the body was not sent to its end")
        except Exception as error:  # noqa: BLE001 (the request ends here, whatever went wrong)
            _log.error(
                "request_failed",
                type=request.path_params.get("type", ""),
                error=type(error).__name__,
                where=places_of(error),
            )
            text = "an internal error; see the log"
            return refused(HTTPStatus.INTERNAL_SERVER_ERROR, "exception", text)


def _check_right(request: Request, action: Action) -> None:
    principal = principal_of(request)
    if principal is None or not principal.may(action):
        raise NotAllowed(f"this account has no right to {action}")


def fhir_routes(services: FhirServices) -> list[BaseRoute]:
    """Return the routes, to be mounted at the root of the HTTP listener."""
    door = Door(services)
    read, search = (door.read, Action.READ), (door.search, Action.READ)
    event, events = (door.audit_event, Action.AUDIT), (door.audit_events, Action.AUDIT)
    found: Final = {
        f"{BASE}/{AUDIT_EVENT}/_search": {"POST": events, "GET": events},
        f"{BASE}/{AUDIT_EVENT}": {"GET": events},
        f"{BASE}/{AUDIT_EVENT}/{{id}}": {"GET": event},
        f"{BASE}/metadata": {"GET": (door.metadata, Action.READ)},
        f"{BASE}/{{type}}/_search": {"POST": search, "GET": search},
        f"{BASE}/{{type}}": {"GET": search, "POST": (door.create, Action.EXCHANGE)},
        f"{BASE}/{{type}}/{{id}}": {"GET": read},
    }
    return [Route(path, Address(handlers)) for path, handlers in found.items()]
