"""``/api/roles``: what accounts may do and see."""

from typing import Annotated, Any

import orjson
import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.errors import NotFound
from steckel.security.decisions import Action
from steckel.security.roles import NO_ROLE, Role, Roles, actions_from
from steckel.security.sees import FLAGS, LISTS, OWNED, sees_from
from steckel.web import sight_shapes as shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Administrator

_log = structlog.get_logger(__name__)


class RoleForm(BaseModel):
    """A role as an administrator writes it."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=256)] = ""
    actions: Annotated[list[str], Field(max_length=100)]
    sees: dict[str, Any]

    def role(self, name: str) -> Role:
        """Return the role, or raise `InvalidValue`."""
        return Role(
            name=name,
            title=self.title,
            actions=actions_from(self.actions),
            sees=sees_from(self.sees),
        )


class RoleDoor:
    """Lists, shows, makes, changes and removes roles."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/roles", tags=["roles"])
        router.get("", response_model=shapes.RoleList)(self.all)
        router.get("/{name}", response_model=shapes.Role)(self.one)
        router.put("/{name}", response_model=shapes.Role)(self.save)
        router.delete("/{name}", status_code=204)(self.remove)
        return router

    def all(self, _caller: Administrator) -> Response:
        """List the roles, all that can be allowed, and what a rule may name."""
        return Json(
            {
                "items": [_spell(role) for role in self._roles.list()],
                "actions": list(Action),
                "terms": {"lists": list(LISTS), "own": list(OWNED), "flags": list(FLAGS)},
            }
        )

    def one(self, name: str, _caller: Administrator) -> Response:
        """Show a role."""
        role = self._roles.find(name)
        if role is NO_ROLE:
            raise NotFound("there is no such role")
        return Json(_spell(role))

    def save(self, name: str, form: RoleForm, caller: Administrator) -> Response:
        """Make a role, or change it; it holds for all who have it at once."""
        role = form.role(name)
        is_new = self._roles.save(role)
        _log.info("role_saved", role=role.name, by=caller.name)
        return Json(_spell(self._roles.find(role.name)), status_code=201 if is_new else 200)

    def remove(self, name: str, caller: Administrator) -> Response:
        """Remove a role that no account has."""
        self._roles.remove(name)
        _log.info("role_removed", role=name, by=caller.name)
        return no_content()


def _spell(role: Role) -> shapes.Role:
    return {
        "name": role.name,
        "title": role.title,
        "actions": sorted(role.actions),
        "sees": orjson.loads(role.sees.to_text()),
    }
