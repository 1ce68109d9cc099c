"""The addresses of the DICOMweb door (PS3.18 10.1.1, 9.1)."""

from starlette.routing import BaseRoute, Route

from steckel.dicomweb.addresses import ROOT
from steckel.dicomweb.capabilities import CapabilitiesTransaction
from steckel.dicomweb.documents import DOCUMENTS
from steckel.dicomweb.frame_forms import EVERY_FORM
from steckel.dicomweb.media_types import OCTET_STREAM, in_parts
from steckel.dicomweb.ports import DicomwebServices
from steckel.dicomweb.rendered import IMAGES
from steckel.dicomweb.resource import Resource
from steckel.dicomweb.retrieval import INSTANCE_FORMS, MANY_FORMS
from steckel.dicomweb.stow import StoreTransaction
from steckel.dicomweb.transactions import Callers

_STUDY = "/studies/{study}"
_SERIES = _STUDY + "/series/{series}"
_INSTANCE = _SERIES + "/instances/{instance}"
_FRAMES = _INSTANCE + "/frames/{frames}"


def dicomweb_routes(services: DicomwebServices) -> list[BaseRoute]:
    """Return the routes, to be mounted at the root of the HTTP listener."""
    ask = Callers(services).ask
    store = StoreTransaction(services.receiver, services.max_stow_body).store
    delete = ask(lambda it: it.delete.delete)
    retrieve = ask(lambda it: it.retrieve.get)
    thumbnail = Resource(get=ask(lambda it: it.rendered.thumbnail), forms=IMAGES)
    images = Resource(get=ask(lambda it: it.rendered.many), forms=IMAGES)
    values = Resource(get=ask(lambda it: it.bulkdata.all), forms=(in_parts(OCTET_STREAM),))
    found_series = Resource(get=ask(lambda it: it.search.series), forms=DOCUMENTS)
    found_instances = Resource(get=ask(lambda it: it.search.instances), forms=DOCUMENTS)
    resources = {
        # The most frequent first: routes are tried in order.
        _FRAMES: Resource(get=ask(lambda it: it.frames.get), forms=EVERY_FORM),
        _INSTANCE + "/bulkdata/{path:path}": Resource(
            get=ask(lambda it: it.bulkdata.one), forms=(OCTET_STREAM, in_parts(OCTET_STREAM))
        ),
        _SERIES + "/metadata": Resource(get=ask(lambda it: it.metadata.series), forms=DOCUMENTS),
        _SERIES + "/thumbnail": thumbnail,
        _INSTANCE: Resource(get=retrieve, delete=delete, forms=INSTANCE_FORMS, exports=True),
        "/studies": Resource(get=ask(lambda it: it.search.studies), post=store, forms=DOCUMENTS),
        _STUDY + "/series": found_series,
        _SERIES + "/instances": found_instances,
        _STUDY + "/instances": found_instances,
        "/series": found_series,
        "/instances": found_instances,
        _STUDY: Resource(get=retrieve, post=store, delete=delete, forms=MANY_FORMS, exports=True),
        _SERIES: Resource(get=retrieve, delete=delete, forms=MANY_FORMS, exports=True),
        _STUDY + "/metadata": Resource(get=ask(lambda it: it.metadata.study), forms=DOCUMENTS),
        _INSTANCE + "/metadata": Resource(
            get=ask(lambda it: it.metadata.instance), forms=DOCUMENTS
        ),
        _FRAMES + "/rendered": Resource(get=ask(lambda it: it.rendered.frames), forms=IMAGES),
        _INSTANCE + "/rendered": Resource(get=ask(lambda it: it.rendered.instance), forms=IMAGES),
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
    return [*routes, Route("/wado", Resource(get=ask(lambda it: it.uri.get)))]
