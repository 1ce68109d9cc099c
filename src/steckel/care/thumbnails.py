"""Making the thumbnails of what has arrived, in the forms that are asked for most."""

from collections.abc import Iterator
from typing import Protocol

import structlog

from steckel.dicom.uids import SeriesUid, StudyUid
from steckel.errors import CannotRender, InputError, NotFound
from steckel.index.thumbnails import KeptThumbnail, Thumbnails
from steckel.retrieve.model import Retriever, Selection, StoredInstance
from steckel.retrieve.representative import representative

_log = structlog.get_logger(__name__)


class Maker(Protocol):
    """Makes thumbnails (`imaging.service.ThumbnailMaker`)."""

    def make_all(self, instance: StoredInstance, frame: int) -> Iterator[tuple[str, str, bytes]]:
        """Render one frame (from 1), or a sign for what has no picture, in all forms to keep.

        Yields the name of a form, its media type and the picture.
        """


class Thumbnailer:
    """Makes and keeps. Blocking."""

    def __init__(self, retriever: Retriever, maker: Maker, thumbnails: Thumbnails) -> None:
        self._retriever = retriever
        self._maker = maker
        self._thumbnails = thumbnails

    def make(self, study: str, series: str) -> bool:
        """Make the thumbnails of one series; whether there are some now."""
        found = self._thumbnails.version(study, series)
        if found is None:
            return False
        try:
            instance, frame, is_image = self._choose(study, series)
            for name, media_type, data in self._maker.make_all(instance, frame):
                thumbnail = KeptThumbnail(
                    digest=instance.digest,
                    frame=frame,
                    is_image=is_image,
                    media_type=media_type,
                    data=data,
                )
                self._thumbnails.keep(*found, name, thumbnail)
        except (NotFound, InputError, CannotRender):  # made, or refused, when it is asked for
            _log.info("thumbnail_not_made", study_uid=study, series_uid=series)
            return False
        return True

    def _choose(self, study: str, series: str) -> tuple[StoredInstance, int, bool]:
        selection = Selection(study_uids=(StudyUid(study),), series_uids=(SeriesUid(series),))
        try:
            return *representative(self._retriever.select(selection)), True
        except NotFound:
            first = next(iter(self._retriever.select(selection)), None)
            if first is None:
                raise
            return first, 1, False
