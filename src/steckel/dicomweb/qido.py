"""QIDO-RS: searching for studies, series and instances (PS3.18 10.6)."""

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicom import dictionary, tags
from steckel.dicom.json_model import JsonDataset, json_key, values_in
from steckel.dicomweb.addresses import resource_path, service_url, target_of
from steckel.dicomweb.documents import (
    datasets_of,
    document_type,
    json_response,
    xml_response,
)
from steckel.dicomweb.media_types import DICOM_XML
from steckel.dicomweb.query_parameters import Search, parse_search
from steckel.dicomweb.warning import warning_header
from steckel.query.model import Level
from steckel.query.ports import Finder

_UIDS = {
    Level.STUDY: (tags.STUDY_INSTANCE_UID,),
    Level.SERIES: (tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID),
    Level.IMAGE: (tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID, tags.SOP_INSTANCE_UID),
}
#: What JSON and XML are in (PS3.18 F.2.2), whatever the objects were.
_IN_UTF_8: JsonDataset = {
    json_key(tags.SPECIFIC_CHARACTER_SET): {"vr": "CS", "Value": ["ISO_IR 192"]}
}


class SearchTransaction:
    """The search transaction at its three levels."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    async def studies(self, request: Request) -> Response:
        """Search for studies."""
        return await self._answer(request, Level.STUDY)

    async def series(self, request: Request) -> Response:
        """Search for series, of one study or of all."""
        return await self._answer(request, Level.SERIES)

    async def instances(self, request: Request) -> Response:
        """Search for instances, of one series, of one study or of all."""
        return await self._answer(request, Level.IMAGE)

    async def _answer(self, request: Request, level: Level) -> Response:
        media_type = document_type(request)
        search = parse_search(level, _in_path(request), request.query_params.multi_items())
        service = service_url(request)
        body, more = await run_in_threadpool(self._find, search, service)
        headers = {"Cache-Control": "private, no-cache"}
        warnings = [
            *search.warnings,
            *(f"{name} is not matched here" for name in self._ignored(search)),
        ]
        if more:
            # PS3.18 8.3.4.4.1
            warnings.append("There are additional results that can be requested")
        if warnings:
            headers["Warning"] = warning_header(service, warnings)
        if media_type == DICOM_XML:
            return xml_response(datasets_of(body), headers)
        return await json_response(request, body, media_type, headers=headers)

    def _ignored(self, search: Search) -> list[str]:
        unmatched = sorted(self._finder.unmatched(search.query))
        return [dictionary.keyword_of(tag) or tags.show(tag) for tag in unmatched]

    def _find(self, search: Search, service: str) -> tuple[bytes, bool]:
        """Return the JSON array, and whether there are more results than were asked for.

        Each result becomes bytes at once: the data sets of ten thousand
        results would take many times the memory.
        """
        found: list[bytes] = []
        for dataset in self._finder.find(search.query):
            if len(found) == search.limit:
                return b"[%b]" % b",".join(found), True
            dataset.update(_IN_UTF_8)
            _add_retrieve_url(dataset, search.query.level, service)
            found.append(orjson.dumps(dataset, option=orjson.OPT_SORT_KEYS))
        return b"[%b]" % b",".join(found), False


def _in_path(request: Request) -> dict[int, str]:
    if "study" not in request.path_params:
        return {}
    target = target_of(request)
    keys = {tags.STUDY_INSTANCE_UID: target.study, tags.SERIES_INSTANCE_UID: target.series}
    return {tag: uid for tag, uid in keys.items() if uid}


def _add_retrieve_url(dataset: JsonDataset, level: Level, service: str) -> None:
    """Say where the match is retrieved (PS3.18 10.6.3.3)."""
    uids = [_first(dataset, tag) for tag in _UIDS[level]]
    if all(uids):
        url = service + resource_path(*uids)
        dataset[json_key(tags.RETRIEVE_URL)] = {"vr": "UR", "Value": [url]}


def _first(dataset: JsonDataset, tag: int) -> str:
    values = values_in(dataset, tag)
    return str(values[0]) if values else ""
