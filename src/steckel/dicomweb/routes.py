"""The addresses of the DICOMweb door (PS3.18 10.1.1, 9.1)."""

from starlette.routing import BaseRoute, Route

from steckel.dicomweb.addresses import ROOT
from steckel.dicomweb.bulkdata import BulkDataTransaction
from steckel.dicomweb.deletion import DeleteTransaction
from steckel.dicomweb.frames import FrameTransaction
from steckel.dicomweb.metadata import MetadataTransaction
from steckel.dicomweb.ports import DicomwebServices
from steckel.dicomweb.qido import SearchTransaction
from steckel.dicomweb.rendered import RenderedTransaction
from steckel.dicomweb.resource import Resource
from steckel.dicomweb.retrieval import RetrieveTransaction
from steckel.dicomweb.stow import StoreTransaction
from steckel.dicomweb.wado_uri import UriTransaction

_STUDY = "/studies/{study}"
_SERIES = _STUDY + "/series/{series}"
_INSTANCE = _SERIES + "/instances/{instance}"
_FRAMES = _INSTANCE + "/frames/{frames}"


def dicomweb_routes(services: DicomwebServices) -> list[BaseRoute]:
    """Return the routes, to be mounted at the root of the HTTP listener."""
    retriever, imaging = services.retriever, services.imaging
    store = StoreTransaction(services.receiver, services.max_stow_body)
    search = SearchTransaction(services.finder)
    retrieve = RetrieveTransaction(retriever, imaging)
    metadata = MetadataTransaction(retriever, services.finder)
    frames = FrameTransaction(retriever, imaging)
    bulkdata = BulkDataTransaction(retriever, frames)
    rendered = RenderedTransaction(retriever, imaging, bulkdata)
    delete = DeleteTransaction(services.deleter).delete
    uri = UriTransaction(retriever, imaging, retrieve)
    thumbnail = Resource(get=rendered.thumbnail)
    resources = {
        # The most frequent first: routes are tried in order.
        _FRAMES: Resource(get=frames.get),
        _INSTANCE + "/bulkdata/{path:path}": Resource(get=bulkdata.one),
        _SERIES + "/metadata": Resource(get=metadata.series),
        _SERIES + "/thumbnail": thumbnail,
        _INSTANCE: Resource(get=retrieve.get, delete=delete),
        "/studies": Resource(get=search.studies, post=store.store),
        _STUDY + "/series": Resource(get=search.series),
        _SERIES + "/instances": Resource(get=search.instances),
        _STUDY + "/instances": Resource(get=search.instances),
        "/series": Resource(get=search.series),
        "/instances": Resource(get=search.instances),
        _STUDY: Resource(get=retrieve.get, post=store.store, delete=delete),
        _SERIES: Resource(get=retrieve.get, delete=delete),
        _STUDY + "/metadata": Resource(get=metadata.study),
        _INSTANCE + "/metadata": Resource(get=metadata.instance),
        _FRAMES + "/rendered": Resource(get=rendered.frames),
        _INSTANCE + "/rendered": Resource(get=rendered.instance),
        _SERIES + "/rendered": Resource(get=rendered.many),
        _STUDY + "/rendered": Resource(get=rendered.many),
        _FRAMES + "/thumbnail": thumbnail,
        _INSTANCE + "/thumbnail": thumbnail,
        _STUDY + "/thumbnail": thumbnail,
        _INSTANCE + "/bulkdata": Resource(get=bulkdata.all),
        _SERIES + "/bulkdata": Resource(get=bulkdata.all),
        _STUDY + "/bulkdata": Resource(get=bulkdata.all),
    }
    routes: list[BaseRoute] = [Route(ROOT + path, resource) for path, resource in resources.items()]
    return [*routes, Route("/wado", Resource(get=uri.get))]
