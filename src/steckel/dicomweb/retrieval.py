"""WADO-RS: whole instances of a study or a series, or one (PS3.18 10.4).

Where nothing is said of the transfer syntax, or ``*``, an instance is sent in the
one it is stored in: byte for byte, or with what was put right about its study
(`retrieve.whole`). A syntax that is asked for by its UID is made.
"""

from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, groupby, islice

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from steckel.dicom.transfer_syntax import lookup
from steckel.dicomweb.accepting import accepted
from steckel.dicomweb.addresses import Target, resource_path, service_url, target_of
from steckel.dicomweb.content import (
    NOTHING_THERE,
    PRIVATE,
    Content,
    content_of_bytes,
    content_of_file,
    etag_of_all,
    etag_of_sent,
    is_current,
    not_modified,
    respond,
    send,
)
from steckel.dicomweb.media_types import DICOM, ZIP, Range, in_parts
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.pixel_media_types import describe
from steckel.dicomweb.ports import Imaging
from steckel.dicomweb.refusals import NotAcceptable
from steckel.dicomweb.streaming import each_in_thread, in_threads
from steckel.dicomweb.zip_answer import zip_pieces
from steckel.errors import CannotRender, NotFound
from steckel.imaging.model import check_transcodable
from steckel.retrieve.model import Retriever, StoredInstance

#: What several instances, and what one is sent as.
MANY_FORMS = (f"{in_parts(DICOM)}; transfer-syntax=*", ZIP)
INSTANCE_FORMS = (*MANY_FORMS, DICOM)

#: What stands before an instance, as far as it is known, and the instance.
Part = tuple[bytes, StoredInstance]
#: Instances that are held to tell the length of an answer before it begins.
_MOST_COUNTED = 5000


@dataclass(frozen=True)
class _Prepared:
    """An instance in the syntax it will be sent in."""

    instance: StoredInstance
    syntax: str
    content: Content

    @property
    def media_type(self) -> str:
        return describe(DICOM, self.syntax)


