"""The archive as somebody reads it who does not see all of it.

The rule: what is not seen is not there, with the same answer and as quickly.
"""

from collections.abc import Iterator

from steckel.errors import NotFound
from steckel.index.view import View
from steckel.index.visibility import Sight
from steckel.retrieve.model import MetadataDocument, Retriever, Selection, StoredInstance
from steckel.retrieve.plan import Planner
from steckel.retrieve.whole import Whole


class PartlySeen:
    """A `Retriever` with a view. Thread-safe; blocking."""

    def __init__(self, whole: Retriever, planner: Planner, sight: Sight, view: View) -> None:
        self._whole = whole
        self._planner = planner
        self._sight = sight
        self._view = view

    def select(self, selection: Selection) -> Iterator[StoredInstance]:
        """Yield the instances that are seen in order of study, series and number; lazily."""
        return self._planner.select(selection, self._view)

    def fingerprint(self, selection: Selection) -> str:
        """Name what `select` yields."""
        return self._planner.fingerprint(selection, self._view)

    def instance(self, study: str, series: str, sop: str) -> StoredInstance:
        """Return one instance, or raise `NotFound`."""
        found = self._whole.instance(study, series, sop)
        if not self._sight.sees(self._view, study):
            raise NotFound("there is no such instance")
        return found

    def metadata(self, study: str, series: str) -> MetadataDocument:
        """Return the metadata document of a series, or raise `NotFound`."""
        if not self._sight.sees(self._view, study):
            raise NotFound("there is no such series")
        return self._whole.metadata(study, series)

    # Whoever has an instance was shown it.

    def read(self, instance: StoredInstance, offset: int = 0, length: int | None = None) -> bytes:
        """Read bytes of the Part 10 file as it is stored."""
        return self._whole.read(instance, offset, length)

    def whole(self, instance: StoredInstance) -> Whole:
        """Return the Part 10 file as it leaves."""
        return self._whole.whole(instance)

    def chunks(self, instance: StoredInstance, offset: int = 0) -> Iterator[bytes]:
        """Read `whole` from `offset` to the end in pieces."""
        return self._whole.chunks(instance, offset)

    def frame(self, instance: StoredInstance, number: int) -> bytes:
        """Return the stored bytes of a frame."""
        return self._whole.frame(instance, number)

    def bulk(self, instance: StoredInstance, path: str) -> bytes:
        """Return one bulk value by its path."""
        return self._whole.bulk(instance, path)

    def instance_metadata(self, instance: StoredInstance) -> bytes:
        """Return the JSON array with the data set of one instance."""
        return self._whole.instance_metadata(instance)
