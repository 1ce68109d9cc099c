"""``/api/login``, ``/api/logout``, ``/api/session``: who sits in front of the screen."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.security.accounts import AccountChange
from steckel.security.passwords import LONGEST
from steckel.security.principal import Principal, Via
from steckel.security.sessions import ABSOLUTE
from steckel.security.site import Security
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Address, Caller, CallerIfAny
from steckel.web.credentials import COOKIE
from steckel.web.parts import Site

_Password = Annotated[str, Field(max_length=LONGEST)]


class Login(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=256)]
    password: _Password


class NewPassword(BaseModel):
    """The password of now and the next one."""

    model_config = ConfigDict(extra="forbid")

    old: _Password
    new: _Password


class Preferences(BaseModel):
    """What the workstation remembers; it may keep more than is named here."""

    model_config = ConfigDict(extra="allow")

    language: Literal["en", "fr"] | None = None
    theme: Literal["dark", "light"] | None = None


class SessionDoor:
    """Logs in and out, and says who is logged in."""

    def __init__(self, security: Security, site: Site) -> None:
        self._security = security
        self._site = site

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["session"])
        router.post("/login", response_model=shapes.Session)(self.log_in)
        router.post("/logout", status_code=204)(self.log_out)
        router.get("/session", response_model=shapes.Session)(self.session)
        router.patch("/session/preferences", response_model=dict[str, Any])(self.prefer)
        router.post("/session/password", status_code=204)(self.change_password)
        return router

    def log_in(self, login: Login, request: Request, address: Address) -> Response:
        """Begin a session; its identifier comes as a cookie."""
        authenticator = self._security.authenticator
        identifier = authenticator.log_in(login.name, login.password, address)
        account = self._security.accounts.get(login.name)
        principal = authenticator.principal_of(account, Via.SESSION)
        response = Json(self._spell(principal))
        response.set_cookie(
            COOKIE,
            identifier,
            max_age=int(ABSOLUTE),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def log_out(self, caller: CallerIfAny) -> Response:
        """End the session, if it has not ended already."""
        if caller is not None and caller.session is not None:
            self._security.sessions.end(caller.session)
        response = no_content()
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    def session(self, caller: Caller) -> Response:
        """Say who is logged in."""
        return Json(self._spell(caller))

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

    def _spell(self, principal: Principal) -> shapes.Session:
        return {
            "user": {
                "name": principal.name,
                "display_name": principal.display_name,
                "role": principal.role,
                "actions": sorted(principal.actions),
            },
            "preferences": self._security.accounts.preferences(principal.name),
            "site": {
                "aet": self._site.aet,
                "name": self._site.name,
                "dicom": {"host": self._site.dicom_host, "port": self._site.dicom_port},
            },
        }


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
