"""Frames in HTJ2K: from the file beside the stored bytes, or encoded for the request.

The rule: which of the two it was cannot be seen in the answer.
"""

from collections.abc import Generator, Iterator, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicom.frames import Fragment
from steckel.dicomweb.content import KEPT, SMALL, Content, is_current, not_modified, respond, send
from steckel.dicomweb.frame_forms import FrameForm
from steckel.dicomweb.frame_list import FrameList
from steckel.dicomweb.made_frames import answer_made
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.ports import Imaging, SecondReader
from steckel.dicomweb.streaming import pieces_of
from steckel.errors import NotFound
from steckel.retrieve.model import StoredInstance
from steckel.retrieve.second import Second


class SecondForm:
    """Answers in HTJ2K."""

    def __init__(self, reader: SecondReader | None, imaging: Imaging) -> None:
        self._reader = reader
        self._imaging = imaging

    async def find(self, instance: StoredInstance) -> Second:
        """Say what is kept of an instance."""
        if self._reader is None:
            return Second(preferred=False)
        return await run_in_threadpool(self._reader.find, instance)

    async def answer(
        self, request: Request, wanted: FrameList, form: FrameForm, second: Second
    ) -> Response:
        """Answer with frames.

        Raises
        ------
        CannotRender
            They are not of a kind that is encoded.
        """
        found = [second.fragment(number) for number in wanted.numbers]
        fragments = [fragment for fragment in found if fragment is not None]
        if self._reader is not None and len(fragments) == len(found):
            kept = _Kept(self._reader, second, fragments)
            try:
                if kept.size > SMALL:  # streamed: the file is tried before the status leaves
                    await run_in_threadpool(self._reader.read, second, fragments[0].offset, 1)
                return await self._kept(request, wanted, form, kept)
            except NotFound:
                pass  # it was thrown away, or a neighbour is being erased from it
        return await answer_made(request, wanted, form, self._imaging.encode)

    async def _kept(
        self, request: Request, wanted: FrameList, form: FrameForm, kept: "_Kept"
    ) -> Response:
        if not form.multipart:
            length = kept.fragments[0].length
            content = Content(
                length=length,
                media_type=form.content_type,
                etag=wanted.etag_alone(form, length),
                pieces=kept.pieces,
            )
            return await respond(request, content, caching=KEPT)
        if is_current(request, wanted.etag(form)):
            return not_modified(wanted.etag(form), KEPT)
        answer = MultipartAnswer(form.essence)
        parts = kept.parts(answer, wanted, form)
        return await send(parts, kept.size, wanted.headers(answer, form))


class _Kept:
    """The frames of one answer in their file."""

    def __init__(self, reader: SecondReader, second: Second, fragments: Sequence[Fragment]) -> None:
        self._reader = reader
        self._second = second
        self.fragments = fragments
        self.size = sum(fragment.length for fragment in fragments)

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Read a range of the first frame."""
        offset = self.fragments[0].offset
        return pieces_of(self._read, offset + start, offset + stop)

    def parts(
        self, answer: MultipartAnswer, wanted: FrameList, form: FrameForm
    ) -> Generator[bytes, None, None]:
        """Read all frames, with what stands before and behind them."""
        for number, fragment in zip(wanted.numbers, self.fragments, strict=True):
            yield wanted.head(answer, form, number, fragment.length)
            yield self._read(fragment.offset, fragment.length)
        yield answer.end()

    def _read(self, offset: int, length: int) -> bytes:
        return self._reader.read(self._second, offset, length)
