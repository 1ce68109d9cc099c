"""Writing a multipart/related answer (RFC 2387, PS3.18 8.6.1.2)."""

import uuid

from steckel.dicomweb.media_types import MULTIPART


class MultipartAnswer:
    """The delimiters and headers between the parts of one answer."""

    def __init__(self, essence: str) -> None:
        boundary = uuid.uuid4().hex
        self.content_type = f'{MULTIPART}; type="{essence}"; boundary={boundary}'
        self._first = f"--{boundary}\r\n".encode()
        self._delimiter = b"\r\n" + self._first
        self._end = f"\r\n--{boundary}--\r\n".encode()
        self._begun = False

    def head(self, content_type: str, length: int, location: str = "") -> bytes:
        """Return what stands before the content of a part."""
        delimiter = self._delimiter if self._begun else self._first
        self._begun = True
        headers = f"Content-Type: {content_type}\r\nContent-Length: {length}\r\n"
        if location:
            headers += f"Content-Location: {location}\r\n"
        return delimiter + headers.encode("latin-1") + b"\r\n"

    def end(self) -> bytes:
        """Return what stands behind the last part."""
        return self._end
