"""``/api/system``, ``/metrics``, ``/healthz``, ``/readyz``: how the node is."""

from http import HTTPStatus

import anyio
import anyio.to_thread
import structlog
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from steckel.errors import NotAllowed, StorageFailure
from steckel.security.decisions import Action
from steckel.web import shapes
from steckel.web.answers import Json, moment
from steckel.web.api.callers import Administrator
from steckel.web.ports.system import SystemReport, SystemStatus

_log = structlog.get_logger(__name__)

#: An answer that takes longer is none, for whoever balances load.
_PATIENCE = 5.0


class SystemDoor:
    """Says how the node is."""

    def __init__(self, status: SystemStatus, metrics: CollectorRegistry) -> None:
        self._status = status
        self._metrics = metrics

    def router(self) -> APIRouter:
        """Return the routes under ``/api``."""
        router = APIRouter(tags=["system"])
        router.get("/system", response_model=shapes.System)(self.system)
        return router

    def probes(self) -> list[BaseRoute]:
        """Return the routes that stand on their own."""
        return [
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/metrics", self.metrics),
        ]

    def system(self, _caller: Administrator) -> Response:
        """Show the state of the node."""
        return Json(_spell(self._status.report()))

    async def healthz(self, _request: Request) -> Response:
        """Say that this process answers."""
        return Json({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        """Say whether database and store answer."""
        try:
            with anyio.fail_after(_PATIENCE):
                await anyio.to_thread.run_sync(self._status.check, abandon_on_cancel=True)
        except (StorageFailure, TimeoutError) as error:
            _log.warning("not_ready", reason=str(error) or "no answer in time")
            return Json({"status": "unavailable"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return Json({"status": "ok"})

    def metrics(self, request: Request) -> Response:
        """Say what Prometheus collects, which is of the whole node."""
        if not request.state.principal.may(Action.ADMINISTER):
            raise NotAllowed("this account has no right to do this")
        content = generate_latest(self._metrics)
        return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _spell(report: SystemReport) -> shapes.System:
    return {
        "version": report.version,
        "started": moment(report.started),
        "roles": list(report.roles),
        "database": report.database,
        "store": {
            "used_bytes": report.store.used_bytes,
            "free_bytes": report.store.free_bytes,
        },
        "counts": {
            "patients": report.counts.patients,
            "studies": report.counts.studies,
            "series": report.counts.series,
            "instances": report.counts.instances,
        },
        "quarantine": report.quarantine,
        "conflicts": report.conflicts,
        "processes": [
            {"role": process.role, "pid": process.pid, "rss_bytes": process.rss_bytes}
            for process in report.processes
        ],
    }
