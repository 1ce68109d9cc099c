"""The transactions over the rooms as one caller sees them, made for each request.

The rule: here, and nowhere else, the door asks its rooms what they are to a view. A
transaction gets rooms that have been told who looks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from steckel.dicomweb.absolute_uris import AbsoluteDocuments
from steckel.dicomweb.bulkdata import BulkDataTransaction
from steckel.dicomweb.deletion import DeleteTransaction
from steckel.dicomweb.frames import FrameTransaction
from steckel.dicomweb.metadata import MetadataTransaction
from steckel.dicomweb.ports import DicomwebServices, KeptThumbnails, view_of
from steckel.dicomweb.qido import SearchTransaction
from steckel.dicomweb.rendered import RenderedTransaction
from steckel.dicomweb.resource import Handler
from steckel.dicomweb.retrieval import RetrieveTransaction
from steckel.dicomweb.wado_uri import UriTransaction
from steckel.index.view import View
from steckel.query.ports import Finder
from steckel.retrieve.model import Retriever


@dataclass(frozen=True, slots=True)
class Transactions:
    """What can be asked, for one view."""

    services: DicomwebServices
    documents: AbsoluteDocuments  #: of all callers: they are found by what is in them
    view: View

    @property
    def search(self) -> SearchTransaction:
        """Searching."""
        return SearchTransaction(self._finder)

    @property
    def retrieve(self) -> RetrieveTransaction:
        """Whole instances."""
        return RetrieveTransaction(self._retriever, self.services.imaging)

    @property
    def metadata(self) -> MetadataTransaction:
        """Data sets without their bulk data."""
        return MetadataTransaction(self._retriever, self._finder, self.documents)

    @property
    def frames(self) -> FrameTransaction:
        """Frames."""
        services = self.services
        return FrameTransaction(self._retriever, services.imaging, services.second)

    @property
    def bulkdata(self) -> BulkDataTransaction:
        """Bulk data."""
        return BulkDataTransaction(self._retriever, self.frames)

    @property
    def rendered(self) -> RenderedTransaction:
        """What people look at."""
        services = self.services
        return RenderedTransaction(
            self._retriever, services.imaging, self.bulkdata, self._thumbnails
        )

    @property
    def delete(self) -> DeleteTransaction:
        """Deletion."""
        return DeleteTransaction(self.services.deleter.seen_by(self.view))

    @property
    def uri(self) -> UriTransaction:
        """The URI service."""
        return UriTransaction(self._retriever, self.services.imaging, self.retrieve)

    @property
    def _finder(self) -> Finder:
        return self.services.finder.seen_by(self.view)

    @property
    def _retriever(self) -> Retriever:
        return self.services.retriever.seen_by(self.view)

    @property
    def _thumbnails(self) -> KeptThumbnails | None:
        kept = self.services.thumbnails
        return None if kept is None else kept.seen_by(self.view)


class Callers:
    """Makes handlers that ask as their caller sees it."""

    def __init__(self, services: DicomwebServices) -> None:
        self._services = services
        self._documents = AbsoluteDocuments()

    def ask(self, choose: Callable[[Transactions], Handler]) -> Handler:
        """Return the handler that has a transaction answer, chosen from those of its caller."""

        async def answer(request: Request) -> Response:
            transactions = Transactions(self._services, self._documents, view_of(request))
            return await choose(transactions)(request)

        return answer
