"""``/api/tokens``: API tokens, one's own; an administrator sees all.

The rule: a token makes no other tokens, except one that may administer: it could be wider.
"""

from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.responses import Response

from steckel.errors import NotAllowed
from steckel.security.accounts import fold_name
from steckel.security.decisions import Action
from steckel.security.principal import Principal, Via
from steckel.security.roles import actions_from
from steckel.security.sees import sees_from
from steckel.security.site import Security
from steckel.security.tokens import Scope
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Caller
from steckel.web.spelling import spell_token

_log = structlog.get_logger(__name__)


class TokenForm(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str
    user: str | None = None  #: one's own account by default
    expires: AwareDatetime | None = None
    actions: list[str] | None = None  #: of those of the account, these alone
    sees: dict[str, Any] | None = None  #: of what the account sees, this alone (`security.sees`)

    def scope(self) -> Scope:
        """Return what the token is to carry, or raise `InvalidValue`."""
        return Scope(
            actions=None if self.actions is None else actions_from(self.actions),
            sees=None if self.sees is None else sees_from(self.sees),
        )


class TokenDoor:
    """Lists, makes and revokes tokens."""

    def __init__(self, security: Security) -> None:
        self._security = security

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/tokens", tags=["tokens"])
        router.get("", response_model=shapes.TokenList)(self.all)
        router.post("", response_model=shapes.NewToken, status_code=201)(self.issue)
        router.delete("/{token_id}", status_code=204)(self.revoke)
        return router

    def all(self, caller: Caller) -> Response:
        """List tokens."""
        tokens = self._security.tokens.list(_reach(caller))
        return Json({"items": [spell_token(token) for token in tokens]})

    def issue(self, form: TokenForm, caller: Caller) -> Response:
        """Make a token; its secret is in this answer and nowhere else."""
        owner = fold_name(form.user) if form.user else caller.name
        if _reach(caller) not in {None, owner}:
            raise NotAllowed("only an administrator makes tokens for others")
        issued = self._security.tokens.issue(
            form.name,
            self._security.accounts.get(owner),
            scope=form.scope(),
            expires=form.expires.timestamp() if form.expires else None,
        )
        _log.info("token_issued", token=issued.token.id, account=owner, by=caller.name)
        answer: shapes.NewToken = {**spell_token(issued.token), "token": issued.secret}
        return Json(answer, status_code=201)

    def revoke(self, token_id: str, caller: Caller) -> Response:
        """Revoke a token."""
        self._security.tokens.revoke(token_id, _reach(caller))
        _log.info("token_revoked", token=token_id, by=caller.name)
        return no_content()


def _reach(caller: Principal) -> str | None:
    """Return whose tokens a caller may see; ``None`` means everybody's."""
    if caller.may(Action.ADMINISTER):
        return None
    if caller.via is Via.TOKEN:
        raise NotAllowed("a token has nothing to do with tokens")
    return caller.name
