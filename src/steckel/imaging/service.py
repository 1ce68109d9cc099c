"""The imaging service: what the doors ask for pixels.

Reads what a job needs from the archive, gives it to a worker process, and
turns the answer into a value or an error. The rule: nothing that is imported
from here decodes or computes with pixels; the server stays small.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, TypeVar

import structlog

from steckel.dicom.uids import TransferSyntaxUid
from steckel.errors import CannotRender, NotFound
from steckel.imaging.frame_source import read_frame
from steckel.imaging.model import KEPT_THUMBNAILS, Rendered, RenderRequest
from steckel.imaging.placeholder_text import placeholder_text
from steckel.imaging.wire import Message
from steckel.imaging.workers import WorkerLimits, Workers
from steckel.retrieve.model import Retriever, StoredInstance
from steckel.retrieve.second import is_native

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)

_ERRORS = {"NotFound": NotFound, "CannotRender": CannotRender}


class BlockingTranscoder:
    """Changes transfer syntaxes for threads (`steckel.dimse.ports.Transcoder`)."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def transcode(self, part10: bytes, to: TransferSyntaxUid) -> bytes:
        """Return a Part 10 file with the same instance in another transfer syntax.

        Raises
        ------
        CannotRender
            The pixels cannot be decoded or encoded.
        """
        request = Message(document={"job": "transcode", "to": str(to)}, values=(part10,))
        return _result(self._workers.call(request)).values[0]


class FrameEncoder:
    """Encodes frames in HTJ2K for threads (`steckel.care.second.Encoder`)."""

    def __init__(self, retriever: Retriever, workers: Workers) -> None:
        self._retriever = retriever
        self._workers = workers

    def encode(self, instance: StoredInstance, numbers: Iterable[int]) -> tuple[bytes, ...]:
        """Return the codestreams of frames (from 1).

        Raises
        ------
        CannotRender
            One of them is of a kind that is not encoded, or is damaged.
        NotFound
            There is no such frame.
        """
        if not is_native(instance):
            raise CannotRender("what is compressed is not encoded again")
        sources = [read_frame(self._retriever, instance, number) for number in numbers]
        request = Message(
            document={
                "job": "encode",
                "syntax": instance.transfer_syntax,
                "bit_offsets": [source.bit_offset for source in sources],
            },
            values=(sources[0].dataset, *(source.data for source in sources)),
        )
        return _result(self._workers.call(request)).values


class ThumbnailMaker:
    """Makes thumbnails for threads (`steckel.care.thumbnails.Maker`)."""

    def __init__(self, retriever: Retriever, workers: Workers) -> None:
        self._retriever = retriever
        self._workers = workers

    def thumbnail(self, instance: StoredInstance, frame: int, request: RenderRequest) -> Rendered:
        """Render one frame (from 1) on black, or a sign for what has no picture.

        Raises
        ------
        CannotRender, NotFound
            The pixels cannot be used, or are not there.
        """
        text = placeholder_text(instance)
        if text.always:
            job = {"job": "placeholder", "text": text.lines, "request": asdict(request)}
            return _rendered(_result(self._workers.call(Message(document=job))))
        job = {"job": "thumbnail", "text": text.lines, "request": asdict(request)}
        return _rendered(_frame_job(self._retriever, self._workers, instance, frame, job))

    def make_all(self, instance: StoredInstance, frame: int) -> Iterator[tuple[str, str, bytes]]:
        """Make the thumbnails that are kept: the name of each form, its media type, the picture.

        Raises
        ------
        CannotRender, NotFound
            As `thumbnail`.
        """
        for form in KEPT_THUMBNAILS:
            made = self.thumbnail(instance, frame, form)
            yield form.name, made.media_type, made.data


class ImagingService:
    """Decodes, renders and transcodes in worker processes.

    The asynchronous methods raise `CannotRender` where pixels cannot be used,
    and `NotFound` for a frame that is not there.
    """

    def __init__(
        self,
        retriever: Retriever,
        *,
        processes: int = 2,
        memory_limit: int = 2 << 30,
        timeout: float = 60.0,
        idle: float = 60.0,
    ) -> None:
        limits = WorkerLimits(memory=memory_limit, timeout=timeout, idle=idle)
        self._retriever = retriever
        self._workers = Workers(processes, limits, "steckel.imaging.worker")
        # Own threads, twice as many as workers, so that one reads while another
        # decodes, and waiting pictures never hold the threads of other requests.
        self._threads = ThreadPoolExecutor(2 * processes, thread_name_prefix="imaging")
        self._encoder = FrameEncoder(retriever, self._workers)
        self._thumbnails = ThumbnailMaker(retriever, self._workers)
        self.blocking = BlockingTranscoder(self._workers)

    async def render(
        self, instance: StoredInstance, frame: int, request: RenderRequest
    ) -> Rendered:
        """Render one frame (from 1)."""
        return await self._in_thread(lambda: self._render(instance, frame, request))

    async def thumbnail(
        self, instance: StoredInstance, frame: int, request: RenderRequest
    ) -> Rendered:
        """Render one frame on black, or a sign for what has no picture."""
        return await self._in_thread(lambda: self._thumbnails.thumbnail(instance, frame, request))

    async def decode(self, instance: StoredInstance, frame: int) -> bytes:
        """Return one frame as native little endian pixel data, colour by pixel."""
        return await self._in_thread(
            lambda: _frame_job(
                self._retriever, self._workers, instance, frame, {"job": "decode"}
            ).values[0]
        )

    async def encode(self, instance: StoredInstance, frame: int) -> bytes:
        """Return one frame in HTJ2K Lossless RPCL."""
        return await self._in_thread(lambda: self._encoder.encode(instance, (frame,))[0])

    async def transcode(self, part10: bytes, to: str) -> bytes:
        """Return a Part 10 file in another transfer syntax."""
        return await self._in_thread(lambda: self.transcode_now(part10, to))

    def transcode_now(self, part10: bytes, to: str) -> bytes:
        """Transcode, blocking."""
        return self.blocking.transcode(part10, TransferSyntaxUid(to))

    def stop(self) -> None:
        """End the workers; what is still waiting fails."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.stop()

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _render(self, instance: StoredInstance, frame: int, request: RenderRequest) -> Rendered:
        job = {"job": "render", "request": asdict(request)}
        return _rendered(_frame_job(self._retriever, self._workers, instance, frame, job))


def _frame_job(
    retriever: Retriever,
    workers: Workers,
    instance: StoredInstance,
    frame: int,
    job: dict[str, Any],
) -> Message:
    """Have a worker do something with one frame."""
    source = read_frame(retriever, instance, frame)
    document = job | {
        "syntax": instance.transfer_syntax,
        "frame": frame,
        "bit_offset": source.bit_offset,
        "whole": source.whole,
    }
    request = Message(document=document, values=(source.dataset, source.data))
    answer = _result(workers.call(request))
    if answer.document.get("missing"):
        _log.warning(
            "frame_incomplete",
            sop_instance_uid=instance.sop_instance_uid,
            frame=frame,
            missing_bytes=answer.document["missing"],
        )
    return answer


def _result(answer: Message) -> Message:
    error = answer.document.get("error")
    if error is None:
        return answer
    raise _ERRORS.get(error, CannotRender)(answer.document.get("reason", ""))


def _rendered(answer: Message) -> Rendered:
    return Rendered(data=answer.values[0], media_type=answer.document["media_type"])
