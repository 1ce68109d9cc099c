"""``/api/session/factors``: one's own second factors.

The rule: to add or remove one, the password is shown again, so that nobody does it at a screen
that was left open.
"""

import io
from typing import Annotated, Any

import segno
import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.security import totp
from steckel.security.login_steps import StepKind
from steckel.security.logins import KeyQuestion
from steckel.security.passkeys import Passkey
from steckel.security.password_policy import LONGEST
from steckel.security.principal import Principal
from steckel.security.refusals import NotAuthenticated
from steckel.security.site import Security
from steckel.web import access_shapes
from steckel.web.answers import Json, moment, moment_or_none, no_content
from steckel.web.api.callers import Address, Caller
from steckel.web.api.logins import relying_party, spell_question
from steckel.web.parts import Site

_log = structlog.get_logger(__name__)


class Confirmed(BaseModel):
    """The password, again."""

    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, Field(max_length=LONGEST)]


class TotpCode(BaseModel):
    """A code that the application shows."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=64)]


class NewPasskey(BaseModel):
    """What a browser answered (`PublicKeyCredential.toJSON`), and what the key is called."""

    model_config = ConfigDict(extra="forbid")

    ticket: Annotated[str, Field(max_length=128)]
    name: str
    credential: dict[str, Any]


class FactorDoor:
    """Lists, adds and removes one's own second factors."""

    def __init__(self, security: Security, site: Site) -> None:
        self._security = security
        self._site = site

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/session/factors", tags=["factors"])
        codes = access_shapes.RecoveryCodes
        router.get("", response_model=access_shapes.Factors)(self.all)
        router.post("/totp", response_model=access_shapes.TotpSecret)(self.begin_totp)
        router.post("/totp/confirm", response_model=codes)(self.confirm_totp)
        router.post("/totp/remove", status_code=204)(self.remove_totp)
        asks = router.post("/passkeys/options", response_model=access_shapes.KeyQuestion)
        asks(self.begin_passkey)
        router.post("/passkeys", response_model=codes, status_code=201)(self.add_passkey)
        router.post("/passkeys/{passkey_id}/remove", status_code=204)(self.remove_passkey)
        router.post("/recovery", response_model=codes)(self.renew_recovery_codes)
        return router

    def all(self, caller: Caller) -> Response:
        """Return what the account has beside its password."""
        security = self._security
        state = security.factors.state(caller.name)
        answer: access_shapes.Factors = {
            "totp_since": moment_or_none(state.totp_since),
            "passkeys": [_spell(one) for one in security.passkeys.of_account(caller.name)],
            "recovery_codes": state.recovery_codes,
            "required": security.roles.find(caller.role).needs_second_factor,
        }
        return Json(answer)

    def begin_totp(self, form: Confirmed, caller: Caller, address: Address) -> Response:
        """Return a secret for an authenticator application, which then shows codes."""
        self._confirm(form, caller, address)
        secret = self._security.factors.begin_totp(caller.name)
        uri = totp.address_of(secret, account=caller.name, site=self._site.name)
        answer: access_shapes.TotpSecret = {
            "secret": secret,
            "address": uri,
            "picture": picture_of(uri),
        }
        return Json(answer)

    def confirm_totp(self, form: TotpCode, caller: Caller) -> Response:
        """Let the application count, because it shows the right code."""
        codes = self._security.factors.confirm_totp(caller.name, form.code)
        _log.info("factor_added", account=caller.name, kind="totp")
        return Json({"recovery_codes": codes})

    def remove_totp(self, form: Confirmed, caller: Caller, address: Address) -> Response:
        """Remove the application."""
        self._confirm(form, caller, address)
        self._security.factors.remove_totp(caller.name)
        _log.info("factor_removed", account=caller.name, kind="totp")
        return no_content()

    def begin_passkey(
        self, form: Confirmed, request: Request, caller: Caller, address: Address
    ) -> Response:
        """Return what makes the browser make a passkey."""
        self._confirm(form, caller, address)
        security = self._security
        site = relying_party(request, self._site)
        asked = security.passkeys.ask_for_new(security.accounts.get(caller.name), site)
        ticket = security.steps.begin(StepKind.ENROL, caller.name, asked.challenge)
        return Json(spell_question(KeyQuestion(ticket=ticket, options=asked.options)))

    def add_passkey(self, form: NewPasskey, request: Request, caller: Caller) -> Response:
        """Keep a passkey that the browser made."""
        security = self._security
        step = security.steps.find(StepKind.ENROL, form.ticket)
        if step.account != caller.name:
            raise NotAuthenticated("this took too long: begin again")
        security.steps.take(form.ticket)
        asked = step.challenge, relying_party(request, self._site)
        codes = security.passkeys.add(caller.name, form.name, form.credential, asked)
        _log.info("factor_added", account=caller.name, kind="passkey")
        return Json({"recovery_codes": codes}, status_code=201)

    def remove_passkey(
        self, passkey_id: str, form: Confirmed, caller: Caller, address: Address
    ) -> Response:
        """Remove a passkey."""
        self._confirm(form, caller, address)
        self._security.passkeys.remove(caller.name, passkey_id)
        _log.info("factor_removed", account=caller.name, kind="passkey")
        return no_content()

    def renew_recovery_codes(self, form: Confirmed, caller: Caller, address: Address) -> Response:
        """Return new recovery codes; those from before are worth nothing."""
        self._confirm(form, caller, address)
        return Json({"recovery_codes": self._security.factors.renew_recovery_codes(caller.name)})

    def _confirm(self, form: Confirmed, caller: Principal, address: str) -> None:
        self._security.authenticator.require_password(caller.name, form.password, address)


def picture_of(text: str) -> str:
    """Return a text as a QR code (ISO/IEC 18004): black on white, whatever the page is."""
    picture = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    colours = {"dark": "#000", "light": "#fff"}
    code.save(picture, kind="svg", border=4, omitsize=True, xmldecl=False, nl=False, **colours)
    return picture.getvalue().decode()


def _spell(passkey: Passkey) -> access_shapes.Passkey:
    return {
        "id": passkey.id,
        "name": passkey.name,
        "created": moment(passkey.created * 1000),
        "last_used": moment_or_none(passkey.last_used),
    }
