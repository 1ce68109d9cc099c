"""WADO-RS: rendered resources and thumbnails (PS3.18 10.4.1.1.3, 10.4.1.1.4).

A video or a document is its own rendering: it is sent as the stream that is
in the object. A structured report is rendered as a page of text.
"""

from collections.abc import AsyncIterator, Callable, Iterator

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicom import tags
from steckel.dicom.json_model import json_key
from steckel.dicomweb.accepting import accepted
from steckel.dicomweb.addresses import Target, service_url, target_of
from steckel.dicomweb.bulkdata import BulkDataTransaction
from steckel.dicomweb.content import (
    PRIVATE,
    Content,
    content_of_bytes,
    etag_named,
    etag_of,
    etag_of_sent,
    is_current,
    not_modified,
    respond,
)
from steckel.dicomweb.documents import datasets_of
from steckel.dicomweb.encapsulated import holds_document, media_type_of_document
from steckel.dicomweb.frame_list import check_frames, frame_numbers
from steckel.dicomweb.media_types import Range
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.pixel_media_types import is_video, media_types_of
from steckel.dicomweb.ports import Imaging, KeptThumbnails, Rendered
from steckel.dicomweb.refusals import NotAcceptable
from steckel.dicomweb.rendering import (
    GIF,
    JPEG,
    PNG,
    RenderRequest,
    not_followed,
    parse_rendering,
)
from steckel.dicomweb.streaming import each_in_thread
from steckel.dicomweb.warning import warning_header
from steckel.errors import CannotRender, NotFound
from steckel.imaging.model import HTML
from steckel.imaging.structured_report import is_structured_report, report_to_html
from steckel.retrieve.model import Retriever, StoredInstance
from steckel.retrieve.representative import is_image, representative

IMAGES = (JPEG, PNG, GIF)

_log = structlog.get_logger(__name__)


