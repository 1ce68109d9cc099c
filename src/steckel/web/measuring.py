"""Counts and times requests for Prometheus."""

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steckel.web.authentication import first_segment

_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


class Measuring:
    """Measures what passes, by area: the number of series stays small whatever is asked."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, areas: frozenset[str]) -> None:
        self._app = app
        self._areas = areas
        self._requests = Counter(
            "steckel_http_requests",
            "Requests answered",
            ["area", "method", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "steckel_http_request_seconds",
            "Time until the answer begins",
            ["area"],
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        area = self._area(scope["path"])
        status = 0
        began = perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._seconds.labels(area).observe(perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._requests.labels(area, method, str(status)).inc()

    def _area(self, path: str) -> str:
        segment = first_segment(path)
        return segment if segment in self._areas else "workstation"
