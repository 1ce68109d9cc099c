"""``/api/quarantine``: what could not be taken, and what to do about it."""

from urllib.parse import quote

import structlog
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from steckel.index.view import Guarded
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Caring, Cursor, Limit
from steckel.web.ports.archive import Quarantine
from steckel.web.spelling import spell_quarantined, spell_received

_log = structlog.get_logger(__name__)


class QuarantineDoor:
    """Shows the quarantine and lets a person decide."""

    def __init__(self, quarantine: Guarded[Quarantine]) -> None:
        self._quarantine = quarantine

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/quarantine", tags=["quarantine"])
        router.get("", response_model=shapes.QuarantinePage)(self.page)
        router.get("/{entry_id}/file", response_class=StreamingResponse)(self.file)
        router.post("/{entry_id}/replay", response_model=shapes.UploadResult)(self.replay)
        router.delete("/{entry_id}", status_code=204)(self.delete)
        return router

    def page(self, caller: Caring, limit: Limit = 100, cursor: Cursor = None) -> Response:
        """List what could not be taken, newest first."""
        quarantine = self._quarantine.seen_by(caller.view)
        found = quarantine.page(limit, cursor)
        items = [spell_quarantined(row) for row in found.items]
        count = quarantine.count()
        return Json({"items": items, "next_cursor": found.next_cursor, "count": count})

    def file(self, entry_id: str, caller: Caring) -> Response:
        """Download the bytes of an entry."""
        quarantine = self._quarantine.seen_by(caller.view)
        entry = quarantine.entry(entry_id)
        name = quote(entry.name.rpartition("/")[2] or f"{entry.id}.bin", safe="")
        headers = {
            # RFC 6266 4.3; never shown by the browser: nobody knows what it is.
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Length": str(entry.size),
            "Cache-Control": "no-store",
        }
        chunks = quarantine.chunks(entry_id)
        _log.info("quarantine_downloaded", entry=entry_id, by=caller.name)
        return StreamingResponse(chunks, headers=headers, media_type="application/octet-stream")

    def replay(self, entry_id: str, caller: Caring) -> Response:
        """Try once more to archive an entry."""
        quarantine = self._quarantine.seen_by(caller.view)
        name = quarantine.entry(entry_id).name
        answer = quarantine.replay(entry_id)
        _log.info("quarantine_replayed", entry=entry_id, by=caller.name)
        return Json(spell_received(name, answer))

    def delete(self, entry_id: str, caller: Caring) -> Response:
        """Drop an entry."""
        self._quarantine.seen_by(caller.view).delete(entry_id)
        _log.info("quarantine_deleted", entry=entry_id, by=caller.name)
        return no_content()
