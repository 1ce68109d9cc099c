"""BulkDataURIs with the host in them, for those who need it.

Metadata documents are kept with addresses that have no host, so that one
document serves every name by which the server is reached. A browser on our
own pages resolves them and gets the document as it lies. Every other client
takes a BulkDataURI out of the document and asks for it as it is: it gets them
absolute (PS3.18 F.2.6). Documents made so are kept for a while, for making one
costs more than all the rest of the request.
"""

import gzip
from collections import OrderedDict
from threading import Lock

from starlette.requests import Request

from steckel.dicomweb.addresses import ROOT, origin_of
from steckel.retrieve.model import MetadataDocument

#: What varies with it is told to caches.
VARIES_WITH = "Sec-Fetch-Site"

#: As our own serialiser spells it. Quotes inside of a value are escaped, so
#: that no value can look like this.
_RELATIVE = b'"BulkDataURI":"' + ROOT.encode()
_KEPT_BYTES = 32 << 20


def origin_for(request: Request) -> str:
    """Return what has to stand before the addresses; nothing for our own pages."""
    same_origin = request.headers.get("sec-fetch-site") == "same-origin"
    behind_prefix = request.scope.get("root_path", "")
    return "" if same_origin and not behind_prefix else origin_of(request)


def absolute(body: bytes, origin: str) -> bytes:
    """Put the origin before every BulkDataURI of a document."""
    if not origin:
        return body
    return body.replace(_RELATIVE, b'"BulkDataURI":"' + origin.encode() + ROOT.encode())


class AbsoluteDocuments:
    """Compressed documents with absolute addresses, those used last kept. Thread-safe."""

    def __init__(self, kept_bytes: int = _KEPT_BYTES) -> None:
        self._limit = kept_bytes
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, document: MetadataDocument, origin: str) -> bytes:
        """Return the document, compressed, for one origin. Blocking."""
        if not origin:
            return document.gzipped
        key = (document.etag, origin)
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        made = gzip.compress(absolute(gzip.decompress(document.gzipped), origin), 1, mtime=0)
        self._keep(key, made)
        return made

    def _keep(self, key: tuple[str, str], made: bytes) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = made
            self._size += len(made)
            while self._size > self._limit:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)
