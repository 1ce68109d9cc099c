"""Thumbnails of series that are kept in the index, so that a list of them is read, not made."""

import time
from dataclasses import dataclass

from sqlalchemy import Engine, and_, bindparam, delete, insert, select

from steckel.index.engine import writing
from steckel.index.schema import series, studies, thumbnails
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import visible

_OF_STUDY = (
    select(
        thumbnails.c.digest,
        thumbnails.c.frame,
        thumbnails.c.media_type,
        thumbnails.c.data,
        thumbnails.c.is_image,
        thumbnails.c.version,
        series.c.changed,
    )
    .select_from(
        series.join(studies, series.c.study_pk == studies.c.pk).outerjoin(
            thumbnails,
            and_(thumbnails.c.series_pk == series.c.pk, thumbnails.c.name == bindparam("name")),
        )
    )
    .where(studies.c.uid == bindparam("study"))
    .order_by(series.c.number, series.c.pk)
)
_OF_SERIES = _OF_STUDY.where(series.c.uid == bindparam("series"))
_SERIES = (
    select(series.c.pk, series.c.changed)
    .join(studies, series.c.study_pk == studies.c.pk)
    .where(studies.c.uid == bindparam("study"), series.c.uid == bindparam("series"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptThumbnail:
    """A picture that stands for a series, and of which instance and frame it is."""

    digest: str
    frame: int
    is_image: bool  #: not a sign for what has no picture
    media_type: str
    data: bytes


class Thumbnails:
    """Keeps them by series and by the name of how they are rendered. Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "Thumbnails":
        """Return those that somebody with this view sees."""
        return self if view == self._view else Thumbnails(self._engine, view)

    def kept(self, study: str, series_uid: str | None, name: str) -> KeptThumbnail | None:
        """Return what stands for a series, or for a study: its first image.

        ``None`` where that is not known: it was not made yet, or something has changed.
        """
        statement, wanted = _OF_STUDY, {"study": study, "name": name}
        if series_uid:
            statement, wanted = _OF_SERIES, wanted | {"series": series_uid}
        seen = statement.where(*visible(self._view, time.time()))
        with self._engine.connect() as connection:
            for row in connection.execute(seen, wanted):
                if row.version != row.changed:
                    return None
                if row.is_image or series_uid:
                    return KeptThumbnail(
                        digest=row.digest,
                        frame=row.frame,
                        is_image=bool(row.is_image),
                        media_type=row.media_type,
                        data=bytes(row.data),
                    )
        return None

    def version(self, study: str, series_uid: str) -> tuple[int, int] | None:
        """Return the key of a series and the number of its last change, if it is there."""
        with self._engine.connect() as connection:
            row = connection.execute(_SERIES, {"study": study, "series": series_uid}).first()
        return None if row is None else (row.pk, row.changed)

    def keep(self, series_pk: int, version: int, name: str, thumbnail: KeptThumbnail) -> None:
        """Keep what was made of a series at this version of it."""
        table = thumbnails
        with writing(self._engine) as connection:
            still = connection.execute(select(series.c.pk).where(series.c.pk == series_pk)).first()
            if still is None:
                return  # deleted while it was made
            connection.execute(
                delete(table).where(table.c.series_pk == series_pk, table.c.name == name)
            )
            connection.execute(
                insert(table).values(
                    series_pk=series_pk,
                    name=name,
                    version=version,
                    digest=thumbnail.digest,
                    frame=thumbnail.frame,
                    is_image=thumbnail.is_image,
                    media_type=thumbnail.media_type,
                    data=thumbnail.data,
                )
            )
