"""WADO-RS: frames (PS3.18 10.4.1.1.5)."""

from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from hashlib import blake2b

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicom.frames import FrameTable
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, assume
from steckel.dicomweb.accepting import accepted
from steckel.dicomweb.addresses import resource_path, service_url, target_of
from steckel.dicomweb.content import (
    PRIVATE,
    content_of_bytes,
    content_of_fragments,
    etag_of,
    is_current,
    not_modified,
    respond,
    send,
)
from steckel.dicomweb.frame_forms import FrameForm, available, forms
from steckel.dicomweb.media_types import Range
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.numbers import natural
from steckel.dicomweb.ports import Imaging
from steckel.dicomweb.refusals import BadRequest, NotAcceptable
from steckel.errors import CannotRender, NotFound
from steckel.retrieve.model import Retriever, StoredInstance

#: Frames named in one address.
_MOST_FRAMES = 10_000

_NO_FRAMES = FrameTable(encapsulated=False, frames=())


@dataclass(frozen=True, kw_only=True)
class FrameList:
    """The frames that a request is for."""

    instance: StoredInstance
    numbers: list[int]
    service: str  #: absolute address of the DICOMweb root

    def location(self, number: int) -> str:
        """Return the address of one of them."""
        instance = self.instance
        path = resource_path(instance.study_uid, instance.series_uid, instance.sop_instance_uid)
        return f"{self.service}{path}/frames/{number}"

    def etag(self, form: FrameForm) -> str:
        """Name them in one form."""
        listed = blake2b(repr(self.numbers).encode(), digest_size=8).hexdigest()
        return etag_of(self.instance, f"{listed}-{form.syntax}-{form.essence}")


class FrameTransaction:
    """The retrieve transaction for frames."""

    def __init__(self, retriever: Retriever, imaging: Imaging) -> None:
        self._retriever = retriever
        self._imaging = imaging

    async def get(self, request: Request) -> Response:
        """Answer with the frames that the address lists."""
        target = target_of(request)
        numbers = frame_numbers(request.path_params["frames"])
        ranges = accepted(request)
        instance = await run_in_threadpool(
            self._retriever.instance, target.study, target.series, target.instance
        )
        check_frames(instance, numbers)
        wanted = FrameList(instance=instance, numbers=numbers, service=service_url(request))
        return await self.answer(request, wanted, ranges)

    async def answer(self, request: Request, wanted: FrameList, ranges: list[Range]) -> Response:
        """Answer with frames in the best form that can be made.

        Raises
        ------
        NotAcceptable
            There is none.
        """
        syntax = wanted.instance.transfer_syntax
        # Bit-packed and deflated frames do not lie apart in the file.
        apart = bool(wanted.instance.frames and wanted.instance.frames.count)
        for form in forms(ranges, syntax, len(wanted.numbers)):
            if apart and not form.decoded:
                return await self._stored(request, wanted, form)
            if form.syntax == EXPLICIT_VR_LITTLE_ENDIAN:
                try:
                    return await self._decoded(request, wanted, form)
                except CannotRender:
                    continue
        message = "the frames are not to be had in a form that is accepted"
        raise NotAcceptable(message, available(syntax))

    async def _stored(self, request: Request, wanted: FrameList, form: FrameForm) -> Response:
        if not form.multipart:
            table = wanted.instance.frames or _NO_FRAMES
            fragments = table.frames[wanted.numbers[0] - 1]
            return await respond(
                request,
                content_of_fragments(
                    self._retriever, wanted.instance, fragments, form.content_type
                ),
            )
        etag = wanted.etag(form)
        if is_current(request, etag):
            return not_modified(etag)
        answer = MultipartAnswer(form.essence)
        size = sum(_length(wanted.instance, number) for number in wanted.numbers)
        return await send(self._parts(answer, wanted, form), size, _headers(answer, etag))

    def _parts(
        self, answer: MultipartAnswer, wanted: FrameList, form: FrameForm
    ) -> Generator[bytes, None, None]:
        for number in wanted.numbers:
            frame = self._retriever.frame(wanted.instance, number)
            yield answer.head(form.content_type, len(frame), wanted.location(number))
            yield frame
        yield answer.end()

    async def _decoded(self, request: Request, wanted: FrameList, form: FrameForm) -> Response:
        etag = wanted.etag(form)
        if is_current(request, etag):
            return not_modified(etag)
        # The first frame is decoded before the status leaves.
        first = await self._imaging.decode(wanted.instance, wanted.numbers[0])
        if not form.multipart:
            return await respond(request, content_of_bytes(first, form.content_type, etag))
        answer = MultipartAnswer(form.essence)
        body = self._decoded_parts(answer, wanted, form, first)
        return StreamingResponse(body, headers=_headers(answer, etag))

    async def _decoded_parts(
        self, answer: MultipartAnswer, wanted: FrameList, form: FrameForm, first: bytes
    ) -> AsyncIterator[bytes]:
        for position, number in enumerate(wanted.numbers):
            frame = first if not position else await self._imaging.decode(wanted.instance, number)
            yield answer.head(form.content_type, len(frame), wanted.location(number))
            yield frame
        yield answer.end()


def frame_numbers(text: str) -> list[int]:
    """Read a list of frame numbers, from 1.

    Raises
    ------
    BadRequest
        It is no such list.
    """
    parts = text.split(",")
    if len(parts) > _MOST_FRAMES:
        raise BadRequest(f"one request is for at most {_MOST_FRAMES} frames")
    numbers = [number for part in parts if (number := natural(part))]
    if len(numbers) < len(parts):
        raise BadRequest("frames are listed by their numbers, from 1")
    return numbers


def check_frames(instance: StoredInstance, numbers: list[int]) -> None:
    """Make sure that the frames exist, as far as the index knows.

    Raises
    ------
    NotFound
        They do not.
    """
    table = instance.frames
    if table is None:
        if assume(instance.transfer_syntax).deflated:
            return  # what is deflated was not looked into
        raise NotFound("the instance has no pixel data")
    if table.count and max(numbers) > table.count:
        raise NotFound(f"the instance has {table.count} frames")


def _length(instance: StoredInstance, number: int) -> int:
    table = instance.frames or _NO_FRAMES
    return sum(fragment.length for fragment in table.frames[number - 1])


def _headers(answer: MultipartAnswer, etag: str) -> dict[str, str]:
    # Weak: the boundary is another each time.
    return PRIVATE | {"Content-Type": answer.content_type, "ETag": f"W/{etag}", "Vary": "Accept"}