class RetrieveTransaction:
    """The retrieve transaction for instances in DICOM form."""

    def __init__(self, retriever: Retriever, imaging: Imaging) -> None:
        self._retriever = retriever
        self._imaging = imaging

    async def get(self, request: Request) -> Response:
        """Answer with a study, a series or an instance.

        Raises
        ------
        NotAcceptable
            The client accepts none of the forms.
        """
        target = target_of(request)
        ranges = accepted(request)
        for wanted in ranges:
            if wanted.takes(DICOM) and wanted.takes_multipart:
                return await self._multipart(request, target, ranges)
            if wanted.takes(DICOM) and target.instance:
                return await self._one(request, target, ranges)
            if wanted.essence == ZIP and wanted.takes_single:
                return await self._zip(request, target)
        available = INSTANCE_FORMS if target.instance else MANY_FORMS
        raise NotAcceptable("instances are sent in these forms", available)

    async def _one(self, request: Request, target: Target, ranges: list[Range]) -> Response:
        instance = await run_in_threadpool(
            self._retriever.instance, target.study, target.series, target.instance
        )
        single = [wanted for wanted in ranges if wanted.takes_single and wanted.takes(DICOM)]
        return await self.single(request, instance, single)

    async def single(
        self, request: Request, instance: StoredInstance, ranges: list[Range]
    ) -> Response:
        """Answer with one Part 10 file.

        Raises
        ------
        NotAcceptable
            It cannot be brought into a transfer syntax of `ranges`.
        """
        best = next(iter(acceptable_syntaxes(ranges, instance.transfer_syntax)), "")
        if best != instance.transfer_syntax and is_current(request, etag_of_sent(instance, best)):
            return not_modified(etag_of_sent(instance, best))  # without making it once more
        prepared = await self._prepare(instance, ranges)
        name = f'attachment; filename="{instance.sop_instance_uid}.dcm"'
        return await respond(request, prepared.content, {"Content-Disposition": name})

    async def _multipart(self, request: Request, target: Target, ranges: list[Range]) -> Response:
        ranges = [wanted for wanted in ranges if wanted.takes_multipart and wanted.takes(DICOM)]
        if target.instance:
            return await self._multipart_of_one(request, target, ranges)
        # Weak: the boundary is another each time.
        etag = f"W/{await etag_of_all(self._retriever, target.selection(), _wishes(ranges))}"
        if is_current(request, etag):
            return not_modified(etag)
        instances = await run_in_threadpool(self._select, target)
        answer = MultipartAnswer(DICOM)
        service = service_url(request)
        headers = _headers(answer.content_type, etag)
        if _takes_any_syntax(ranges):
            parts = _parts(answer, instances, service)
            counted = await run_in_threadpool(list, islice(parts, _MOST_COUNTED))
            if len(counted) < _MOST_COUNTED and all(head for head, _ in counted):
                headers["Content-Length"] = str(_length_of(answer, counted))
            body = in_threads(self._sent(answer, chain(counted, parts), service))
        else:
            first = await self._prepare(next(instances), ranges)
            body = self._converted(answer, first, instances, ranges, service)
        return StreamingResponse(body, headers=headers)

    async def _multipart_of_one(
        self, request: Request, target: Target, ranges: list[Range]
    ) -> Response:
        instance = await run_in_threadpool(
            self._retriever.instance, target.study, target.series, target.instance
        )
        etag = f"W/{etag_of_sent(instance, _wishes(ranges))}"
        if is_current(request, etag):
            return not_modified(etag)
        answer = MultipartAnswer(DICOM)
        service = service_url(request)
        headers = _headers(answer.content_type, etag)
        if _takes_any_syntax(ranges):
            content = await self._stored(instance)
            body = _only(answer, content, _location(instance, service))
            return await send(body, content.length, headers)
        first = await self._prepare(instance, ranges)
        return StreamingResponse(
            self._converted(answer, first, iter(()), ranges, service), headers=headers
        )

    async def _zip(self, request: Request, target: Target) -> Response:
        etag = await etag_of_all(self._retriever, target.selection(), "zip")
        if is_current(request, etag):
            return not_modified(etag)
        instances = await run_in_threadpool(self._select, target)
        name = f'attachment; filename="{target.series or target.study}.zip"'
        return StreamingResponse(
            in_threads(zip_pieces(self._retriever, instances)),
            headers=_headers(ZIP, etag) | {"Content-Disposition": name},
        )

    def _select(self, target: Target) -> Iterator[StoredInstance]:
        """Select instances; nothing there is an error while the status can still say so."""
        instances = self._retriever.select(target.selection())
        first = next(instances, None)
        if first is None:
            raise NotFound(NOTHING_THERE)
        return chain((first,), instances)

    def _sent(
        self, answer: MultipartAnswer, parts: Iterator[Part], service: str
    ) -> Generator[bytes, None, None]:
        for head, instance in parts:
            if head:
                yield head
                yield from self._retriever.chunks(instance)
                continue
            whole = self._retriever.whole(instance)
            yield _part_head(answer, instance, whole.length, service)
            yield from whole.pieces()
        yield answer.end()

    async def _stored(self, instance: StoredInstance) -> Content:
        """Return an instance in the transfer syntax it is stored in."""
        media_type = describe(DICOM, instance.transfer_syntax)
        if instance.coercion is None:  # nothing has to be read to know its length
            return content_of_file(self._retriever, instance, media_type)
        return await run_in_threadpool(content_of_file, self._retriever, instance, media_type)

    async def _converted(
        self,
        answer: MultipartAnswer,
        first: _Prepared,
        rest: Iterator[StoredInstance],
        ranges: list[Range],
        service: str,
    ) -> AsyncIterator[bytes]:
        async for piece in _part(answer, first, service):
            yield piece
        async for instance in each_in_thread(rest):
            async for piece in _part(answer, await self._prepare(instance, ranges), service):
                yield piece
        yield answer.end()

    async def _prepare(self, instance: StoredInstance, ranges: list[Range]) -> _Prepared:
        part10 = b""
        for syntax in acceptable_syntaxes(ranges, instance.transfer_syntax):
            if syntax == instance.transfer_syntax:
                return _Prepared(instance, syntax, await self._stored(instance))
            try:
                check_transcodable(instance.location.length)
                part10 = part10 or await run_in_threadpool(self._read, instance)
                made = await self._imaging.transcode(part10, syntax)
            except CannotRender:
                continue
            etag = etag_of_sent(instance, syntax)
            content = content_of_bytes(made, describe(DICOM, syntax), etag)
            return _Prepared(instance, syntax, content)
        message = "the instance cannot be brought into the transfer syntax that was asked for"
        raise NotAcceptable(message, (describe(DICOM, instance.transfer_syntax),))

    def _read(self, instance: StoredInstance) -> bytes:
        return self._retriever.whole(instance).read()


