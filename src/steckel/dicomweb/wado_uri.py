"""WADO-URI: one instance by query parameters (PS3.18 9)."""

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicom.json_model import JsonDataset, values_in
from steckel.dicom.tags import COLUMNS, ROWS
from steckel.dicom.uids import SeriesUid, SopInstanceUid, StudyUid, is_tolerable_uid
from steckel.dicomweb.content import (
    content_of_bytes,
    etag_of,
    is_current,
    not_modified,
    respond,
)
from steckel.dicomweb.documents import datasets_of
from steckel.dicomweb.frame_list import check_frames
from steckel.dicomweb.media_types import DICOM, Range
from steckel.dicomweb.numbers import natural
from steckel.dicomweb.ports import Imaging, require
from steckel.dicomweb.refusals import BadRequest, NotAcceptable
from steckel.dicomweb.rendered import IMAGES
from steckel.dicomweb.rendering import (
    JPEG,
    Region,
    RenderRequest,
    number_of,
    quality_of,
    side_of,
    window_of,
)
from steckel.dicomweb.retrieval import RetrieveTransaction
from steckel.errors import NotFound
from steckel.retrieve.model import Retriever, Selection, StoredInstance
from steckel.security.decisions import Action

#: What would change the object; to ignore it would hand out what was not asked for.
_NOT_OFFERED = ("anonymize", "presentationUID", "presentationSeriesUID")


class UriTransaction:
    """The retrieve transaction of the URI service."""

    def __init__(
        self, retriever: Retriever, imaging: Imaging, retrieval: RetrieveTransaction
    ) -> None:
        self._retriever = retriever
        self._imaging = imaging
        self._retrieval = retrieval

    async def get(self, request: Request) -> Response:
        """Answer with the instance, rendered or in DICOM form."""
        parameters = request.query_params
        selection = _selection(parameters)
        instance = await run_in_threadpool(self._find, selection)
        media_type = _content_type(parameters, instance)
        if media_type == DICOM:
            require(request, Action.EXPORT)
            syntax = parameters.get("transferSyntax") or None
            if syntax is not None and not is_tolerable_uid(syntax):
                raise BadRequest("transferSyntax is no UID")
            wanted = Range(essence=DICOM, multipart=False, transfer_syntax=syntax)
            return await self._retrieval.single(request, instance, [wanted])
        return await self._render(request, instance, media_type)

    def _find(self, selection: Selection) -> StoredInstance:
        found = next(self._retriever.select(selection), None)
        if found is None:
            raise NotFound("there is no such instance")
        return found

    async def _render(
        self, request: Request, instance: StoredInstance, media_type: str
    ) -> Response:
        parameters = request.query_params
        frame = _frame_number(parameters)
        check_frames(instance, [frame])
        region = None
        if parameters.get("region"):
            body = await run_in_threadpool(self._retriever.instance_metadata, instance)
            region = region_of(parameters["region"], datasets_of(body)[0])
        rendering = _rendering(parameters, media_type, region)
        etag = etag_of(instance, f"uri-{frame}-{rendering.name}")
        if is_current(request, etag):
            return not_modified(etag)
        made = await self._imaging.render(instance, frame, rendering)
        return await respond(request, content_of_bytes(made.data, made.media_type, etag))


def _selection(parameters: Mapping[str, str]) -> Selection:
    if parameters.get("requestType") != "WADO":
        raise BadRequest("requestType is not WADO")
    for name in _NOT_OFFERED:
        if parameters.get(name, "no") != "no":
            raise BadRequest(f"{name} is not offered")
    uids = {name: parameters.get(name, "") for name in ("studyUID", "seriesUID", "objectUID")}
    for name, uid in uids.items():
        if uid and not is_tolerable_uid(uid):
            raise BadRequest(f"{name} is no UID")
    if not uids["objectUID"]:
        raise BadRequest("objectUID is missing")
    study, series, sop = uids.values()
    return Selection(
        study_uids=(StudyUid(study),) if study else (),
        series_uids=(SeriesUid(series),) if series else (),
        sop_instance_uids=(SopInstanceUid(sop),),
    )


def _content_type(parameters: Mapping[str, str], instance: StoredInstance) -> str:
    """Choose the first type that there is; without a wish a picture of a single frame is JPEG."""
    asked = parameters.get("contentType", "")
    types = [part.partition(";")[0].strip().lower() for part in asked.split(",") if part.strip()]
    is_single = instance.frames is not None and instance.frames.count <= 1
    if not types or types[0] == "*/*":
        return JPEG if is_single else DICOM
    for media_type in types:
        if media_type in (DICOM, *IMAGES):
            return media_type
        if media_type in ("image/*", "image/jpg"):
            return JPEG
    raise NotAcceptable("an instance is sent as", (DICOM, *IMAGES))


def _frame_number(parameters: Mapping[str, str]) -> int:
    number = natural(parameters.get("frameNumber") or "1")
    if not number:
        raise BadRequest("frameNumber is a number from 1")
    return number


def _rendering(
    parameters: Mapping[str, str], media_type: str, region: Region | None
) -> RenderRequest:
    center, width = parameters.get("windowCenter"), parameters.get("windowWidth")
    if bool(center) != bool(width):
        raise BadRequest("windowCenter and windowWidth belong together")
    return RenderRequest(
        media_type=media_type,
        width=side_of(parameters.get("columns", ""), "columns"),
        height=side_of(parameters.get("rows", ""), "rows"),
        region=region,
        window=window_of(center, width) if center and width else None,
        quality=quality_of(parameters.get("imageQuality")),
    )


def region_of(text: str, dataset: JsonDataset) -> Region:
    """Turn ``xmin,ymin,xmax,ymax`` from 0 to 1 (PS3.18 9.1.2.2.7) into pixels of the image.

    Raises
    ------
    BadRequest
        It is no region.
    """
    parts = text.split(",")
    if len(parts) != 4:
        raise BadRequest("the region has four numbers")
    left, top, right, bottom = (number_of(part, "the region") for part in parts)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise BadRequest("the region lies between 0 and 1")
    rows, columns = (_number(dataset, tag) for tag in (ROWS, COLUMNS))
    return Region(
        x=left * columns,
        y=top * rows,
        width=(right - left) * columns,
        height=(bottom - top) * rows,
    )


def _number(dataset: JsonDataset, tag: int) -> int:
    values = values_in(dataset, tag)
    return int(values[0]) if values else 0
