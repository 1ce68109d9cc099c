"""``/api/conflicts``: two data sets that claim to be one instance."""

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.query.catalogue_model import Keep
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Caring, Cursor, Limit
from steckel.web.ports.archive import Conflicts
from steckel.web.spelling import spell_conflict

_log = structlog.get_logger(__name__)


class Resolution(BaseModel):
    """Which of the two is right."""

    model_config = ConfigDict(extra="forbid")

    keep: Keep


class ConflictDoor:
    """Shows conflicts and lets a person decide."""

    def __init__(self, conflicts: Guarded[Conflicts]) -> None:
        self._conflicts = conflicts

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/conflicts", tags=["conflicts"])
        router.get("", response_model=shapes.ConflictPage)(self.page)
        router.post("/{conflict_id}/resolve", status_code=204)(self.resolve)
        return router

    def page(self, caller: Caring, limit: Limit = 100, cursor: Cursor = None) -> Response:
        """List open conflicts, newest first."""
        conflicts = self._conflicts.seen_by(caller.view)
        found = conflicts.page(limit, cursor)
        items = [spell_conflict(row) for row in found.items]
        count = conflicts.count()
        return Json({"items": items, "next_cursor": found.next_cursor, "count": count})

    def resolve(self, conflict_id: str, resolution: Resolution, caller: Caring) -> Response:
        """Keep one of the two."""
        self._conflicts.seen_by(caller.view).resolve(conflict_id, resolution.keep)
        _log.info("conflict_resolved", conflict=conflict_id, keep=resolution.keep, by=caller.name)
        return no_content()
