"""What the addresses of the FHIR door answer (R4 3.1.0)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.errors import NotFound, TooLarge
from steckel.fhir import audit_events
from steckel.fhir.bundles import counted, cut, searchset
from steckel.fhir.capability import capability_statement
from steckel.fhir.outcome import MEDIA_TYPE, outcome
from steckel.fhir.parameters import ENDPOINT_PARAMETERS, SEARCHABLE, Searchable
from steckel.fhir.ports import FhirServices, RecordFinder, principal_of, view_of
from steckel.fhir.refusals import (
    InvalidParameter,
    InvalidResource,
    NotAsked,
    UnsupportedBody,
    UnsupportedFormat,
)
from steckel.fhir.searching import Search, parse_search
from steckel.fhir.spelling import Spelling, endpoints, spell
from steckel.fhir.statements import order_statement, report_statement
from steckel.fhir.vocabulary import BASE, WADO, Json
from steckel.ris.record_model import Record, RecordKind

_FORMATS: Final = frozenset(
    {"json", "application/json", "application/fhir+json", "application/fhir json"}
)
_ACCEPTED: Final = ("*/*", "application/*", "application/json", "application/fhir+json")


class Door:
    """Reads, searches and takes resources."""

    def __init__(self, services: FhirServices) -> None:
        self._records = services.records
        self._audit, self._source = services.audit, services.source
        self._entry = services.entry
        self._longest = services.longest_body

    async def metadata(self, request: Request) -> Response:
        """Return the CapabilityStatement."""
        _check_format(request)
        return _answer(request, capability_statement(_origin(request)))

    async def read(self, request: Request) -> Response:
        """Return one resource."""
        _check_format(request)
        name, key = request.path_params["type"], request.path_params["id"]
        given = dict(request.query_params.multi_items())
        records = self._records.seen_by(view_of(request))
        resource = await run_in_threadpool(_read, records, name, key, _origin(request))
        elements = frozenset(given.get("_elements", "").split(",")) - {""}
        return _answer(request, cut(resource, given.get("_summary", ""), elements))

    async def search(self, request: Request) -> Response:
        """Search for resources of one type."""
        _check_format(request)
        given = request.query_params.multi_items()
        if request.method == "POST":
            given = [*given, *await self._form(request)]
        strict = "handling=strict" in request.headers.get("prefer", "").replace(" ", "")
        name = request.path_params["type"]
        address = f"{_origin(request)}{BASE}/{name}"
        if name == "Endpoint":
            return _answer(request, _search_endpoints(address, given, strict=strict))
        kind = _kind(name)
        search = parse_search(kind, SEARCHABLE[kind], given, strict=strict)
        records = self._records.seen_by(view_of(request))
        return _answer(request, await run_in_threadpool(_search, records, search, address))

    async def audit_event(self, request: Request) -> Response:
        """Return one event of the audit trail."""
        _check_format(request)
        key = request.path_params["id"]
        return _answer(
            request, await run_in_threadpool(audit_events.read, self._audit, key, self._source)
        )

    async def audit_events(self, request: Request) -> Response:
        """Search the audit trail, the newest first."""
        _check_format(request)
        given = request.query_params.multi_items()
        if request.method == "POST":
            given = [*given, *await self._form(request)]
        found = await run_in_threadpool(
            audit_events.search, self._audit, given, _origin(request), self._source
        )
        return _answer(request, found)

    async def create(self, request: Request) -> Response:
        """Take a resource; with If-None-Exist only if none is there (R4 3.1.0.8.1)."""
        _check_format(request)
        kind = _kind(request.path_params["type"])
        if not SEARCHABLE[kind].create:
            raise InvalidParameter(f"{kind.value} is not created here")
        body = await self._resource(request, kind)
        condition = request.headers.get("if-none-exist", "").partition("?")
        query = parse_qsl(condition[2] or condition[0], keep_blank_values=True)
        caller = principal_of(request)
        by = caller.name if caller else ""
        records = self._records.seen_by(view_of(request))
        found, is_new = await run_in_threadpool(self._create, records, kind, body, query, by)
        origin = _origin(request)
        headers = {"Location": f"{origin}{BASE}/{kind.value}/{found.key}"}
        resource = spell(found, Spelling(origin=origin))
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        headers["ETag"] = _etag(orjson.dumps(resource))
        prefer = request.headers.get("prefer", "")
        if "return=minimal" in prefer:
            return Response(b"", status.value, headers, media_type=MEDIA_TYPE)
        if "return=OperationOutcome" in prefer:
            resource = outcome("informational", "taken", "information")
        return _json(resource, status, headers)

    def _create(
        self,
        records: RecordFinder,
        kind: RecordKind,
        body: Json,
        query: list[tuple[str, str]],
        by: str,
    ) -> tuple[Record, bool]:
        if query:
            search = parse_search(kind, SEARCHABLE[kind], query, strict=True)
            there = records.search(search.query).records
            if len(there) > 1:
                raise NotAsked("If-None-Exist names more than one resource")
            if there:
                return there[0], False
        if kind is RecordKind.ORDER:
            key = self._entry.order(order_statement(body, self._entry))
        else:
            key = self._entry.report(report_statement(body, self._entry, by))
        return records.read(kind, key), True

    async def _resource(self, request: Request, kind: RecordKind) -> Json:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in ("application/fhir+json", "application/json"):
            raise UnsupportedBody("a resource comes as application/fhir+json")
        try:
            body = orjson.loads(await self._body(request))
        except orjson.JSONDecodeError as problem:
            raise InvalidResource("the body is not JSON") from problem
        if not isinstance(body, dict) or body.get("resourceType") != kind.value:
            raise InvalidResource(f"the body is no {kind.value}")
        return body

    async def _form(self, request: Request) -> list[tuple[str, str]]:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await self._body(request)
        if body and media_type != "application/x-www-form-urlencoded":
            raise UnsupportedBody("a search comes as application/x-www-form-urlencoded")
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._longest:
                raise TooLarge("the body is longer than this server takes")
        return bytes(body)


def _read(records: RecordFinder, name: str, key: str, origin: str) -> Json:
    spelling = Spelling(origin=origin)
    if name == "Endpoint":
        return _endpoint(key, spelling)
    kind = _kind(name)
    record = records.read(kind, key)
    held = records.instances(key) if kind is RecordKind.STUDY else None
    return spell(record, spelling, held)


def _search(records: RecordFinder, search: Search, address: str) -> Json:
    if search.summary == "count" or search.query.limit == 0:
        return counted(address, search, records.count(search.query))
    page = records.search(search.query)
    spelling = Spelling(origin=address.rpartition(BASE)[0])
    matches = [
        cut(spell(record, spelling), search.summary, search.elements) for record in page.records
    ]
    return searchset(
        address, search, matches, _others(records, search, page.records, spelling), page.following
    )


def _others(
    records: RecordFinder, search: Search, matches: tuple[Record, ...], spelling: Spelling
) -> list[Json]:
    """Return what the matches refer to, and what refers to them, each once."""
    wanted: dict[tuple[RecordKind, str], None] = {}
    found: list[Json] = []
    for record in matches:
        if search.includes & {"subject", "patient"}:
            wanted[RecordKind.PATIENT, record.facts["patient"]] = None
        if "basedon" in search.includes:
            wanted |= {(RecordKind.ORDER, key): None for key in record.facts["orders"]}
    for kind, key in wanted:
        with suppress(NotFound):  # what is not seen, or was deleted a moment ago
            found.append(spell(records.read(kind, key), spelling))
    if matches and "endpoint" in search.includes:
        found.append(_endpoint(WADO, spelling))
    if matches and search.revincludes:
        uids = [record.key for record in matches]
        found += [spell(one, spelling) for one in records.reports_of(uids)]
    return found


def _kind(name: str) -> RecordKind:
    try:
        return RecordKind(name)
    except ValueError as problem:
        raise NotFound("there are no such resources here") from problem


def _endpoint(key: str, spelling: Spelling) -> Json:
    for one in endpoints(spelling):
        if one["id"] == key:
            return one
    raise NotFound("there is no such Endpoint")


def _search_endpoints(address: str, given: list[tuple[str, str]], *, strict: bool) -> Json:
    """Search among the few that there are."""
    known = Searchable(parameters=ENDPOINT_PARAMETERS)
    search = parse_search(RecordKind.STUDY, known, given, strict=strict)
    found = endpoints(Spelling(origin=address.rpartition(BASE)[0]))
    for criterion in search.query.criteria:
        codes = {getattr(value, "code", "") for value in criterion.values}
        told: dict[str, Any] = {
            "_id": lambda one: one["id"],
            "connection-type": lambda one: one["connectionType"]["code"],
            "status": lambda one: one["status"],
        }
        found = [one for one in found if told[criterion.name](one) in codes]
    if search.summary == "count":
        return counted(address, search, len(found))
    cut_down = [cut(one, search.summary, search.elements) for one in found]
    return searchset(address, search, cut_down[: search.query.limit], [], None)


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _check_format(request: Request) -> None:
    """Refuse what is asked for in another form than JSON (R4 3.1.0.1.11)."""
    asked = request.query_params.get("_format")
    if asked is not None:
        if asked.partition(";")[0].strip().lower() not in _FORMATS:
            raise UnsupportedFormat("only application/fhir+json is spoken here")
        return
    accepted = request.headers.get("accept", "*/*").lower()
    ranges = [part.partition(";")[0].strip() for part in accepted.split(",")]
    if not any(part in _ACCEPTED for part in ranges):
        raise UnsupportedFormat("only application/fhir+json is spoken here")


def _answer(request: Request, resource: Mapping[str, Any]) -> Response:
    """Return a resource, or that the client has it already."""
    data = orjson.dumps(resource)
    headers = {"ETag": _etag(data)}
    updated = resource.get("meta", {}).get("lastUpdated")
    if updated:
        headers["Last-Modified"] = _http_date(updated)
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["ETag"] in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return _json_bytes(data, HTTPStatus.OK, headers)


def _etag(data: bytes) -> str:
    return f'W/"{blake2b(data, digest_size=12).hexdigest()}"'


def _http_date(instant: str) -> str:
    moment = datetime.fromisoformat(instant)
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


def _json(resource: Mapping[str, Any], status: HTTPStatus, headers: dict[str, str]) -> Response:
    return _json_bytes(orjson.dumps(resource), status, headers)


def _json_bytes(data: bytes, status: HTTPStatus, headers: dict[str, str]) -> Response:
    more = {"Cache-Control": "private, no-cache", "Vary": "Accept"} | headers
    return Response(data, status.value, more, media_type=f"{MEDIA_TYPE}; charset=utf-8")
