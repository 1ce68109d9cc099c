"""Frames that are made when they are asked for: decoded, or encoded in HTJ2K."""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicomweb.content import KEPT, content_of_bytes, is_current, not_modified, respond
from steckel.dicomweb.frame_forms import FrameForm
from steckel.dicomweb.frame_list import FrameList
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.retrieve.model import StoredInstance

Make = Callable[[StoredInstance, int], Awaitable[bytes]]


async def answer_made(request: Request, wanted: FrameList, form: FrameForm, make: Make) -> Response:
    """Answer with frames that `make` returns one by one.

    Raises
    ------
    CannotRender
        The first cannot be made.
    """
    if is_current(request, wanted.etag(form)):
        return not_modified(wanted.etag(form), KEPT)
    # The first frame is made before the status leaves.
    first = await make(wanted.instance, wanted.numbers[0])
    if not form.multipart:
        content = content_of_bytes(first, form.content_type, wanted.etag_alone(form, len(first)))
        return await respond(request, content, caching=KEPT)
    answer = MultipartAnswer(form.essence)

    async def parts() -> AsyncIterator[bytes]:
        for position, number in enumerate(wanted.numbers):
            frame = first if not position else await make(wanted.instance, number)
            yield wanted.head(answer, form, number, len(frame))
            yield frame
        yield answer.end()

    return StreamingResponse(parts(), headers=wanted.headers(answer, form))
