"""STOW-RS: storing instances (PS3.18 10.5)."""

from collections.abc import AsyncIterator

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicom.uids import StudyUid
from steckel.dicomweb.addresses import service_url, target_of
from steckel.dicomweb.documents import VARY, document_type, json_response
from steckel.dicomweb.intake import (
    Answer,
    Deposit,
    Intake,
    MultipartIntake,
    SingleIntake,
    StowRequest,
)
from steckel.dicomweb.media_types import (
    DICOM,
    DICOM_XML,
    MULTIPART,
    OCTET_STREAM,
    parse_media_type,
)
from steckel.dicomweb.native_model import to_xml
from steckel.dicomweb.ports import name_of
from steckel.dicomweb.refusals import BadRequest, UnsupportedBody
from steckel.dicomweb.stow_answer import http_status, store_response
from steckel.errors import TooLarge
from steckel.ingest.model import Expected, Receiver, Source, Way

#: Bytes gathered from the network before a thread takes them.
_PIECE = 512 << 10


class StoreTransaction:
    """The store transaction."""

    def __init__(self, receiver: Receiver, max_body: int | None) -> None:
        self._receiver = receiver
        self._max_body = max_body

    async def store(self, request: Request) -> Response:
        """Store the instances of the body."""
        media_type = document_type(request)
        answers = await self._receive(request)
        if not answers:
            raise BadRequest("the body holds no instance")
        response = store_response(answers, service_url(request))
        status = http_status(answers)
        if media_type == DICOM_XML:
            body = to_xml(response)
            headers = {"Vary": VARY}
            return Response(body, status_code=status, media_type=DICOM_XML, headers=headers)
        return await json_response(request, orjson.dumps(response), media_type, status=status)

    async def _receive(self, request: Request) -> list[Answer]:
        intake = self._intake(request)
        try:
            async for piece in _pieces(request):
                await run_in_threadpool(intake.feed, piece)
            return await run_in_threadpool(intake.finish)
        finally:
            intake.abandon()

    def _intake(self, request: Request) -> Intake:
        """Choose how to read the body by its Content-Type.

        Raises
        ------
        UnsupportedBody
            It is of a type that is not taken.
        TooLarge
            It says that it is longer than what is taken.
        """
        self._check_encoding(request)
        deposit = Deposit(self._receiver, self._describe(request))
        content_type = parse_media_type(request.headers.get("content-type", DICOM))
        if content_type.essence in (DICOM, OCTET_STREAM):
            return SingleIntake(deposit)
        if content_type.essence != MULTIPART:
            raise UnsupportedBody(f"{content_type.essence} is not taken; {MULTIPART} or {DICOM} is")
        within = content_type.parameters.get("type", DICOM).lower()
        if within not in (DICOM, OCTET_STREAM):
            raise UnsupportedBody(f'{MULTIPART}; type="{within[:40]}" is not taken; "{DICOM}" is')
        return MultipartIntake(deposit, content_type.parameters.get("boundary", ""))

    def _check_encoding(self, request: Request) -> None:
        encoding = request.headers.get("content-encoding", "identity")
        if encoding != "identity":
            raise UnsupportedBody(f"Content-Encoding {encoding[:40]} is not taken")
        length = request.headers.get("content-length", "")
        if self._max_body is not None and length.isdecimal() and int(length) > self._max_body:
            raise TooLarge(f"the body is larger than {self._max_body} bytes")

    def _describe(self, request: Request) -> StowRequest:
        expected = Expected()
        if "study" in request.path_params:
            expected = Expected(study_uid=StudyUid(target_of(request).study))
        address = request.client.host if request.client else ""
        source = Source(way=Way.STOW, name=name_of(request), address=address)
        return StowRequest(source=source, expected=expected, max_body=self._max_body)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """Join what the network delivers into pieces worth a visit to a thread."""
    gathered: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        gathered.append(chunk)
        size += len(chunk)
        if size >= _PIECE:
            yield b"".join(gathered)
            gathered, size = [], 0
    if size:
        yield b"".join(gathered)
