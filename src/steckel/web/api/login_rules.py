"""``/api/login-rules``, ``/api/login-attempts``: what a login takes, and who was held up."""

from typing import Annotated

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.errors import NotFound
from steckel.security.site import Security
from steckel.security.throttle import Held, Strikes
from steckel.web import access_shapes
from steckel.web.answers import Json, moment, no_content
from steckel.web.api.callers import Administrator

_log = structlog.get_logger(__name__)
_HOUR = 3600.0


class SecondFactorRoles(BaseModel):
    """The roles whose accounts need a second factor."""

    model_config = ConfigDict(extra="forbid")

    second_factor_roles: Annotated[list[str], Field(max_length=1000)]


class HeldUp(BaseModel):
    """An account or an address that is to be let in again."""

    model_config = ConfigDict(extra="forbid")

    held: Held
    name: Annotated[str, Field(max_length=256)]


class LoginRuleDoor:
    """Says what is asked at the login, and releases whom the throttle holds."""

    def __init__(self, security: Security) -> None:
        self._security = security

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["logins"])
        rules = access_shapes.LoginRules
        router.get("/login-rules", response_model=rules)(self.rules)
        router.put("/login-rules", response_model=rules)(self.change)
        router.get("/login-attempts", response_model=access_shapes.AttemptList)(self.attempts)
        router.post("/login-attempts/release", status_code=204)(self.release)
        return router

    def rules(self, _caller: Administrator) -> Response:
        """Return what is asked; what comes from the settings is changed there."""
        return Json(self._spell())

    def change(self, form: SecondFactorRoles, caller: Administrator) -> Response:
        """Ask a second factor of these roles, and of no other."""
        self._security.roles.require_second_factor(form.second_factor_roles)
        _log.info("login_rules_changed", roles=form.second_factor_roles, by=caller.name)
        return Json(self._spell())

    def attempts(self, _caller: Administrator) -> Response:
        """List wrong attempts of the last hour, of accounts that there are, and of addresses."""
        security = self._security
        known = {account.name for account in security.accounts.list()}
        counted = [
            *security.authenticator.throttle.counted(),
            *security.logins.code_throttle.counted(),
        ]
        # Names that no account has are not shown: people type their password into that field.
        shown = [one for one in counted if one.held is Held.ADDRESS or one.name in known]
        return Json({"items": [_spell(one) for one in shown]})

    def release(self, form: HeldUp, caller: Administrator) -> Response:
        """Forget the wrong attempts for an account or from an address."""
        security = self._security
        throttles = security.authenticator.throttle, security.logins.code_throttle
        released = [throttle.release(form.held, form.name) for throttle in throttles]
        if not any(released):
            raise NotFound("there are no wrong attempts of this name")
        _log.info("attempts_released", held=form.held.value, name=form.name, by=caller.name)
        return no_content()

    def _spell(self) -> access_shapes.LoginRules:
        rules = self._security.rules
        needing = [role.name for role in self._security.roles.list() if role.needs_second_factor]
        return {
            "shortest_password": rules.passwords.shortest,
            "password_history": rules.passwords.history,
            "password_days": rules.passwords.longest_days,
            "session_idle_hours": rules.sessions.idle / _HOUR,
            "session_hours": rules.sessions.absolute / _HOUR,
            "lock_minutes": rules.lock_minutes,
            "second_factor_roles": needing,
        }


def _spell(strikes: Strikes) -> access_shapes.Attempts:
    return {
        "held": strikes.held.value,
        "name": strikes.name,
        "attempts": strikes.attempts,
        "last": moment(strikes.last * 1000),
        "wait": round(strikes.wait),
    }
