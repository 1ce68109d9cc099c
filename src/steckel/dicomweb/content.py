"""A single body of known length: conditional requests and ranges (RFC 9110 13, 14)."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicom.frames import Fragment
from steckel.dicomweb.ranges import parse_range
from steckel.dicomweb.streaming import in_threads, pieces_of
from steckel.errors import NotFound
from steckel.retrieve.model import Retriever, Selection, StoredInstance

#: Bytes that are held for one answer rather than streamed.
SMALL = 2 << 20

#: Images of patients are for the one who asked; a copy is checked before use.
PRIVATE = {"Cache-Control": "private, no-cache"}

CHECKED = PRIVATE | {"Vary": "Accept"}

#: Pixels under a SOP Instance UID do not change: for an hour nobody need ask again. Another
#: login does not see what this one has kept.
KEPT = {
    "Cache-Control": "private, max-age=3600",
    "Vary": "Accept, Authorization, Cookie",
}

NOTHING_THERE = "there is no such study, series or instance"


@dataclass(frozen=True, kw_only=True)
class Content:
    """Bytes that can be read from anywhere."""

    length: int
    media_type: str
    etag: str  #: with its quotes
    pieces: Callable[[int, int], Iterator[bytes]]  #: from start to stop


def content_of_bytes(data: bytes, media_type: str, etag: str) -> Content:
    """Make content of bytes that are already here."""
    return Content(
        length=len(data),
        media_type=media_type,
        etag=etag,
        pieces=lambda start, stop: iter((data[start:stop],)),
    )


def content_of_file(retriever: Retriever, instance: StoredInstance, media_type: str) -> Content:
    """Make content of the Part 10 file as it leaves. Blocking where something is put right."""
    whole = retriever.whole(instance)
    return Content(
        length=whole.length,
        media_type=media_type,
        etag=etag_of_sent(instance, "0"),
        pieces=whole.pieces,
    )


def content_of_fragments(
    retriever: Retriever,
    instance: StoredInstance,
    fragments: tuple[Fragment, ...],
    media_type: str,
) -> Content:
    """Make content of ranges of the Part 10 file, one behind the other."""

    def pieces(start: int, stop: int) -> Iterator[bytes]:
        position = 0
        for fragment in fragments:
            first = max(start - position, 0)
            last = min(stop - position, fragment.length)
            yield from pieces_of(
                lambda offset, length: retriever.read(instance, offset, length),
                fragment.offset + first,
                fragment.offset + last,
            )
            position += fragment.length

    offset = fragments[0].offset if fragments else 0
    return Content(
        length=sum(fragment.length for fragment in fragments),
        media_type=media_type,
        etag=etag_of(instance, f"{offset}"),
        pieces=pieces,
    )


def etag_of(instance: StoredInstance, form: str) -> str:
    """Name one form of an instance; it changes when the stored bytes do."""
    return etag_named(instance.digest, form)


def etag_of_sent(instance: StoredInstance, form: str) -> str:
    """Name one form of the whole instance; it changes with what is put right about it too."""
    return etag_named(instance.digest_sent, form)


def etag_named(digest: str, form: str) -> str:
    """Name one form of the instance with this digest."""
    return f'"{digest[:32]}-{form}"'


async def etag_of_all(retriever: Retriever, selection: Selection, form: str) -> str:
    """Name one form of many instances; it changes when one comes, goes, or has other bytes.

    Raises
    ------
    NotFound
        There are none.
    """
    fingerprint = await run_in_threadpool(retriever.fingerprint, selection)
    if not fingerprint:
        raise NotFound(NOTHING_THERE)
    return f'"{fingerprint}-{form}"'


def is_current(request: Request, etag: str) -> bool:
    """Whether the client has this already (If-None-Match, weak comparison)."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    held = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in held or etag.removeprefix("W/") in held


def not_modified(etag: str, caching: Mapping[str, str] = CHECKED) -> Response:
    """Say that what the client has is current."""
    headers = {**caching, "ETag": etag}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


async def respond(
    request: Request,
    content: Content,
    extra: Mapping[str, str] | None = None,
    *,
    caching: Mapping[str, str] = CHECKED,
) -> Response:
    """Answer with the content, or the range of it that was asked for.

    Raises
    ------
    UnsatisfiableRange
        The range lies behind its end.
    """
    if is_current(request, content.etag):
        return not_modified(content.etag, caching)
    wanted = None
    if request.headers.get("if-range", content.etag) == content.etag:
        wanted = parse_range(request.headers.get("range"), content.length)
    start, stop = (wanted.start, wanted.stop) if wanted else (0, content.length)
    headers = {
        **caching,
        "Accept-Ranges": "bytes",
        "Content-Length": str(stop - start),
        "Content-Type": content.media_type,
        "ETag": content.etag,
        **(extra or {}),
    }
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.length}"
    status = HTTPStatus.PARTIAL_CONTENT if wanted else HTTPStatus.OK
    pieces = _generate(content, start, stop)
    return await send(pieces, stop - start, headers, status)


async def send(
    pieces: Generator[bytes, None, None],
    size: int,
    headers: dict[str, str],
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Answer with pieces of a known size, counted without what stands between them.

    What is small is read in one visit to a thread and sent in one piece, which
    costs half of a stream.
    """
    if size <= SMALL:
        body = await run_in_threadpool(b"".join, pieces)
        return Response(body, status_code=status, headers=headers)
    return StreamingResponse(in_threads(pieces), status_code=status, headers=headers)


def _generate(content: Content, start: int, stop: int) -> Generator[bytes, None, None]:
    yield from content.pieces(start, stop)
