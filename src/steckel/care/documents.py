"""Making the metadata documents and thumbnails of what has arrived, once it is quiet.

So that the viewer's first question about a series is one read. What arrived
while nobody looked is made when it is first asked for (`retrieve.engine`).
"""

from collections import OrderedDict

import structlog
from sqlalchemy import Engine, select

from steckel.care.thumbnails import Thumbnailer
from steckel.errors import InputError, NotFound
from steckel.index.schema import series, studies
from steckel.query.catalogue_model import ChangeKind, StudyChange
from steckel.query.changes import Changes
from steckel.retrieve.model import Retriever

_log = structlog.get_logger(__name__)

#: Studies remembered at once: beyond, the ones that are quiet for longest wait to be asked for.
_MOST = 10_000


class Documents:
    """Called in rounds, by one thread; `now` are seconds of a clock that never goes back."""

    def __init__(
        self,
        engine: Engine,
        changes: Changes,
        retriever: Retriever,
        thumbnailer: Thumbnailer,
        *,
        quiet_seconds: float,
    ) -> None:
        self._engine = engine
        self._changes = changes
        self._retriever = retriever
        self._thumbnailer = thumbnailer
        self._quiet = quiet_seconds
        self._seen = changes.latest()
        self._waiting: OrderedDict[str, float] = OrderedDict()

    def run(self, now: float) -> int:
        """Make the documents of one study that is quiet, if there is one; return how many."""
        self._look(now)
        study, since = next(iter(self._waiting.items()), ("", now))
        if not study or now - since < self._quiet:
            return 0
        del self._waiting[study]
        return sum(self._make(study, uid) for uid in self._series_of(study))

    def _look(self, now: float) -> None:
        for change in self._changes.changes_since(self._seen):
            self._seen = change.sequence
            if isinstance(change, StudyChange):
                self._waiting.pop(change.uid, None)
                if change.kind is not ChangeKind.DELETED:
                    self._waiting[change.uid] = now
        while len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)

    def _series_of(self, study: str) -> list[str]:
        statement = (
            select(series.c.uid)
            .join(studies, series.c.study_pk == studies.c.pk)
            .where(studies.c.uid == study)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(statement).scalars())

    def _make(self, study: str, series_uid: str) -> bool:
        try:
            self._retriever.metadata(study, series_uid)
        except (NotFound, InputError):  # deleted meanwhile, or lost: nobody waits for it here
            _log.info("document_not_made", study_uid=study, series_uid=series_uid)
            return False
        self._thumbnailer.make(study, series_uid)
        return True
