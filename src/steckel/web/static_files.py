"""Static files that browsers take with as few bytes as possible.

Stands below ``ohif.py`` and ``assets.py``, which say what is served where. A file is
sent in the smallest form that the browser accepts: as ``.br`` or ``.gz`` if the build
made one, else compressed once and remembered.

Its rule: nothing outside the folder is ever read, and a file whose name carries no
digest is asked for again on every visit (answered 304 when it did not change).
"""

import gzip
import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from steckel.web.policy import PAGE_POLICY, headers_for

#: Kept by browsers for a year without asking (RFC 8246).
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ico": "image/x-icon",
}
_COMPRESSIBLE = {".js", ".mjs", ".css", ".html", ".json", ".svg", ".wasm", ".txt", ".webmanifest"}
_SMALLEST_COMPRESSED = 1024
_SUFFIX_OF_CODING = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True, kw_only=True)
class _Compressed:
    etag: str
    content: bytes


class StaticFolder:
    """A folder of files that a build made."""

    def __init__(self, root: Path, page_policy: str = PAGE_POLICY) -> None:
        self._root = root.resolve()
        self._page_policy = page_policy
        self._compressed: dict[Path, _Compressed] = {}

    def find(self, name: str) -> Path | None:
        """Return the file of this name; nothing if there is none or it lies elsewhere."""
        parts = PurePosixPath(name).parts
        if "\0" in name or not parts or any(part.startswith(".") for part in parts):
            return None
        path = self._root.joinpath(*parts)
        if not path.is_file() or not path.resolve().is_relative_to(self._root):
            return None
        return path

    def respond(self, request: Request, path: Path, *, caching: str) -> Response:
        """Answer with a file that `find` returned."""
        headers = headers_for(path, self._page_policy) | {"Cache-Control": caching}
        accepted = accepted_codings(request.headers.get("accept-encoding", ""))
        compressible = path.suffix in _COMPRESSIBLE
        if compressible:
            headers["Vary"] = "Accept-Encoding"
            for coding, suffix in _SUFFIX_OF_CODING.items():
                made = path.with_name(path.name + suffix)
                if coding in accepted and made.is_file():
                    headers["Content-Encoding"] = coding
                    return _file(request, made, media_type_of(path), headers)
        status = path.stat()
        if compressible and "gzip" in accepted and status.st_size >= _SMALLEST_COMPRESSED:
            return self._compress(request, path, status, headers)
        return _file(request, path, media_type_of(path), headers)

    def _compress(
        self, request: Request, path: Path, status: os.stat_result, headers: dict[str, str]
    ) -> Response:
        etag = _etag(status, "-gzip")
        known = self._compressed.get(path)
        if known is None or known.etag != etag:
            known = _Compressed(etag=etag, content=gzip.compress(path.read_bytes(), mtime=0))
            self._compressed[path] = known
        headers |= {"Content-Encoding": "gzip", "ETag": etag}
        if _unchanged(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(known.content, headers=headers, media_type=media_type_of(path))


def accepted_codings(header: str) -> set[str]:
    """Return the content codings that a request takes (RFC 9110 12.5.3)."""
    accepted = set()
    for part in header.split(","):
        coding, *parameters = (word.strip().lower() for word in part.split(";"))
        if not any(is_zero(parameter) for parameter in parameters):
            accepted.add(coding)
    return accepted


def is_zero(parameter: str) -> bool:
    """Say whether a parameter is a weight of nought, that is a refusal."""
    name, _, value = parameter.partition("=")
    return name == "q" and value.strip("0.") == ""


def media_type_of(path: Path) -> str:
    """Return the media type, the same on every machine for what a viewer is made of."""
    known = _MEDIA_TYPES.get(path.suffix)
    return known or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _file(request: Request, path: Path, media_type: str, headers: dict[str, str]) -> Response:
    status = path.stat()
    etag = _etag(status, path.suffix if headers.get("Content-Encoding") else "")
    headers |= {"ETag": etag}
    if _unchanged(request, etag):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=media_type, stat_result=status)


def _etag(status: os.stat_result, form: str) -> str:
    return f'"{status.st_mtime_ns:x}-{status.st_size:x}{form}"'


def _unchanged(request: Request, etag: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or etag in {
        tag.strip().removeprefix("W/") for tag in asked.split(",")
    }
