"""``/api/uploads``: one file from a browser, and a line for each object in it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import orjson
import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from steckel.archive.draft import Draft
from steckel.errors import OutOfSpace, StorageFailure
from steckel.ingest.archives import archive_items
from steckel.ingest.found import Skipped
from steckel.ingest.intake import Intake, Taken
from steckel.ingest.model import Receiver, Refusal, Way
from steckel.web import shapes
from steckel.web.api.callers import Address, Storing
from steckel.web.arriving import ArchiveFile, Arrivals, Nothing
from steckel.web.spelling import spell_taken

_log = structlog.get_logger(__name__)

_LONGEST_NAME = 1024
_MEDIA_TYPE = "application/x-ndjson"
_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [
        {
            "name": "X-Steckel-Filename",
            "in": "header",
            "description": "Name or path of the file, percent-encoded UTF-8",
            "schema": {"type": "string"},
        }
    ],
}


class UploadDoor:
    """Takes files."""

    def __init__(self, receiver: Receiver, spool: Path) -> None:
        self._receiver = receiver
        self._spool = spool
        self._arrivals = Arrivals(receiver, spool)

    def router(self) -> APIRouter:
        """Return the routes; their bodies have no limit but the room on disk."""
        router = APIRouter(tags=["uploads"])
        router.post(
            "/uploads",
            responses={200: {"model": shapes.UploadResult | shapes.UploadEnd}},
            response_class=StreamingResponse,
            openapi_extra=_OPENAPI,
        )(self.upload)
        return router

    async def upload(self, request: Request, caller: Storing, address: Address) -> Response:
        """Archive a DICOM file, or what is in a ZIP; answer a line for each object."""
        name = _name_of(request)
        intake = Intake(self._receiver, Way.UPLOAD, f"{caller.name}@{address}")
        arrived = await self._arrivals.receive(name, request.stream())
        _log.info("upload_received", by=caller.name, address=address)
        if isinstance(arrived, Nothing):
            skipped = Skipped(name=name, reason=arrived.reason)
            return _lines([Taken(name=name, size=0, answer=skipped)])
        if isinstance(arrived, ArchiveFile):
            return _lines(self._unpack(intake, name, arrived))
        return _lines([await run_sync(_archive, intake, name, arrived)])

    def _unpack(self, intake: Intake, name: str, archive: ArchiveFile) -> Iterator[Taken]:
        with archive.file as file:
            yield from intake.take(archive_items(file, name, archive.size, self._spool))


def _archive(intake: Intake, name: str, draft: Draft) -> Taken:
    taken = intake.archive(name, draft)
    answer = taken.answer
    # Nothing was sent yet: the status can still say that it is not the file's fault.
    if isinstance(answer, Refusal) and isinstance(answer.error, OutOfSpace | StorageFailure):
        raise answer.error
    return taken


def _lines(taken: Iterable[Taken]) -> Response:
    # A proxy that waits for more would keep the progress from the person who waits.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_spell(taken), headers=headers, media_type=_MEDIA_TYPE)


def _spell(taken: Iterable[Taken]) -> Iterator[bytes]:
    totals: Counter[str] = Counter()
    for one in taken:
        line = spell_taken(one)
        totals[line["outcome"]] += 1
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    end: shapes.UploadEnd = {"done": True, "totals": dict(totals)}
    yield orjson.dumps(end, option=orjson.OPT_APPEND_NEWLINE)


def _name_of(request: Request) -> str:
    """Return the name of the file, for people: it is never used as a path."""
    name = unquote(request.headers.get("x-steckel-filename", ""))
    printable = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name
    )
    return printable.strip()[-_LONGEST_NAME:] or "upload"