def acceptable_syntaxes(ranges: list[Range], stored: str) -> list[str]:
    """Return the syntaxes to try, the best first; the stored one wins where it ties."""
    found: list[str] = []
    for _, group in groupby(ranges, key=lambda wanted: wanted.quality):
        equals = list(group)
        if any(wanted.takes_syntax(stored) for wanted in equals):
            found.append(stored)
        found += [wanted.transfer_syntax for wanted in equals if wanted.transfer_syntax]
    return list(dict.fromkeys(uid for uid in found if uid == stored or lookup(uid)))


async def _part(answer: MultipartAnswer, prepared: _Prepared, service: str) -> AsyncIterator[bytes]:
    content = prepared.content
    location = _location(prepared.instance, service)
    yield answer.head(prepared.media_type, content.length, location)
    async for piece in each_in_thread(content.pieces(0, content.length)):
        yield piece


def _only(answer: MultipartAnswer, content: Content, location: str) -> Generator[bytes, None, None]:
    """Yield an answer of one part."""
    yield answer.head(content.media_type, content.length, location)
    yield from content.pieces(0, content.length)
    yield answer.end()


def _part_head(
    answer: MultipartAnswer, instance: StoredInstance, length: int, service: str
) -> bytes:
    """Return what stands before an instance in the transfer syntax it is stored in."""
    media_type = describe(DICOM, instance.transfer_syntax)
    return answer.head(media_type, length, _location(instance, service))


def _parts(
    answer: MultipartAnswer, instances: Iterator[StoredInstance], service: str
) -> Iterator[Part]:
    """Yield what stands before each instance, and the instance.

    Nothing where that is not known before something is put right about it.
    """
    for instance in instances:
        if instance.coercion is None:
            yield _part_head(answer, instance, instance.location.length, service), instance
        else:
            yield b"", instance


def _length_of(answer: MultipartAnswer, parts: list[Part]) -> int:
    """Return how long an answer will be: one of known length is not cut into chunks."""
    return sum(len(head) + one.location.length for head, one in parts) + len(answer.end())


def _takes_any_syntax(ranges: list[Range]) -> bool:
    """Whether the best of them take what is stored, whatever it is."""
    return any(wanted.takes_syntax("*") for wanted in ranges if wanted.quality == ranges[0].quality)


def _wishes(ranges: list[Range]) -> str:
    """Name the transfer syntaxes that are asked for, the best first."""
    told = [(wanted.transfer_syntax, wanted.quality) for wanted in ranges]
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


def _headers(content_type: str, etag: str) -> dict[str, str]:
    return PRIVATE | {"Content-Type": content_type, "ETag": etag, "Vary": "Accept"}


def _location(instance: StoredInstance, service: str) -> str:
    return service + resource_path(
        instance.study_uid, instance.series_uid, instance.sop_instance_uid
    )
