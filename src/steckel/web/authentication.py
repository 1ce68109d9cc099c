"""Nobody comes in without saying who it is.

Stands in front of all routes. Puts the principal into the state of the request;
answers 401 itself, or leads a person to the login page.

Its rule: the first segment of a path decides whether it is guarded, by the same
`first_segment` that decides who answers it, so that no spelling of a path slips
through.
"""

from http import HTTPStatus
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from steckel.errors import NotAllowed
from steckel.security.authentication import Authenticator
from steckel.security.principal import Principal
from steckel.security.recent import RecentPrincipals
from steckel.security.refusals import Barred, NotAuthenticated, Throttled
from steckel.web.barring import barring
from steckel.web.credentials import (
    credentials_of,
    is_navigation,
    is_same_origin,
    is_script_of_page,
)
from steckel.web.problems import problem, problem_of

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_OPEN_PATHS = {"/healthz", "/readyz"}
_LOGINS = {
    ("POST", "/api/login"),
    ("POST", "/api/login/code"),
    ("POST", "/api/login/passkey"),
    ("POST", "/api/login/passkey/options"),
}
#: Whose session has ended already is logged out, as was asked.
_LOGOUT = ("POST", "/api/logout")
_CHALLENGE = 'Basic realm="Steckel", Bearer'
_QUIET_CHALLENGE = "Bearer"

#: Threads of its own: a login has not to wait until an upload is stored.
_AT_ONCE = 8


def first_segment(path: str) -> str:
    """Return what stands between the first two slashes."""
    return path.lstrip("/").partition("/")[0] if path.startswith("/") else ""


class Authentication:
    """Lets requests through that may pass."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator, guarded: frozenset[str]) -> None:
        self._app = app
        self._authenticator = authenticator
        self._guarded = guarded
        self._threads = anyio.CapacityLimiter(_AT_ONCE)
        self._recent = RecentPrincipals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        try:
            await (refusal or self._app)(scope, receive, send)
        finally:
            if scope["method"] not in _SAFE_METHODS:
                self._recent.clear()  # it may have changed an account, a session or a token

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            # Nothing of ours is named so, and PostgreSQL takes no such text.
            return problem(scope, HTTPStatus.BAD_REQUEST, "the address holds a null character")
        changes = scope["method"] not in _SAFE_METHODS
        by_browser = "authorization" not in headers
        if changes and by_browser and not is_same_origin(headers):
            return problem_of(scope, NotAllowed("this request came from a page of another site"))
        if self._is_open(scope):
            return None
        try:
            principal = await self._principal(scope, headers)
        except Throttled as error:
            return problem_of(scope, error)
        except NotAuthenticated as error:
            if (scope["method"], scope["path"]) == _LOGOUT:
                return None
            return _ask(scope, headers, str(error))
        scope.setdefault("state", {})["principal"] = principal
        barred = barring(principal, scope["method"], scope["path"])
        return None if barred is None else _bar(scope, headers, barred)

    def _is_open(self, scope: Scope) -> bool:
        path = scope["path"]
        if path in _OPEN_PATHS or (scope["method"], path) in _LOGINS:
            return True
        return first_segment(path) not in self._guarded

    async def _principal(self, scope: Scope, headers: Headers) -> Principal:
        credentials = credentials_of(headers)
        if credentials is None:
            raise NotAuthenticated("log in first")
        recent = self._recent.get(credentials)
        if recent is not None:
            return recent
        principal = await anyio.to_thread.run_sync(
            self._authenticator.authenticate, credentials, address_of(scope), limiter=self._threads
        )
        self._recent.keep(credentials, principal)
        return principal


def address_of(scope: Scope) -> str:
    """Return the address of the client."""
    client = scope.get("client")
    return client[0] if client else ""


def _bar(scope: Scope, headers: Headers, barred: Barred) -> Response:
    return _to_login(scope, headers) or problem_of(scope, barred)


def _to_login(scope: Scope, headers: Headers) -> Response | None:
    """Lead a person to the login page; nothing for a program."""
    if scope["method"] == "GET" and "authorization" not in headers and is_navigation(headers):
        query = scope["query_string"].decode("latin-1")
        target = "/" + scope["path"].lstrip("/") + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='')}", HTTPStatus.SEE_OTHER)
    return None


def _ask(scope: Scope, headers: Headers, detail: str) -> Response:
    login = _to_login(scope, headers)
    if login is not None:
        return login
    challenge = _QUIET_CHALLENGE if is_script_of_page(headers) else _CHALLENGE
    return problem(scope, HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
