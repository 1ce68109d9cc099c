"""Answers that are data sets: DICOM JSON, compressed where the client allows, or XML."""

import gzip
import hashlib
from collections.abc import Iterable
from http import HTTPStatus

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicom.json_model import JsonDataset
from steckel.dicomweb.accepting import accepted
from steckel.dicomweb.media_types import (
    DICOM_JSON,
    DICOM_XML,
    JSON,
    Range,
    accepts_gzip,
    in_parts,
)
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.native_model import to_xml
from steckel.dicomweb.refusals import NotAcceptable

#: Smaller bodies fit into one packet anyway.
_WORTH_COMPRESSING = 1400
#: Text of this kind shrinks to a tenth at the lowest level already.
_LEVEL = 1

VARY = "Accept, Accept-Encoding"
#: The forms that there are.
DOCUMENTS = (DICOM_JSON, JSON, in_parts(DICOM_XML))


def document_type(request: Request) -> str:
    """Choose between `DICOM_JSON`, `JSON` and `DICOM_XML`.

    Raises
    ------
    NotAcceptable
        The client accepts none of them.
    """
    ranges = accepted(request)
    for wanted in ranges:
        found = _type_for(wanted)
        if found is not None:
            return found
    # XML comes in parts (PS3.18 8.7.3.2); who asks for it alone may have meant that.
    if any(wanted.essence == DICOM_XML for wanted in ranges):
        return DICOM_XML
    raise NotAcceptable("data sets are answered as JSON or XML", DOCUMENTS)


def _type_for(wanted: Range) -> str | None:
    if wanted.takes_single:
        return next((t for t in (DICOM_JSON, JSON) if wanted.takes(t)), None)
    return DICOM_XML if wanted.takes(DICOM_XML) else None


def content_etag(body: bytes) -> str:
    """Name a body by what is in it; weak, for it may be compressed on its way."""
    return f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


async def json_response(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    status: int = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
) -> Response:
    """Answer with JSON, compressed where that is worth it."""
    sent = {"Vary": VARY} | (headers or {})
    if len(body) > _WORTH_COMPRESSING and accepts_gzip(request.headers.get("accept-encoding")):
        body = await run_in_threadpool(gzip.compress, body, _LEVEL, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, media_type=media_type, headers=sent)


def xml_response(
    datasets: Iterable[JsonDataset], headers: dict[str, str] | None = None
) -> Response:
    """Answer with one part of Native DICOM Model per data set (PS3.18 8.7.3.2)."""
    answer = MultipartAnswer(DICOM_XML)
    body: list[bytes] = []
    for document in map(to_xml, datasets):
        body += (answer.head(DICOM_XML, len(document)), document)
    if not body:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    body.append(answer.end())
    sent = {"Vary": VARY, "Content-Type": answer.content_type} | (headers or {})
    return Response(b"".join(body), headers=sent)


def datasets_of(body: bytes) -> list[JsonDataset]:
    """Read a JSON array of data sets that we made ourselves."""
    datasets: list[JsonDataset] = orjson.loads(body)
    return datasets
