"""Answers: bundles, and resources cut to what was asked for (R4 3.1.1.5.8, 3.1.1.5.9)."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from steckel.fhir.outcome import outcome
from steckel.fhir.searching import CURSOR, Search
from steckel.fhir.vocabulary import Json

#: What stays whatever is asked for: elements that have to be there.
_REQUIRED: Final = {
    "Patient": frozenset({"active"}),
    "ImagingStudy": frozenset({"identifier", "status", "subject"}),
    "ServiceRequest": frozenset({"status", "intent", "subject"}),
    "DiagnosticReport": frozenset({"status", "code"}),
    "Appointment": frozenset({"status", "participant"}),
    "Endpoint": frozenset({"status", "connectionType", "payloadType", "address"}),
}
#: What a summary leaves out (elements without the mark Σ).
_DETAILS: Final = {
    "DiagnosticReport": frozenset({"conclusion", "presentedForm"}),
    "Appointment": frozenset({"comment", "minutesDuration"}),
}
_HEAD: Final = frozenset({"resourceType", "id", "meta"})
_SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def cut(resource: Json, summary: str, elements: frozenset[str]) -> Json:
    """Leave out what was not asked for, and say so."""
    kind = resource["resourceType"]
    if elements or summary == "text":
        kept = _HEAD | _REQUIRED[kind] | (elements if not summary else frozenset())
        found = {name: value for name, value in resource.items() if name in kept}
    elif summary == "true":
        left_out = _DETAILS.get(kind, frozenset())
        found = {name: value for name, value in resource.items() if name not in left_out}
        if "series" in found:
            found["series"] = [
                {name: value for name, value in one.items() if name != "instance"}
                for one in found["series"]
            ]
    else:
        return resource
    return found | {"meta": dict(resource.get("meta", {})) | {"tag": [_SUBSETTED]}}


def searchset(
    address: str,
    search: Search,
    matches: Sequence[Json],
    others: Iterable[Json],
    following: str | None,
) -> Json:
    """Return the bundle of a search; `address` is that of the resource type."""
    base = address.rpartition("/")[0]
    entries = [_entry(base, one, "match") for one in matches]
    entries += [_entry(base, one, "include") for one in others]
    if search.ignored:
        text = f"not known here, and left out: {', '.join(search.ignored)[:500]}"
        hint = outcome("not-supported", text, "warning")
        entries.append({"resource": hint, "search": {"mode": "outcome"}})
    links = [{"relation": "self", "url": _address(address, search, search.query.cursor)}]
    if following is not None:
        links.append({"relation": "next", "url": _address(address, search, following)})
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "link": links}
    return bundle | ({"entry": entries} if entries else {})


def counted(address: str, search: Search, total: int) -> Json:
    """Return the bundle that tells how many there are."""
    link = {"relation": "self", "url": _address(address, search, None)}
    return {"resourceType": "Bundle", "type": "searchset", "total": total, "link": [link]}


def _entry(base: str, resource: Json, mode: str) -> Json:
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": mode}}


def _address(address: str, search: Search, cursor: str | None) -> str:
    given = [*search.followed, *([(CURSOR, cursor)] if cursor else [])]
    return f"{address}?{urlencode(given)}" if given else address
