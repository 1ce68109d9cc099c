"""The web application: all HTTP routes behind one login.

What comes in passes, from outside to inside: measuring, security headers, the last
resort for errors, authentication between the two rings of the audit trail; then the first
segment of its path decides whether
the guarded routes answer (``/api``, ``/dicomweb``, ``/ohif`` …) or the workstation's
files, which contain no data.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from steckel import __version__
from steckel.web import shapes
from steckel.web.api.audit import AuditDoor
from steckel.web.api.conflicts import ConflictDoor
from steckel.web.api.deliveries import DeliveryDoor
from steckel.web.api.destinations import DestinationDoor
from steckel.web.api.entities import EntityDoor
from steckel.web.api.events import EventDoor
from steckel.web.api.factors import FactorDoor
from steckel.web.api.login_rules import LoginRuleDoor
from steckel.web.api.logins import LoginDoor
from steckel.web.api.matching_rules import MatchingRuleDoor
from steckel.web.api.messages import Hl7Door, MessageDoor
from steckel.web.api.orders import OrderDoor
from steckel.web.api.patients import PatientDoor
from steckel.web.api.profiles import ProfileDoor
from steckel.web.api.quarantine import QuarantineDoor
from steckel.web.api.reconciliation import ReconciliationDoor
from steckel.web.api.reference import ReferenceDoor
from steckel.web.api.relations import RelationDoor
from steckel.web.api.reports import ReportDoor
from steckel.web.api.roles import RoleDoor
from steckel.web.api.session import SessionDoor
from steckel.web.api.sessions import SessionListDoor
from steckel.web.api.studies import StudyDoor
from steckel.web.api.system import SystemDoor
from steckel.web.api.tokens import TokenDoor
from steckel.web.api.uploads import UploadDoor
from steckel.web.api.users import UserDoor
from steckel.web.auditing import Auditing, RefusalAuditing
from steckel.web.authentication import Authentication, first_segment
from steckel.web.broadcast import Broadcast
from steckel.web.image_display import ImageDisplayDoor
from steckel.web.last_resort import LastResort
from steckel.web.measuring import Measuring
from steckel.web.parts import WebParts
from steckel.web.problems import HANDLERS
from steckel.web.rates import RateLimit
from steckel.web.security_headers import SecurityHeaders

#: Bytes of a JSON body; what is larger is no form that a person filled in.
_LARGEST_FORM = 1 << 20
_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {"model": shapes.Problem, "description": "Why it was not done"}
}


class WebApplication:
    """The ASGI application."""

    def __init__(self, parts: WebParts) -> None:
        self._broadcast = Broadcast(parts.changes, parts.marks, parts.sight)
        system = SystemDoor(parts.status, parts.metrics)
        display = ImageDisplayDoor(parts.catalogue, parts.patient_finder)
        others = [*system.probes(), *parts.ohif_routes, *display.routes()]
        guarded = _guarded_application(others)
        guarded.include_router(_forms(parts, system))
        guarded.include_router(_streams(parts, self._broadcast))
        guarded.router.routes.extend(ReferenceDoor(guarded.openapi).routes())
        # What viewers ask hundreds of times goes past what FastAPI does for forms.
        plain = [*parts.dicomweb_routes, *parts.fhir_routes]
        images = Starlette(routes=plain, exception_handlers=HANDLERS)
        images.router.redirect_slashes = False
        by_segment: dict[str, ASGIApp] = dict.fromkeys(("api", *_segments(others)), guarded)
        by_segment |= dict.fromkeys(_segments(plain), images)
        segments = frozenset(by_segment)
        workstation = Starlette(routes=list(parts.workstation_routes), exception_handlers=HANDLERS)
        #: All there are, for whoever checks that none is forgotten.
        self.routes: tuple[BaseRoute, ...] = (*guarded.routes, *plain, *parts.workstation_routes)
        app: ASGIApp = _BySegment(by_segment, workstation)
        app = RateLimit(app, parts.requests_per_minute)
        app = Auditing(app, parts.recorder)
        app = Authentication(app, parts.security.authenticator, segments)
        app = RefusalAuditing(app, parts.recorder)
        app = LastResort(app)
        app = SecurityHeaders(app)
        self._app = Measuring(app, parts.metrics, segments)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)

    def close_streams(self) -> None:
        """End the event streams; called in the event loop, before the server waits for them."""
        self._broadcast.close()


def create_app(parts: WebParts) -> WebApplication:
    """Return the web application over its rooms."""
    return WebApplication(parts)


class _BySegment:
    def __init__(self, by_segment: Mapping[str, ASGIApp], otherwise: ASGIApp) -> None:
        self._by_segment = by_segment
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._by_segment.get(first_segment(scope["path"]), self._otherwise)
        await app(scope, receive, send)


def _guarded_application(others: list[BaseRoute]) -> FastAPI:
    application = FastAPI(
        title="Steckel",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=HANDLERS,
        generate_unique_id_function=_operation_id,
    )
    application.router.routes.extend(others)
    return application


def _forms(parts: WebParts, system: SystemDoor) -> APIRouter:
    router = APIRouter(prefix="/api", responses=_PROBLEM, max_body_size=_LARGEST_FORM)
    for part in (
        LoginDoor(parts.security, parts.site).router(),
        SessionDoor(parts.security, parts.site).router(),
        FactorDoor(parts.security, parts.site).router(),
        SessionListDoor(parts.security.sessions).router(),
        LoginRuleDoor(parts.security).router(),
        StudyDoor(parts.catalogue, parts.deleter).router(),
        PatientDoor(parts.catalogue, parts.orders).router(),
        OrderDoor(parts.orders).router(),
        ReconciliationDoor(parts.reconciliation, parts.previews).router(),
        MatchingRuleDoor(parts.matching_rules, parts.reconciliation).router(),
        ReportDoor(parts.reports).router(),
        QuarantineDoor(parts.quarantine).router(),
        ConflictDoor(parts.conflicts).router(),
        MessageDoor(parts.messages).router(),
        DestinationDoor(parts.destinations, parts.probes).router(),
        DeliveryDoor(parts.deliveries).router(),
        ProfileDoor(parts.profiles).router(),
        EntityDoor(parts.security.peers, parts.echo).router(),
        UserDoor(parts.security).router(),
        RoleDoor(parts.security.roles).router(),
        RelationDoor(parts.security.relations).router(),
        TokenDoor(parts.security).router(),
        AuditDoor(parts.audit, parts.recorder).router(),
        system.router(),
    ):
        router.include_router(part)
    return router


def _streams(parts: WebParts, broadcast: Broadcast) -> APIRouter:
    router = APIRouter(prefix="/api", responses=_PROBLEM)
    router.include_router(UploadDoor(parts.receiver, parts.spool).router())
    router.include_router(Hl7Door(parts.reception, parts.longest_message).router())
    router.include_router(EventDoor(broadcast).router())
    return router


def _operation_id(route: APIRoute) -> str:
    tag = str(route.tags[0]).replace(" ", "_")
    return f"{tag}_{route.name}"


def _segments(routes: Iterable[BaseRoute]) -> Iterable[str]:
    for route in routes:
        if not isinstance(route, Route | Mount):
            raise TypeError(f"a route without a path cannot be guarded: {route!r}")
        yield first_segment(route.path)
