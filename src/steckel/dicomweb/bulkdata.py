"""WADO-RS: bulk data, by the addresses that the metadata gives (PS3.18 10.4.1.1.5).

Pixel data and encapsulated documents can be large: where they lie in one
piece or in fragments of the file, they are sent from there, with ranges.
"""

import re
from collections.abc import Generator, Iterator

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicom import tags
from steckel.dicom.frames import Fragment
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicomweb.accepting import accepted, says_nothing
from steckel.dicomweb.addresses import origin_of, service_url, target_of
from steckel.dicomweb.content import (
    PRIVATE,
    Content,
    content_of_bytes,
    content_of_fragments,
    etag_of_all,
    etag_of_sent,
    is_current,
    not_modified,
    respond,
    send,
)
from steckel.dicomweb.documents import datasets_of
from steckel.dicomweb.encapsulated import media_type_of_document
from steckel.dicomweb.frame_list import FrameList
from steckel.dicomweb.frames import FrameTransaction
from steckel.dicomweb.media_types import OCTET_STREAM, in_parts
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.pixel_media_types import is_video, media_types_of
from steckel.dicomweb.refusals import BadRequest, NotAcceptable
from steckel.dicomweb.streaming import in_threads
from steckel.errors import InputError, NotFound
from steckel.retrieve.model import Retriever, StoredInstance

_log = structlog.get_logger(__name__)

_PATH = re.compile(r"(?:[0-9A-Fa-f]{8}/[1-9][0-9]{0,6}/)*[0-9A-Fa-f]{8}\Z")
_PIXEL_DATA = json_key(tags.PIXEL_DATA)
_DOCUMENT = json_key(tags.ENCAPSULATED_DOCUMENT)
#: Of a path: no real object nests deeper than a few items.
_LONGEST_PATH = 1024


