"""Retrieve Capabilities: what the service has, said to programs (PS3.18 8.9, Annex H).

The description is made of the table of routes itself, so that it cannot say
what is not there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

import orjson
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicomweb.accepting import accepted
from steckel.dicomweb.addresses import service_url
from steckel.dicomweb.media_types import JSON
from steckel.dicomweb.refusals import NotAcceptable
from steckel.dicomweb.resource import Resource

WADL: Final = "application/vnd.sun.wadl+xml"

_NAMESPACE = "http://wadl.dev.java.net/2009/02"
_PLACE = re.compile(r"\{(\w+)(?::path)?\}")
_VARY = {"Vary": "Accept"}


class CapabilitiesTransaction:
    """The retrieve capabilities transaction."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = {
            _PLACE.sub(r"{\1}", path.removeprefix("/")): resource
            for path, resource in resources.items()
        }

    async def get(self, request: Request) -> Response:
        """Answer with the description, in WADL or in JSON.

        Raises
        ------
        NotAcceptable
            The client accepts neither.
        """
        base = service_url(request)
        for wanted in accepted(request):
            if wanted.takes_single and wanted.takes(WADL):
                return Response("".join(self._wadl(base)), media_type=WADL, headers=_VARY)
            if wanted.takes_single and wanted.takes(JSON):
                return Response(self._json(base), media_type=JSON, headers=_VARY)
        raise NotAcceptable("the service is described as", (WADL, JSON))

    def _wadl(self, base: str) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<application xmlns="{_NAMESPACE}"><resources base={quoteattr(base)}>'
        for path, resource in self._resources.items():
            yield f'<resource path="{path}">'
            for name in _PLACE.findall(path):
                yield f'<param name="{name}" style="template" required="true"/>'
            for method in resource.methods:
                yield from _method(method, resource.answers(method))
            yield "</resource>"
        yield "</resources></application>"

    def _json(self, base: str) -> bytes:
        resources = [
            {
                "path": path,
                "methods": [
                    {"name": name, "answers": resource.answers(name)} for name in resource.methods
                ],
            }
            for path, resource in self._resources.items()
        ]
        return orjson.dumps({"base": base, "resources": resources})


def _method(name: str, media_types: tuple[str, ...]) -> Iterator[str]:
    yield f'<method name="{name}"><response>'
    for media_type in media_types:
        yield f"<representation mediaType={quoteattr(media_type)}/>"
    yield "</response></method>"