class RenderedTransaction:
    """The retrieve transaction for what people look at."""

    def __init__(
        self,
        retriever: Retriever,
        imaging: Imaging,
        bulkdata: BulkDataTransaction,
        thumbnails: KeptThumbnails | None = None,
    ) -> None:
        self._retriever = retriever
        self._thumbnails = thumbnails
        self._imaging = imaging
        self._bulkdata = bulkdata

    async def instance(self, request: Request) -> Response:
        """Answer with an instance as an image, a video or a document."""
        target = target_of(request)
        instance = await self._instance(target)
        ranges = accepted(request)
        direct = self._direct(instance, ranges)
        if direct is not None:
            content = await run_in_threadpool(direct)
            return await respond(request, content)
        check_frames(instance, [1])
        return _warn(request, await self._one(request, instance, 1, ranges))

    async def frames(self, request: Request) -> Response:
        """Answer with the frames that the address lists."""
        target = target_of(request)
        numbers = frame_numbers(request.path_params["frames"])
        ranges = accepted(request)
        instance = await self._instance(target)
        check_frames(instance, numbers)
        if len(numbers) == 1:
            return _warn(request, await self._one(request, instance, numbers[0], ranges))
        chosen = ((instance, number) for number in numbers)
        return _warn(request, await self._many(request, chosen, ranges))

    async def many(self, request: Request) -> Response:
        """Answer with an image for each instance of a series or a study.

        A client that does not ask for parts gets the one that stands for the whole.
        """
        target = target_of(request)
        ranges = accepted(request)
        if ranges[0].multipart is not True:
            instance, _ = await run_in_threadpool(self._image_of, target)
            return _warn(request, await self._one(request, instance, 1, ranges))
        instances = self._retriever.select(target.selection())
        chosen = ((instance, 1) for instance in instances if is_image(instance))
        return _warn(request, await self._many(request, chosen, ranges))

    async def thumbnail(self, request: Request) -> Response:
        """Answer with one small image that stands for the whole (PS3.18 10.4.1.1.4)."""
        target = target_of(request)
        rendering = _rendering(request, _image_type(accepted(request)))
        if "frames" in request.path_params:
            instance = await self._instance(target)
            number = frame_numbers(request.path_params["frames"])[0]
            check_frames(instance, [number])
        else:
            kept = await self._kept(target, rendering)
            if kept is not None:
                return await respond(request, kept)
            instance, number = await run_in_threadpool(self._best_known, target)
        etag = _etag(instance, number, rendering, "thumbnail")
        if is_current(request, etag):
            return not_modified(etag)
        made = await self._imaging.thumbnail(instance, number, rendering)
        return await respond(request, content_of_bytes(made.data, made.media_type, etag))

    async def _kept(self, target: Target, rendering: RenderRequest) -> Content | None:
        """Return the thumbnail of a series or a study that was made before, if it was."""
        if self._thumbnails is None or target.instance or not target.study:
            return None
        kept = await run_in_threadpool(
            self._thumbnails.kept, target.study, target.series, rendering.name
        )
        if kept is None:
            return None
        form = f"thumbnail-{kept.frame}-{rendering.name}"
        return content_of_bytes(kept.data, kept.media_type, etag_named(kept.digest, form))

    async def _instance(self, target: Target) -> StoredInstance:
        return await run_in_threadpool(
            self._retriever.instance, target.study, target.series, target.instance
        )

    def _direct(
        self, instance: StoredInstance, ranges: list[Range]
    ) -> Callable[[], Content] | None:
        """Return what reads an instance that is sent as the stream in it.

        A video whose client asks for an image is left to the imaging.
        """
        if holds_document(instance.sop_class_uid):
            media_type = media_type_of_document(instance.sop_class_uid)
            if not any(wanted.takes(media_type) for wanted in ranges):
                raise NotAcceptable("the document is sent as", (media_type,))
            return lambda: self._bulkdata.content(instance, json_key(tags.ENCAPSULATED_DOCUMENT))
        if is_structured_report(instance.sop_class_uid):
            if not any(wanted.takes(HTML) for wanted in ranges):
                raise NotAcceptable("the report is shown as", (HTML,))
            return lambda: self._report(instance)
        if is_video(instance.transfer_syntax):
            media_type = media_types_of(instance.transfer_syntax)[0]
            if any(wanted.takes(media_type) for wanted in ranges):
                return lambda: self._bulkdata.video(instance)
        return None

    def _report(self, instance: StoredInstance) -> Content:
        dataset = datasets_of(self._retriever.instance_metadata(instance))[0]
        page = report_to_html(dataset).encode()
        return content_of_bytes(page, f"{HTML};charset=utf-8", etag_of_sent(instance, "report"))

    async def _one(
        self, request: Request, instance: StoredInstance, number: int, ranges: list[Range]
    ) -> Response:
        rendering = _rendering(request, _image_type(ranges))
        etag = _etag(instance, number, rendering, "rendered")
        if is_current(request, etag):
            return not_modified(etag)
        made = await self._imaging.render(instance, number, rendering)
        if ranges[0].multipart is True:
            return _in_parts(_only(made), made.media_type)
        return await respond(request, content_of_bytes(made.data, made.media_type, etag))

    async def _many(
        self,
        request: Request,
        chosen: Iterator[tuple[StoredInstance, int]],
        ranges: list[Range],
    ) -> Response:
        rendering = _rendering(request, _image_type(ranges))
        images = self._images(chosen, rendering)
        # The first image decides whether there is an answer at all.
        first = await anext(images, None)
        if first is None:
            raise NotFound("there is no image that can be shown")
        return _in_parts(_chain(first, images), first.media_type)

    async def _images(
        self, chosen: Iterator[tuple[StoredInstance, int]], rendering: RenderRequest
    ) -> AsyncIterator[Rendered]:
        async for instance, number in each_in_thread(chosen):
            try:
                yield await self._imaging.render(instance, number, rendering)
            except CannotRender as error:
                _log.info("image_left_out", sop=instance.sop_instance_uid, reason=str(error))

    def _image_of(self, target: Target) -> tuple[StoredInstance, int]:
        return representative(self._retriever.select(target.selection()))

    def _best_known(self, target: Target) -> tuple[StoredInstance, int]:
        """Choose what stands for the whole: an image, or else the first object."""
        try:
            return self._image_of(target)
        except NotFound:
            first = next(self._retriever.select(target.selection()), None)
            if first is None:
                raise
            return first, 1


def _image_type(ranges: list[Range]) -> str:
    for wanted in ranges:
        for media_type in IMAGES:
            if wanted.takes(media_type):
                return media_type
    raise NotAcceptable("images are rendered as", IMAGES)


def _rendering(request: Request, media_type: str) -> RenderRequest:
    return parse_rendering(request.query_params, media_type)


def _warn(request: Request, response: Response) -> Response:
    """Say in the answer what of the request was not followed."""
    if said := not_followed(request.query_params):
        response.headers["Warning"] = warning_header(service_url(request), said)
    return response


def _etag(instance: StoredInstance, number: int, rendering: RenderRequest, kind: str) -> str:
    return etag_of(instance, f"{kind}-{number}-{rendering.name}")


def _in_parts(images: AsyncIterator[Rendered], media_type: str) -> Response:
    answer = MultipartAnswer(media_type)

    async def pieces() -> AsyncIterator[bytes]:
        async for image in images:
            yield answer.head(image.media_type, len(image.data))
            yield image.data
        yield answer.end()

    headers = PRIVATE | {"Content-Type": answer.content_type, "Vary": "Accept"}
    return StreamingResponse(pieces(), headers=headers)


async def _only(image: Rendered) -> AsyncIterator[Rendered]:
    yield image


async def _chain(first: Rendered, rest: AsyncIterator[Rendered]) -> AsyncIterator[Rendered]:
    yield first
    async for image in rest:
        yield image
