"""``/api/users``: accounts."""

from typing import Annotated

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.security.accounts import AccountChange, Kind
from steckel.security.refusals import InvalidValue
from steckel.security.roles import USER
from steckel.security.site import Security
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Administrator
from steckel.web.spelling import spell_account

_log = structlog.get_logger(__name__)

_Name = Annotated[str, Field(max_length=256)]
_Names = Annotated[tuple[_Name, ...], Field(max_length=100)]


class NewAccount(BaseModel):
    """An account to be made."""

    model_config = ConfigDict(extra="forbid")

    name: _Name
    password: str = ""  #: none for ``service``
    kind: Kind = Kind.PERSON
    must_change: bool = False  #: the password, at the first login
    role: str = USER
    display_name: _Name = ""
    person: _Name = ""  #: as DICOM spells it
    institutions: _Names = ()
    departments: _Names = ()


class ChangedAccount(BaseModel):
    """What to change of an account."""

    model_config = ConfigDict(extra="forbid")

    disabled: bool | None = None
    role: str | None = None
    display_name: _Name | None = None
    password: str | None = None
    must_change: bool | None = None  #: the password, at the next login
    person: _Name | None = None  #: as DICOM spells it
    institutions: _Names | None = None
    departments: _Names | None = None


class UserDoor:
    """Lists, makes and changes accounts."""

    def __init__(self, security: Security) -> None:
        self._security = security

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/users", tags=["users"])
        router.get("", response_model=shapes.AccountList)(self.all)
        router.post("", response_model=shapes.Account, status_code=201)(self.add)
        router.patch("/{name}", response_model=shapes.Account)(self.change)
        router.post("/{name}/reset-factors", status_code=204)(self.reset_factors)
        return router

    def all(self, _caller: Administrator) -> Response:
        """List all accounts."""
        return Json({"items": [spell_account(one) for one in self._security.accounts.list()]})

    def add(self, new: NewAccount, caller: Administrator) -> Response:
        """Make an account."""
        accounts = self._security.accounts
        own = AccountChange(
            person=new.person, institutions=new.institutions, departments=new.departments
        )
        accounts.require_valid(own)
        about = {"role": new.role, "display_name": new.display_name}
        if new.kind is Kind.SERVICE:
            if new.password or new.must_change:
                raise InvalidValue("an account for a machine has no password")
            account = accounts.add_service(new.name, **about)
        else:
            account = accounts.add(new.name, new.password, must_change=new.must_change, **about)
        if own != AccountChange(person="", institutions=(), departments=()):
            account = accounts.change(account.name, own)
        _log.info("account_added", account=account.name, by=caller.name)
        return Json(spell_account(account), status_code=201)

    def change(self, name: str, change: ChangedAccount, caller: Administrator) -> Response:
        """Change an account; a new password or disabling ends its other sessions."""
        account = self._security.accounts.change(
            name,
            AccountChange(
                disabled=change.disabled,
                role=change.role,
                display_name=change.display_name,
                password=change.password,
                must_change=change.must_change,
                person=change.person,
                institutions=change.institutions,
                departments=change.departments,
            ),
        )
        if change.password is not None or change.disabled:
            mine = caller.session if account.name == caller.name else None
            self._security.sessions.end_all(account.name, but=mine)
        _log.info("account_changed", account=account.name, by=caller.name)
        return Json(spell_account(account))

    def reset_factors(self, name: str, caller: Administrator) -> Response:
        """Remove the second factors of an account whose owner has lost them; its sessions end."""
        account = self._security.accounts.get(name)
        self._security.factors.reset(account.name)
        mine = caller.session if account.name == caller.name else None
        self._security.sessions.end_all(account.name, but=mine)
        _log.info("factors_reset", account=account.name, by=caller.name)
        return no_content()
