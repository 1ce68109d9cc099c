"""What is read of a resource that comes in, each with an error that names the element."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from steckel.dicom.uids import is_valid_uid
from steckel.fhir.refusals import InvalidParameter, InvalidResource
from steckel.fhir.times import interval_of
from steckel.fhir.vocabulary import kind_of

Body = Mapping[str, Any]


def mapping(body: Body, name: str) -> Body:
    """Return an element that is an object; an empty one where it is absent."""
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidResource(f"{name} is no object")
    return found


def items(body: Body, name: str) -> list[Body]:
    """Return the repetitions of an element."""
    found = body.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InvalidResource(f"{name} is no list of objects")
    return found


def text(body: Body, name: str, longest: int = 1 << 20) -> str:
    """Return an element that is a text; empty where it is absent."""
    found = body.get(name, "")
    if not isinstance(found, str):
        raise InvalidResource(f"{name} is no text")
    if len(found) > longest:
        raise InvalidResource(f"{name} has more than {longest} characters")
    return found.replace("\0", "").strip()


def moment(body: Body, name: str) -> datetime | None:
    """Return the beginning of a date or dateTime."""
    value = text(body, name, 64)
    if not value:
        return None
    try:
        return interval_of(value).first
    except InvalidParameter as problem:
        raise InvalidResource(f"{name}: {problem}") from problem


def referred(found: Body, kind: str, name: str) -> str:
    """Return the key of a resource of this server that a reference names; empty: none."""
    value = text(found, "reference", 512)
    if not value:
        return ""
    head, _, key = value.rpartition("/")
    if head.rpartition("/")[2] != kind or not key:
        raise InvalidResource(f"{name} refers to {kind}")
    return key


def number(body: Body, kind: str, longest: int) -> str:
    """Return the identifier of a type of HL7 table 0203; empty where there is none."""
    for one in items(body, "identifier"):
        if kind_of(dict(one)) == kind:
            return limited(text(one, "value"), longest, f"identifier {kind}")
    return ""


def limited(value: str, longest: int, name: str) -> str:
    """Return an identifier that DICOM has room for: it is never cut."""
    if len(value) > longest:
        raise InvalidResource(f"{name} is longer than the {longest} characters of DICOM")
    if "\\" in value:
        raise InvalidResource(f"{name} holds a backslash")
    return value


def concept(body: Body) -> tuple[Body, str]:
    """Return the first coding of a concept, and how people read it."""
    codings = items(body, "coding")
    coding: Body = codings[0] if codings else {}
    words = text(body, "text", 1024) or text(coding, "display", 1024) or text(coding, "code", 64)
    return coding, words


def study_uid(found: Body) -> str:
    """Return the Study Instance UID that a reference to an ImagingStudy names; empty: none."""
    key = referred(found, "ImagingStudy", "imagingStudy")
    value = text(mapping(found, "identifier"), "value").removeprefix("urn:oid:")
    uid = key or value
    if uid and not is_valid_uid(uid):
        raise InvalidResource("imagingStudy names no Study Instance UID")
    return uid


def attachment(found: Body) -> tuple[str, bytes]:
    """Return media type and data of an attachment; no data where it has none."""
    media_type = text(found, "contentType", 128).partition(";")[0].strip().lower()
    try:
        return media_type, base64.b64decode(text(found, "data", 1 << 30), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise InvalidResource("presentedForm.data is not base64") from problem
