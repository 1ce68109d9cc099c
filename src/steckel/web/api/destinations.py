"""``/api/destinations``: other systems that are told what happens."""

from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.exchange.outbound.model import Address, DestinationForm
from steckel.exchange.outbound.subscriptions import Subscription, read_subscription
from steckel.web import clock
from steckel.web import destination_shapes as shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Administrator, Caring
from steckel.web.destination_view import spell_destination
from steckel.web.ports.exchange import Destinations, Probes

_log = structlog.get_logger(__name__)


class DestinationSettings(BaseModel):
    """Where a destination listens, and what it wants; `Subscription` says what is allowed."""

    model_config = ConfigDict(extra="forbid")

    host: str
    port: int
    tls: bool = False
    options: dict[str, Any] = Field(default_factory=dict)

    def address(self) -> Address:
        """Return where it listens."""
        return Address(host=self.host.strip(), port=self.port, tls=self.tls)

    def form(self, name: str) -> DestinationForm:
        """Return all that is said of a destination."""
        return DestinationForm(
            name=name, address=self.address(), subscription=read_subscription(self.options)
        )


class NewDestination(DestinationSettings):
    """A new destination as a person enters it."""

    name: str


class DestinationDoor:
    """Lists, sets up, tries out, pauses and removes destinations."""

    def __init__(self, destinations: Destinations, probes: Probes) -> None:
        self._destinations = destinations
        self._probes = probes

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/destinations", tags=["destinations"])
        router.get("", response_model=shapes.DestinationList)(self.all)
        router.post("", response_model=shapes.Destination, status_code=201)(self.add)
        router.post("/test", response_model=shapes.ConnectionTest)(self.probe_unsaved)
        router.get("/{name}", response_model=shapes.Destination)(self.one)
        router.put("/{name}", response_model=shapes.Destination)(self.change)
        router.delete("/{name}", status_code=204)(self.remove)
        router.post("/{name}/pause", response_model=shapes.Destination)(self.pause)
        router.post("/{name}/resume", response_model=shapes.Destination)(self.resume)
        router.post("/{name}/resend", response_model=shapes.Resent)(self.resend)
        router.post("/{name}/test", response_model=shapes.ConnectionTest)(self.probe)
        return router

    def all(self, _caller: Caring) -> Response:
        """List the destinations with the lengths of their queues."""
        found = self._destinations.list()
        return Json({"items": [spell_destination(*one) for one in found]})

    def one(self, name: str, _caller: Caring) -> Response:
        """Show a destination."""
        return self._shown(name)

    def add(self, form: NewDestination, caller: Administrator) -> Response:
        """Set up a destination; it is told what happens from now on."""
        self._destinations.add(form.form(form.name.strip()), caller.name, clock.now())
        _log.info("destination_added", destination=form.name.strip(), by=caller.name)
        return self._shown(form.name.strip(), status_code=201)

    def change(self, name: str, settings: DestinationSettings, caller: Administrator) -> Response:
        """Set a destination up anew; what waits is sent as it was written."""
        self._destinations.change(settings.form(name), caller.name, clock.now())
        _log.info("destination_changed", destination=name, by=caller.name)
        return self._shown(name)

    def remove(self, name: str, caller: Administrator) -> Response:
        """Remove a destination with all that is in its queue."""
        self._destinations.remove(name)
        _log.info("destination_removed", destination=name, by=caller.name)
        return no_content()

    def pause(self, name: str, caller: Caring) -> Response:
        """Send nothing more to a destination; its queue grows."""
        self._destinations.pause(name)
        _log.info("destination_paused", destination=name, by=caller.name)
        return self._shown(name)

    def resume(self, name: str, caller: Caring) -> Response:
        """Send to a destination again, at once."""
        self._destinations.resume(name)
        _log.info("destination_resumed", destination=name, by=caller.name)
        return self._shown(name)

    def resend(self, name: str, caller: Caring) -> Response:
        """Send all parked messages of a destination again, in their order."""
        count = self._destinations.resend_parked(name)
        _log.info("deliveries_resent", destination=name, count=count, by=caller.name)
        return Json({"resent": count})

    def probe(self, name: str, _caller: Administrator) -> Response:
        """Send a test message to a destination, past its queue."""
        destination, _ = self._destinations.get(name)
        return self._tried(destination.address, destination.subscription)

    def probe_unsaved(self, settings: DestinationSettings, _caller: Administrator) -> Response:
        """Send a test message to a destination before it is set up."""
        return self._tried(settings.address(), read_subscription(settings.options))

    def _tried(self, address: Address, subscription: Subscription) -> Response:
        probe = self._probes.probe(address, subscription)
        answer: shapes.ConnectionTest = {
            "ok": probe.ok,
            "milliseconds": probe.milliseconds,
            "message": probe.message,
            "code": probe.code,
        }
        return Json(answer)

    def _shown(self, name: str, status_code: int = 200) -> Response:
        return Json(spell_destination(*self._destinations.get(name)), status_code=status_code)
