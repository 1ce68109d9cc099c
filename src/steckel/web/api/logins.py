"""``/api/login``: coming in, in one step or two."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.responses import Response

from steckel.security.authentication import Cookie
from steckel.security.logins import KeyAnswer, KeyQuestion, LoggedIn
from steckel.security.passkeys import RelyingParty
from steckel.security.password_policy import LONGEST
from steckel.security.principal import Via
from steckel.security.refusals import NotAuthenticated
from steckel.security.secret import digest
from steckel.security.sessions import Place
from steckel.security.site import Security
from steckel.web import access_shapes, shapes
from steckel.web.answers import Json
from steckel.web.api.callers import Address
from steckel.web.credentials import COOKIE, credentials_of
from steckel.web.parts import Site
from steckel.web.session_spelling import SessionSpelling

_Ticket = Annotated[str, Field(max_length=128)]


class Login(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=256)]
    password: Annotated[str, Field(max_length=LONGEST)]


class LoginCode(BaseModel):
    """The code of an application, or a recovery code."""

    model_config = ConfigDict(extra="forbid")

    ticket: _Ticket
    code: Annotated[str, Field(max_length=64)]


class KeyRequest(BaseModel):
    """For a passkey after a password, the ticket that it gave; for a passkey alone, nothing."""

    model_config = ConfigDict(extra="forbid")

    ticket: _Ticket | None = None


class SignedByKey(BaseModel):
    """What a browser answered (`PublicKeyCredential.toJSON`)."""

    model_config = ConfigDict(extra="forbid")

    ticket: _Ticket
    credential: dict[str, Any]
    is_second: bool = False  #: a password came before


async def _place(request: Request, address: Address) -> Place:
    return Place(address=address, agent=request.headers.get("user-agent", ""))


Where = Annotated[Place, Depends(_place)]


def relying_party(request: Request, site: Site) -> RelyingParty:
    """Return for whom passkeys are: the site under the name by which a page was opened.

    A browser lets a page use the keys of its own host only, whatever we would name.
    """
    url = request.url
    origin = f"{url.scheme}://{url.netloc}"
    return RelyingParty(id=url.hostname or "", name=site.name, origin=origin)


def spell_question(question: KeyQuestion) -> access_shapes.KeyQuestion:
    """Spell what a browser asks an authenticator."""
    return {"ticket": question.ticket, "options": question.options}


class LoginDoor:
    """Logs in."""

    def __init__(self, security: Security, site: Site) -> None:
        self._security = security
        self._site = site
        self._spelling = SessionSpelling(security, site)

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/login", tags=["session"])
        router.post(
            "",
            response_model=shapes.Session,
            responses={202: {"model": access_shapes.SecondStep}},
        )(self.log_in)
        router.post("/code", response_model=shapes.Session)(self.code)
        asks = router.post("/passkey/options", response_model=access_shapes.KeyQuestion)
        asks(self.login_passkey_options)
        router.post("/passkey", response_model=shapes.Session)(self.login_passkey)
        return router

    def log_in(self, login: Login, request: Request, place: Where) -> Response:
        """Begin a session; its identifier comes as a cookie. 202: a second factor is asked for."""
        entered = self._security.logins.with_password(login.name, login.password, place)
        if isinstance(entered, LoggedIn):
            return self._begin(entered, request)
        answer: access_shapes.SecondStep = {
            "ticket": entered.ticket,
            "needs": list(entered.methods),
        }
        return Json(answer, status_code=202)

    def code(self, login: LoginCode, request: Request, place: Where) -> Response:
        """Begin a session by a code, after the password."""
        return self._begin(
            self._security.logins.with_code(login.ticket, login.code, place), request
        )

    def login_passkey_options(self, wanted: KeyRequest, request: Request) -> Response:
        """Return what the browser asks an authenticator."""
        site = relying_party(request, self._site)
        logins = self._security.logins
        if wanted.ticket is None:
            return Json(spell_question(logins.ask_anybody(site)))
        return Json(spell_question(logins.ask_second(wanted.ticket, site)))

    def login_passkey(self, signed: SignedByKey, request: Request, place: Where) -> Response:
        """Begin a session by a passkey, alone or after the password."""
        site = relying_party(request, self._site)
        answer = KeyAnswer(ticket=signed.ticket, credential=signed.credential, site=site)
        logins = self._security.logins
        enter = logins.with_second_passkey if signed.is_second else logins.with_passkey
        return self._begin(enter(answer, place), request)

    def _begin(self, entered: LoggedIn, request: Request) -> Response:
        self._end_former(request.headers)
        principal = self._security.authenticator.principal_of(entered.account, Via.SESSION)
        response = Json(self._spelling.session(principal))
        response.set_cookie(
            COOKIE,
            entered.session,
            max_age=int(self._security.rules.sessions.absolute),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _end_former(self, headers: Headers) -> None:
        """End the session whose cookie is replaced: nobody has it any more."""
        try:
            former = credentials_of(headers)
        except NotAuthenticated:
            return
        if isinstance(former, Cookie):
            self._security.sessions.end(digest(former.session))