class BulkDataTransaction:
    """The retrieve transaction for bulk data."""

    def __init__(self, retriever: Retriever, frames: FrameTransaction) -> None:
        self._retriever = retriever
        self._frames = frames

    async def one(self, request: Request) -> Response:
        """Answer with one value."""
        target = target_of(request)
        path = bulk_path(request.path_params["path"])
        instance = await run_in_threadpool(
            self._retriever.instance, target.study, target.series, target.instance
        )
        table = instance.frames
        if path == _PIXEL_DATA and table and table.encapsulated and table.count:
            if is_video(instance.transfer_syntax):
                return await self._send(request, self.video(instance))
            numbers = list(range(1, table.count + 1))
            service = service_url(request)
            wanted = FrameList(instance=instance, numbers=numbers, service=service)
            return await self._frames.answer(request, wanted, accepted(request))
        content = await run_in_threadpool(self.content, instance, path)
        return await self._send(request, content)

    async def all(self, request: Request) -> Response:
        """Answer with every bulk value of an instance, a series or a study, one per part."""
        target = target_of(request)
        if not any(r.takes_multipart and r.takes(OCTET_STREAM) for r in accepted(request)):
            raise NotAcceptable("bulk data is sent in parts", (in_parts(OCTET_STREAM),))
        # Weak: the boundary is another each time.
        etag = f"W/{await etag_of_all(self._retriever, target.selection(), 'bulk')}"
        if is_current(request, etag):
            return not_modified(etag)
        answer = MultipartAnswer(OCTET_STREAM)
        parts = self._parts(answer, self._retriever.select(target.selection()), request)
        headers = PRIVATE | {"Content-Type": answer.content_type, "ETag": etag, "Vary": "Accept"}
        return StreamingResponse(in_threads(parts), headers=headers)

    def video(self, instance: StoredInstance) -> Content:
        """Return a video as the stream that it is."""
        fragments = tuple(f for frame in _table_frames(instance) for f in frame)
        media_type = media_types_of(instance.transfer_syntax)[0]
        return content_of_fragments(self._retriever, instance, fragments, media_type)

    def content(self, instance: StoredInstance, path: str) -> Content:
        """Return one bulk value. Blocking."""
        frames = _table_frames(instance)
        if (
            path == _PIXEL_DATA
            and frames
            and not (instance.frames and instance.frames.encapsulated)
        ):
            first, last = frames[0][0], frames[-1][-1]
            whole = Fragment(first.offset, last.offset + last.length - first.offset)
            return content_of_fragments(self._retriever, instance, (whole,), OCTET_STREAM)
        data = self._retriever.bulk(instance, path)
        media_type = OCTET_STREAM
        if path == _DOCUMENT:
            media_type = media_type_of_document(instance.sop_class_uid)
            data = without_padding(data, media_type)
        return content_of_bytes(data, media_type, etag_of_sent(instance, path))

    async def _send(self, request: Request, content: Content) -> Response:
        """Answer with the value alone, or as the one part that older clients expect."""
        known = (content.media_type, OCTET_STREAM)
        for wanted in accepted(request):
            media_type = next((t for t in known if wanted.takes(t)), None)
            if media_type is None:
                continue
            # The default of the standard is multipart; a client that writes */*
            # by itself, as browsers do, knows nothing of parts.
            if wanted.multipart or (wanted.takes_multipart and says_nothing(request)):
                return await _in_one_part(request, content, media_type)
            plain = Content(
                length=content.length,
                media_type=media_type,
                etag=content.etag,
                pieces=content.pieces,
            )
            return await respond(request, plain)
        types = tuple(dict.fromkeys(known))
        raise NotAcceptable("the value is sent as", (*types, *map(in_parts, types)))

    def _parts(
        self, answer: MultipartAnswer, instances: Iterator[StoredInstance], request: Request
    ) -> Generator[bytes, None, None]:
        origin = origin_of(request)
        for instance in instances:
            datasets = datasets_of(self._retriever.instance_metadata(instance))
            for uri in (uri for dataset in datasets for uri in bulk_uris(dataset)):
                location = uri if "://" in uri else origin + uri
                try:
                    content = self.content(instance, uri.partition("/bulkdata/")[2])
                except (NotFound, InputError):  # a broken object; the rest is worth having
                    _log.warning("bulk_value_missing", sop=instance.sop_instance_uid, uri=uri)
                    continue
                yield answer.head(content.media_type, content.length, location)
                yield from content.pieces(0, content.length)
        yield answer.end()


def bulk_path(text: str) -> str:
    """Read the path of a value: ``54000100/1/54001010``.

    Raises
    ------
    BadRequest
        It is none.
    """
    if len(text) > _LONGEST_PATH or not _PATH.match(text):
        raise BadRequest("the address of a bulk value is made of tags and numbers of items")
    return text.upper()


def bulk_uris(dataset: JsonDataset) -> Iterator[str]:
    """Yield the address of every value that is not in the document itself."""
    for element in dataset.values():
        if "BulkDataURI" in element:
            yield element["BulkDataURI"]
        elif element["vr"] == "SQ":
            for item in element.get("Value") or ():
                yield from bulk_uris(item or {})


def without_padding(data: bytes, media_type: str) -> bytes:
    """Drop the zero that makes an encapsulated document even (PS3.3 C.24.2)."""
    if media_type != OCTET_STREAM and data.endswith(b"\0"):
        return data[:-1]
    return data


def _table_frames(instance: StoredInstance) -> tuple[tuple[Fragment, ...], ...]:
    return instance.frames.frames if instance.frames else ()


async def _in_one_part(request: Request, content: Content, media_type: str) -> Response:
    etag = f"W/{content.etag}"
    if is_current(request, etag):
        return not_modified(etag)
    answer = MultipartAnswer(media_type)

    def pieces() -> Generator[bytes, None, None]:
        yield answer.head(media_type, content.length, str(request.url.replace(query="")))
        yield from content.pieces(0, content.length)
        yield answer.end()

    headers = PRIVATE | {"Content-Type": answer.content_type, "ETag": etag, "Vary": "Accept"}
    return await send(pieces(), content.length, headers)
