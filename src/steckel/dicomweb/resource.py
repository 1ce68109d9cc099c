"""One address: its methods, and what every answer has in common.

The place where a request ends: errors become problem documents here, HEAD is
GET without the body, and OPTIONS says what there is. An error in the middle
of a streamed answer cuts the connection, so that nobody takes half a study
for a whole one.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from steckel.dicomweb.ports import require
from steckel.dicomweb.problems import problem, problem_of
from steckel.errors import SteckelError, places_of
from steckel.security.decisions import Action

Handler = Callable[[Request], Awaitable[Response]]

_NEEDS = {
    "GET": Action.READ,
    "HEAD": Action.READ,
    "OPTIONS": Action.READ,
    "POST": Action.STORE,
    "DELETE": Action.DELETE,
}
_LOOKING = ("GET", "HEAD")

_log = structlog.get_logger(__name__)


class Resource:
    """An ASGI application for one address."""

    def __init__(
        self,
        *,
        get: Handler | None = None,
        post: Handler | None = None,
        delete: Handler | None = None,
        options: Handler | None = None,
        forms: tuple[str, ...] = (),
        exports: bool = False,
    ) -> None:
        given = {"GET": get, "HEAD": get, "POST": post, "DELETE": delete}
        self._handlers = {name: handler for name, handler in given.items() if handler}
        self.methods = tuple(self._handlers)  #: what can be done, besides asking so
        self._handlers["OPTIONS"] = options or _say_no_more
        self._allow = {"Allow": ", ".join(self._handlers)}
        self._forms = forms  #: media types that GET answers with
        self._exports = exports  #: whether GET takes whole objects away

    def answers(self, method: str) -> tuple[str, ...]:
        """Return the media types of what a method shows."""
        return self._forms if method == "GET" else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response = await self._answer(request)
        if request.method == "HEAD":
            response = await _without_body(response)
        if request.method == "OPTIONS":
            response.headers.update(self._allow)
        try:
            await response(scope, receive, send)
        except SteckelError as error:
            # The status has left already; an answer that is not completed
            # makes the server close the connection.
            _log.error("answer_cut_short", path=scope["path"], reason=str(error))
        except ClientDisconnect:
            _log.info("client_left", path=scope["path"])

    def _require_rights(self, request: Request) -> None:
        """Let through who may do what the method does."""
        require(request, _NEEDS[request.method])
        if self._exports and request.method in _LOOKING:
            require(request, Action.EXPORT)

    async def _answer(self, request: Request) -> Response:
        handler = self._handlers.get(request.method)
        if handler is None:
            detail = f"{request.method} is not defined here"
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers=self._allow)
        try:
            self._require_rights(request)
            return await handler(request)
        except SteckelError as error:
            return problem_of(error)
        except ClientDisconnect:
            return problem(HTTPStatus.BAD_REQUEST, "the body was not sent to its end")
        except Exception as error:  # noqa: BLE001 (the request ends here, whatever went wrong)
            _log.error(
                "request_failed",
                path=request.url.path,
                error=type(error).__name__,
                where=places_of(error),
            )
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an internal error; see the log")


async def _say_no_more(_request: Request) -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _without_body(response: Response) -> Response:
    """Keep status and headers; let go of a stream that was not started."""
    bare = Response(status_code=response.status_code)
    bare.raw_headers = list(response.raw_headers)
    if isinstance(response, StreamingResponse):
        close = getattr(response.body_iterator, "aclose", None)
        if close is not None:
            await close()
    return bare
