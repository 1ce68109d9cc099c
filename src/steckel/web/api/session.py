"""``/api/logout``, ``/api/session``: who sits in front of the screen, and whether it is locked."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.errors import NotAllowed
from steckel.security.accounts import AccountChange
from steckel.security.logins import KeyAnswer
from steckel.security.password_policy import LONGEST
from steckel.security.site import Security
from steckel.web import shapes
from steckel.web.access_shapes import KeyQuestion
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Address, Caller, CallerIfAny
from steckel.web.api.logins import SignedByKey, Where, relying_party, spell_question
from steckel.web.credentials import COOKIE
from steckel.web.parts import Site
from steckel.web.session_spelling import SessionSpelling

_Password = Annotated[str, Field(max_length=LONGEST)]


class NewPassword(BaseModel):
    """The password of now and the next one."""

    model_config = ConfigDict(extra="forbid")

    old: _Password
    new: _Password


class Unlocking(BaseModel):
    """The password of whose screen is locked."""

    model_config = ConfigDict(extra="forbid")

    password: _Password


class Preferences(BaseModel):
    """What the workstation remembers; it may keep more than is named here."""

    model_config = ConfigDict(extra="allow")

    language: Literal["en", "fr"] | None = None
    theme: Literal["dark", "light"] | None = None
    lock_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None


class SessionDoor:
    """Says who is logged in, locks and opens the screen, and logs out."""

    def __init__(self, security: Security, site: Site) -> None:
        self._security = security
        self._site = site
        self._spelling = SessionSpelling(security, site)

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["session"])
        router.post("/logout", status_code=204)(self.log_out)
        router.get("/session", response_model=shapes.Session)(self.session)
        router.patch("/session/preferences", response_model=dict[str, Any])(self.prefer)
        router.post("/session/password", status_code=204)(self.change_password)
        router.post("/session/lock", status_code=204)(self.lock)
        router.post("/session/unlock", status_code=204)(self.unlock)
        asks = router.post("/session/unlock/passkey/options", response_model=KeyQuestion)
        asks(self.unlock_passkey_options)
        router.post("/session/unlock/passkey", status_code=204)(self.unlock_passkey)
        return router

    def log_out(self, caller: CallerIfAny) -> Response:
        """End the session, if it has not ended already."""
        if caller is not None and caller.session is not None:
            self._security.sessions.end(caller.session)
        response = no_content()
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    def session(self, caller: Caller) -> Response:
        """Say who is logged in."""
        return Json(self._spelling.session(caller))

    def prefer(self, change: Preferences, caller: Caller) -> Response:
        """Change preferences by a merge patch (RFC 7396)."""
        accounts = self._security.accounts
        patch = change.model_dump(exclude_unset=True)
        merged = merge(accounts.preferences(caller.name), patch)
        accounts.keep_preferences(caller.name, merged)
        return Json(merged)

    def change_password(self, change: NewPassword, caller: Caller, address: Address) -> Response:
        """Change the own password; all other sessions end."""
        security = self._security
        security.authenticator.require_password(caller.name, change.old, address)
        security.accounts.change(caller.name, AccountChange(password=change.new))
        security.sessions.end_all(caller.name, but=caller.session)
        return no_content()

    def lock(self, caller: Caller) -> Response:
        """Lock the session: it reads nothing until it is opened again."""
        if caller.session is None:
            raise NotAllowed("only a session can be locked")
        self._security.sessions.lock(caller.session)
        return no_content()

    def unlock(self, form: Unlocking, caller: Caller, place: Where) -> Response:
        """Open a locked session by the password."""
        self._security.logins.unlock_with_password(caller, form.password, place)
        return no_content()

    def unlock_passkey_options(self, request: Request, caller: Caller) -> Response:
        """Return what the browser asks an authenticator to open a locked session."""
        site = relying_party(request, self._site)
        return Json(spell_question(self._security.logins.ask_to_unlock(caller, site)))

    def unlock_passkey(
        self, signed: SignedByKey, request: Request, caller: Caller, place: Where
    ) -> Response:
        """Open a locked session by a passkey."""
        site = relying_party(request, self._site)
        answer = KeyAnswer(ticket=signed.ticket, credential=signed.credential, site=site)
        self._security.logins.unlock_with_passkey(caller, answer, place)
        return no_content()


def merge(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return a document changed by a merge patch (RFC 7396 2)."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            before = merged.get(name)
            merged[name] = merge(before if isinstance(before, dict) else {}, value)
        else:
            merged[name] = value
    return merged
