"""WADO-RS: frames (PS3.18 10.4.1.1.5)."""

from collections.abc import Generator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicom.frames import FrameTable
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.dicomweb.accepting import accepted
from steckel.dicomweb.addresses import service_url, target_of
from steckel.dicomweb.content import (
    KEPT,
    content_of_fragments,
    is_current,
    not_modified,
    respond,
    send,
)
from steckel.dicomweb.frame_forms import FrameForm, asks_for_second, available, forms
from steckel.dicomweb.frame_list import FrameList, check_frames, frame_numbers
from steckel.dicomweb.made_frames import answer_made
from steckel.dicomweb.media_types import Range
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.ports import Imaging, SecondReader
from steckel.dicomweb.refusals import NotAcceptable
from steckel.dicomweb.second_form import SecondForm
from steckel.errors import CannotRender
from steckel.retrieve.model import Retriever, StoredInstance
from steckel.retrieve.second import Second

_NO_FRAMES = FrameTable(encapsulated=False, frames=())


class FrameTransaction:
    """The retrieve transaction for frames."""

    def __init__(self, retriever: Retriever, imaging: Imaging, second: SecondReader | None) -> None:
        self._retriever = retriever
        self._imaging = imaging
        self._second = SecondForm(second, imaging)

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
        syntax, count = wanted.instance.transfer_syntax, len(wanted.numbers)
        second = Second(preferred=False)
        if asks_for_second(ranges, syntax, count):
            second = await self._second.find(wanted.instance)
        for form in forms(ranges, syntax, count, prefer_second=second.preferred):
            try:
                answer = await self._in_form(request, wanted, form, second)
            except CannotRender:
                continue
            if answer is not None:
                return answer
        message = "the frames are not to be had in a form that is accepted"
        raise NotAcceptable(message, available(syntax))

    async def _in_form(
        self, request: Request, wanted: FrameList, form: FrameForm, second: Second
    ) -> Response | None:
        """Answer in one form; ``None`` where it cannot be made."""
        if form.second:
            return await self._second.answer(request, wanted, form, second)
        # Bit-packed and deflated frames do not lie apart in the file.
        apart = bool(wanted.instance.frames and wanted.instance.frames.count)
        if apart and not form.decoded:
            return await self._stored(request, wanted, form)
        if form.syntax == EXPLICIT_VR_LITTLE_ENDIAN:
            return await answer_made(request, wanted, form, self._imaging.decode)
        return None

    async def _stored(self, request: Request, wanted: FrameList, form: FrameForm) -> Response:
        if not form.multipart:
            table = wanted.instance.frames or _NO_FRAMES
            fragments = table.frames[wanted.numbers[0] - 1]
            content = content_of_fragments(
                self._retriever, wanted.instance, fragments, form.content_type
            )
            return await respond(request, content, caching=KEPT)
        etag = wanted.etag(form)
        if is_current(request, etag):
            return not_modified(etag, KEPT)
        answer = MultipartAnswer(form.essence)
        size = sum(_length(wanted.instance, number) for number in wanted.numbers)
        return await send(self._parts(answer, wanted, form), size, wanted.headers(answer, form))

    def _parts(
        self, answer: MultipartAnswer, wanted: FrameList, form: FrameForm
    ) -> Generator[bytes, None, None]:
        for number in wanted.numbers:
            frame = self._retriever.frame(wanted.instance, number)
            yield wanted.head(answer, form, number, len(frame))
            yield frame
        yield answer.end()


def _length(instance: StoredInstance, number: int) -> int:
    table = instance.frames or _NO_FRAMES
    return sum(fragment.length for fragment in table.frames[number - 1])
