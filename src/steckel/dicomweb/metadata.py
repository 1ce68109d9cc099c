"""WADO-RS: metadata of a study, a series or an instance (PS3.18 10.4.1.1.2).

A series' document lies ready and compressed, and is sent so to a client that
takes gzip.
"""

import gzip
import hashlib
import zlib
from collections.abc import Generator, Iterable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicom import tags
from steckel.dicom.json_model import json_key
from steckel.dicomweb.absolute_uris import (
    VARIES_WITH,
    AbsoluteDocuments,
    absolute,
    origin_for,
)
from steckel.dicomweb.addresses import Target, target_of
from steckel.dicomweb.content import PRIVATE, is_current, not_modified
from steckel.dicomweb.documents import (
    VARY,
    content_etag,
    datasets_of,
    document_type,
    json_response,
    xml_response,
)
from steckel.dicomweb.media_types import DICOM_XML, accepts_gzip
from steckel.dicomweb.streaming import in_threads
from steckel.errors import NotFound
from steckel.query.model import Key, Level, Query
from steckel.query.ports import Finder
from steckel.retrieve.model import MetadataDocument, Retriever

_GZIP = zlib.MAX_WBITS | 16
_CACHING = PRIVATE | {"Vary": f"{VARY}, {VARIES_WITH}"}


class MetadataTransaction:
    """The retrieve transaction for metadata."""

    def __init__(self, retriever: Retriever, finder: Finder, absolute: AbsoluteDocuments) -> None:
        self._retriever = retriever
        self._finder = finder
        self._absolute = absolute

    async def study(self, request: Request) -> Response:
        """Answer with the documents of all series of a study, joined."""
        target = target_of(request)
        media_type = document_type(request)
        documents = await run_in_threadpool(self._of_study, target)
        origin = origin_for(request)
        etag = _etag([document.etag for document in documents], origin)
        if is_current(request, etag):
            return not_modified(etag, _CACHING)
        headers = _CACHING | {"ETag": etag}
        if media_type == DICOM_XML:
            return await run_in_threadpool(_xml, documents, origin, headers)
        pieces = joined(documents, origin)
        if accepts_gzip(request.headers.get("accept-encoding")):
            pieces = _compressed(pieces)
            headers["Content-Encoding"] = "gzip"
        return StreamingResponse(in_threads(pieces), media_type=media_type, headers=headers)

    async def series(self, request: Request) -> Response:
        """Answer with the document of a series."""
        target = target_of(request)
        media_type = document_type(request)
        document = await run_in_threadpool(self._retriever.metadata, target.study, target.series)
        origin = origin_for(request)
        etag = _etag([document.etag], origin)
        if is_current(request, etag):
            return not_modified(etag, _CACHING)
        headers = _CACHING | {"ETag": etag}
        if media_type == DICOM_XML:
            return await run_in_threadpool(_xml, [document], origin, headers)
        if accepts_gzip(request.headers.get("accept-encoding")):
            body = document.gzipped
            if origin:
                body = await run_in_threadpool(self._absolute.get, document, origin)
            headers["Content-Encoding"] = "gzip"
            return Response(body, media_type=media_type, headers=headers)
        pieces = in_threads(joined([document], origin))
        return StreamingResponse(pieces, media_type=media_type, headers=headers)

    async def instance(self, request: Request) -> Response:
        """Answer with the data set of an instance."""
        target = target_of(request)
        media_type = document_type(request)
        body = absolute(await run_in_threadpool(self._of_instance, target), origin_for(request))
        etag = content_etag(body)
        if is_current(request, etag):
            return not_modified(etag, _CACHING)
        headers = _CACHING | {"ETag": etag}
        if media_type == DICOM_XML:
            return xml_response(datasets_of(body), headers)
        return await json_response(request, body, media_type, headers=headers)

    def _of_instance(self, target: Target) -> bytes:
        instance = self._retriever.instance(target.study, target.series, target.instance)
        return self._retriever.instance_metadata(instance)

    def _of_study(self, target: Target) -> list[MetadataDocument]:
        query = Query(
            level=Level.SERIES,
            keys=(Key(tag=tags.STUDY_INSTANCE_UID, value=target.study),),
            fields=frozenset({tags.SERIES_INSTANCE_UID}),
        )
        key = json_key(tags.SERIES_INSTANCE_UID)
        # Read to the end before the documents are, so that no cursor waits for them.
        uids = [str(dataset[key]["Value"][0]) for dataset in self._finder.find(query)]
        documents: list[MetadataDocument] = []
        for uid in uids:
            try:
                documents.append(self._retriever.metadata(target.study, uid))
            except NotFound:
                continue  # deleted a moment ago
        if not documents:
            raise NotFound("there is no such study")
        return documents


def _etag(names: list[str], origin: str) -> str:
    """Name joined documents; weak, for they may be compressed on their way."""
    told = "\n".join([*names, origin]).encode()
    return f'W/"{hashlib.blake2b(told, digest_size=16).hexdigest()}"'


def joined(documents: Iterable[MetadataDocument], origin: str = "") -> Generator[bytes, None, None]:
    """Join JSON arrays into one, their addresses made absolute."""
    yield b"["
    first = True
    for document in documents:
        content = absolute(gzip.decompress(document.gzipped), origin).strip()[1:-1].strip()
        if content:
            yield content if first else b"," + content
            first = False
    yield b"]"


def _compressed(pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    engine = zlib.compressobj(level=1, wbits=_GZIP)
    for piece in pieces:
        yield engine.compress(piece)
    yield engine.flush()


def _xml(documents: list[MetadataDocument], origin: str, headers: dict[str, str]) -> Response:
    body = b"".join(joined(documents, origin))
    return xml_response(datasets_of(body), headers)
