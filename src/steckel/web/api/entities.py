"""``/api/ae``: remote application entities."""

from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from steckel.errors import NotFound
from steckel.security.peers import PeerDirectory, RemoteAe, Terms
from steckel.security.rights import rights_from
from steckel.security.sees import sees_from
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Administrator
from steckel.web.ports.system import EchoSender
from steckel.web.spelling import spell_entity

_log = structlog.get_logger(__name__)


class EntityForm(BaseModel):
    """An application entity as a person enters it; `RemoteAe` says what is allowed."""

    model_config = ConfigDict(extra="forbid")

    title: str
    host: str
    port: int
    tls: bool = False
    description: str = ""
    rights: list[str] | None = None  #: absent, like what follows: as it was, or everything
    networks: list[str] | None = None
    sees: dict[str, Any] | None = None
    certificate: str | None = None

    def terms(self) -> Terms:
        """Return what is said of its calls."""
        return Terms(
            rights=None if self.rights is None else rights_from(self.rights),
            networks=None if self.networks is None else tuple(map(str.strip, self.networks)),
            sees=None if self.sees is None else sees_from(self.sees),
            certificate=None if self.certificate is None else self.certificate.strip(),
        )

    def entity(self) -> RemoteAe:
        """Return the entity."""
        return RemoteAe(
            aet=self.title.strip(),
            host=self.host.strip(),
            port=self.port,
            tls=self.tls,
            description=self.description.strip(),
        )


class EntityDoor:
    """Lists, registers, removes and verifies application entities."""

    def __init__(self, peers: PeerDirectory, echo: EchoSender) -> None:
        self._peers = peers
        self._echo = echo

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/ae", tags=["application entities"])
        router.get("", response_model=shapes.ApplicationEntityList)(self.all)
        router.post("", response_model=shapes.ApplicationEntity)(self.save)
        router.post("/echo", response_model=shapes.Echo)(self.echo_unsaved)
        router.delete("/{title}", status_code=204)(self.remove)
        router.post("/{title}/echo", response_model=shapes.Echo)(self.echo)
        return router

    def all(self, _caller: Administrator) -> Response:
        """List the registered application entities."""
        return Json({"items": [spell_entity(entity) for entity in self._peers.list()]})

    def save(self, form: EntityForm, caller: Administrator) -> Response:
        """Register an application entity, or replace the one of this title."""
        entity = form.entity()
        is_new = self._peers.register(entity, form.terms())
        _log.info("entity_saved", aet=entity.aet, by=caller.name)
        saved = self._peers.lookup(entity.aet) or entity
        return Json(spell_entity(saved), status_code=201 if is_new else 200)

    def remove(self, title: str, caller: Administrator) -> Response:
        """Remove an application entity."""
        self._peers.remove(title)
        _log.info("entity_removed", aet=title, by=caller.name)
        return no_content()

    def echo(self, title: str, _caller: Administrator) -> Response:
        """Send a C-ECHO to a registered application entity."""
        entity = self._peers.lookup(title)
        if entity is None:
            raise NotFound("no application entity of this title is registered")
        return self._verify(entity)

    def echo_unsaved(self, form: EntityForm, _caller: Administrator) -> Response:
        """Send a C-ECHO to an application entity before it is registered."""
        return self._verify(form.entity())

    def _verify(self, entity: RemoteAe) -> Response:
        result = self._echo.echo(entity)
        answer: shapes.Echo = {
            "ok": result.ok,
            "milliseconds": round(result.milliseconds, 1),
            "message": result.message,
        }
        return Json(answer)
