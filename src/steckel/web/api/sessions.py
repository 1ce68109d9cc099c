"""``/api/sessions``: sessions, one's own; an administrator sees all."""

import structlog
from fastapi import APIRouter
from starlette.responses import Response

from steckel.errors import NotAllowed
from steckel.security.decisions import Action
from steckel.security.principal import Principal, Via
from steckel.security.sessions import ListedSession, Sessions
from steckel.web import access_shapes
from steckel.web.answers import Json, moment, no_content
from steckel.web.api.callers import Caller

_log = structlog.get_logger(__name__)


class SessionListDoor:
    """Lists and ends sessions."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/sessions", tags=["sessions"])
        router.get("", response_model=access_shapes.SessionList)(self.all)
        router.delete("/{session_id}", status_code=204)(self.end)
        return router

    def all(self, caller: Caller) -> Response:
        """List sessions, those seen last first."""
        found = self._sessions.list(_reach(caller))
        return Json({"items": [_spell(one, caller) for one in found]})

    def end(self, session_id: str, caller: Caller) -> Response:
        """End a session; its browser is logged out."""
        self._sessions.end_one(session_id, _reach(caller))
        _log.info("session_ended", by=caller.name)
        return no_content()


def _reach(caller: Principal) -> str | None:
    """Return whose sessions a caller may see; ``None`` means everybody's."""
    if caller.may(Action.ADMINISTER):
        return None
    if caller.via is Via.TOKEN:
        raise NotAllowed("a token has nothing to do with sessions")
    return caller.name


def _spell(session: ListedSession, caller: Principal) -> access_shapes.ListedSession:
    return {
        "id": session.digest,
        "user": session.account,
        "created": moment(session.created * 1000),
        "seen": moment(session.seen * 1000),
        "address": session.place.address,
        "agent": session.place.agent,
        "is_locked": session.is_locked,
        "is_own": session.digest == caller.session,
    }
