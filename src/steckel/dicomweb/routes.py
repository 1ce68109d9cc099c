"""The addresses of the DICOMweb door (PS3.18 10.1.1, 9.1)."""

from starlette.routing import BaseRoute, Route

from steckel.dicomweb.addresses import ROOT
from steckel.dicomweb.bulkdata import BulkDataTransaction
from steckel.dicomweb.capabilities import CapabilitiesTransaction
from steckel.dicomweb.deletion import DeleteTransaction
from steckel.dicomweb.documents import DOCUMENTS
from steckel.dicomweb.frame_forms import EVERY_FORM
from steckel.dicomweb.frames import FrameTransaction
from steckel.dicomweb.media_types import OCTET_STREAM, in_parts
from steckel.dicomweb.metadata import MetadataTransaction
from steckel.dicomweb.ports import DicomwebServices
from steckel.dicomweb.qido import SearchTransaction
from steckel.dicomweb.rendered import IMAGES, RenderedTransaction
from steckel.dicomweb.resource import Resource
from steckel.dicomweb.retrieval import INSTANCE_FORMS, MANY_FORMS, RetrieveTransaction
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
    frames = FrameTransaction(retriever, imaging, services.second)
    bulkdata = BulkDataTransaction(retriever, frames)
    rendered = RenderedTransaction(retriever, imaging, bulkdata, services.thumbnails)
    delete = DeleteTransaction(services.deleter).delete
    uri = UriTransaction(retriever, imaging, retrieve)
    thumbnail = Resource(get=rendered.thumbnail, forms=IMAGES)
    images = Resource(get=rendered.many, forms=IMAGES)
    values = Resource(get=bulkdata.all, forms=(in_parts(OCTET_STREAM),))
    found_series = Resource(get=search.series, forms=DOCUMENTS)
    found_instances = Resource(get=search.instances, forms=DOCUMENTS)
    resources = {
        # The most frequent first: routes are tried in order.
        _FRAMES: Resource(get=frames.get, forms=EVERY_FORM),
        _INSTANCE + "/bulkdata/{path:path}": Resource(
            get=bulkdata.one, forms=(OCTET_STREAM, in_parts(OCTET_STREAM))
        ),
        _SERIES + "/metadata": Resource(get=metadata.series, forms=DOCUMENTS),
        _SERIES + "/thumbnail": thumbnail,
        _INSTANCE: Resource(get=retrieve.get, delete=delete, forms=INSTANCE_FORMS),
        "/studies": Resource(get=search.studies, post=store.store, forms=DOCUMENTS),
        _STUDY + "/series": found_series,
        _SERIES + "/instances": found_instances,
        _STUDY + "/instances": found_instances,
        "/series": found_series,
        "/instances": found_instances,
        _STUDY: Resource(get=retrieve.get, post=store.store, delete=delete, forms=MANY_FORMS),
        _SERIES: Resource(get=retrieve.get, delete=delete, forms=MANY_FORMS),
        _STUDY + "/metadata": Resource(get=metadata.study, forms=DOCUMENTS),
        _INSTANCE + "/metadata": Resource(get=metadata.instance, forms=DOCUMENTS),
        _FRAMES + "/rendered": Resource(get=rendered.frames, forms=IMAGES),
        _INSTANCE + "/rendered": Resource(get=rendered.instance, forms=IMAGES),
        _SERIES + "/rendered": images,
        _STUDY + "/rendered": images,
        _FRAMES + "/thumbnail": thumbnail,
        _INSTANCE + "/thumbnail": thumbnail,
        _STUDY + "/thumbnail": thumbnail,
        _INSTANCE + "/bulkdata": values,
        _SERIES + "/bulkdata": values,
        _STUDY + "/bulkdata": values,
    }
    root = Resource(options=CapabilitiesTransaction(resources).get)
    routes: list[BaseRoute] = [Route(ROOT + path, resource) for path, resource in resources.items()]
    routes += [Route(ROOT, root), Route(ROOT + "/", root)]
    return [*routes, Route("/wado", Resource(get=uri.get))]
