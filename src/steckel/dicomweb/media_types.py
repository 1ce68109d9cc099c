"""Media types and the `Accept` header (RFC 9110 12.5.1, PS3.18 8.3.3, 8.7).

Sans-IO: text in, values out. A range of DICOMweb has two layers: what the
answer is packed in (``multipart/related``), and what is in it (its ``type``
parameter); here both become one `Range`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from steckel.errors import InputError

MULTIPART = "multipart/related"
DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
DICOM_XML = "application/dicom+xml"
JSON = "application/json"
OCTET_STREAM = "application/octet-stream"
ZIP = "application/zip"

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TYPE = re.compile(rf"\s*({_WORD})/({_WORD})\s*")
_PARAMETER = re.compile(rf'\s*;\s*(?:({_WORD})\s*=\s*("(?:[^"\\]|\\.)*"|[^;,"\s]*)\s*)?')
#: An item of a list; commas in quotes do not end it.
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"|")+')
#: Of a header; clients that list all they know send half of it.
_LONGEST = 4096
#: Ranges read from one header; no client sends more.
_MOST_RANGES = 64


class BadMediaType(InputError):
    """A media type or a list of them cannot be read."""


def in_parts(media_type: str) -> str:
    """Spell "parts of this type"."""
    return f'{MULTIPART}; type="{media_type}"'


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type; type and names of parameters in lower case."""

    essence: str  #: ``type/subtype``
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """One thing a client accepts."""

    essence: str  #: of the content; may be ``*/*`` or ``image/*``
    multipart: bool | None  #: packed in multipart/related or not; ``None``: either
    transfer_syntax: str | None = None  #: a UID or ``*``; ``None`` where nothing is said
    quality: float = 1.0

    def takes(self, essence: str) -> bool:
        """Whether content of this type is in the range."""
        if self.essence in ("*/*", essence):
            return True
        return self.essence.endswith("/*") and essence.startswith(self.essence[:-1])

    @property
    def takes_single(self) -> bool:
        """Whether the answer may be the content itself."""
        return self.multipart is not True

    @property
    def takes_multipart(self) -> bool:
        """Whether the answer may be multipart/related."""
        return self.multipart is not False

    def takes_syntax(self, uid: str) -> bool:
        """Whether a transfer syntax fits; one not asked for does."""
        return self.transfer_syntax in (None, "*", uid)


def parse_media_type(text: str) -> MediaType:
    """Read one media type, as in Content-Type.

    Raises
    ------
    BadMediaType
        It is none.
    """
    match = _TYPE.match(text) if len(text) <= _LONGEST else None
    if match is None:
        raise BadMediaType(f"no media type: {text[:80]!r}")
    position = match.end()
    parameters: dict[str, str] = {}
    while (found := _PARAMETER.match(text, position)) is not None:
        position = found.end()
        if found[1]:
            parameters[found[1].lower()] = _unquote(found[2])
    if text[position:].strip():
        raise BadMediaType(f"unexpected text after the media type: {text[position:][:80]!r}")
    return MediaType(f"{match[1]}/{match[2]}".lower(), parameters)


def parse_accept(text: str | None) -> list[Range]:
    """Read an Accept header; the best first. Nothing said accepts all.

    What cannot be read is passed over where something else can.

    Raises
    ------
    BadMediaType
        Nothing of it can be read.
    """
    if text is None or not text.strip():
        return [Range(essence="*/*", multipart=None)]
    if len(text) > _LONGEST:
        raise BadMediaType("the Accept header is too long")
    ranges: list[Range] = []
    for item in _ITEM.findall(text)[:_MOST_RANGES]:
        try:
            ranges.append(_range_of(parse_media_type(item)))
        except BadMediaType:
            continue
    if not ranges:
        raise BadMediaType("the Accept header holds no media type that can be read")
    wanted = [item for item in ranges if item.quality > 0]
    return sorted(wanted, key=lambda item: (-item.quality, item.essence.count("*")))


def _unquote(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _range_of(media_type: MediaType) -> Range:
    parameters = media_type.parameters
    essence, multipart = media_type.essence, False
    if essence == "*/*":
        return Range(essence="*/*", multipart=None, quality=_quality(parameters.get("q")))
    if essence in (MULTIPART, "multipart/*"):
        essence, multipart = parameters.get("type", "*/*").lower(), True
    return Range(
        essence=essence,
        multipart=multipart,
        transfer_syntax=parameters.get("transfer-syntax"),
        quality=_quality(parameters.get("q")),
    )


def _quality(text: str | None) -> float:
    if text is None:
        return 1.0
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        raise BadMediaType(f"q={text!r} is no number from 0 to 1") from None


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 12.5.3)."""
    weights: dict[str, float] = {}
    for item in (accept_encoding or "").lower().split(","):
        name, _, rest = item.partition(";")
        weights[name.strip()] = _weight(rest)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(parameter: str) -> float:
    _, _, value = parameter.partition("=")
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0
