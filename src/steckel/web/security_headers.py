"""Headers that keep browsers from guessing, framing, embedding and telling others."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: A route that serves pages says more; data is no page at all.
_POLICY_OF_DATA = "default-src 'none'; frame-ancestors 'self'"
_POLICY = "frame-ancestors 'self'"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
    # A microphone is for dictating; nothing of ours uses the others.
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), payment=(), usb=()",
}
#: Over HTTPS: come back over HTTPS alone (RFC 6797), for thirty days.
_TRANSPORT = {"Strict-Transport-Security": "max-age=2592000"}


class SecurityHeaders:
    """Adds what an answer does not say itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = _HEADERS | _TRANSPORT if scope["scheme"] == "https" else _HEADERS
        policy = _POLICY_OF_DATA if scope["path"].startswith("/api/") else _POLICY

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        await self._app(scope, receive, add_headers)
