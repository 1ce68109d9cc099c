"""JSON answers, spelled by orjson."""

from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """A JSON document that no cache keeps: it may say who is ill."""

    media_type = "application/json"

    def __init__(
        self, content: Any, status_code: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store"} | (headers or {}))

    def render(self, content: Any) -> bytes:
        """Return the bytes of a document."""
        return orjson.dumps(content)


def no_content() -> Response:
    """Return the answer that says: done."""
    return Response(status_code=204)


def moment(milliseconds: float) -> str:
    """Return milliseconds since 1970 as ISO 8601 in UTC."""
    when = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_or_none(seconds: float | None) -> str | None:
    """Return seconds since 1970 likewise."""
    return None if seconds is None else moment(seconds * 1000)
