"""Where a request ends that nobody expected to fail.

The rule: where it failed goes to the log, a reference to the client; what the error
says goes nowhere, for it may have a patient's name in it.
"""

from http import HTTPStatus

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steckel.errors import places_of
from steckel.web.problems import new_reference, path_for_log, problem_document

_log = structlog.get_logger(__name__)


class LastResort:
    """Answers 500 where an error came through everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except ClientDisconnect:
            _log.info("client_gone", method=scope["method"], path=path_for_log(scope["path"]))
        except Exception as error:  # noqa: BLE001  a request ends here, whatever happened
            reference = new_reference()
            _log.error(
                "request_failed",
                reference=reference,
                method=scope["method"],
                path=path_for_log(scope["path"]),
                error=type(error).__name__,
                where=places_of(error),
            )
            # Without an end of the body the server closes the connection: a client
            # never takes half an answer for a whole one.
            if not started:
                await _failed(reference)(scope, receive, send)


def _failed(reference: str) -> ASGIApp:
    detail = "something went wrong here; the log has the details under this reference"
    return problem_document(HTTPStatus.INTERNAL_SERVER_ERROR, detail, reference)
