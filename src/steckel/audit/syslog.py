"""Audit messages as syslog (RFC 5424) in frames for TLS (RFC 5425), as PS3.15 A.6 wants them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

#: Facility 10 (security and authorization), severity 5 (normal but significant).
_PRIORITY: Final = 10 * 8 + 5
_VERSION: Final = 1
APPLICATION: Final = "steckel"
#: PS3.15 A.6.
MESSAGE_ID: Final = "DICOM+RFC3881"
_BOM: Final = b"\xef\xbb\xbf"
_NOT_PRINTABLE: Final = re.compile(r"[^\x21-\x7e]")
_NIL: Final = "-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """The process that something happened in."""

    host: str
    process: str


def frame_of(document: bytes, at: int, sender: Sender) -> bytes:
    """Return an audit message in its frame.

    Parameters
    ----------
    at
        When it happened: milliseconds since 1970.
    """
    stamp = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    header = " ".join(
        (
            f"<{_PRIORITY}>{_VERSION}",
            stamp.replace("+00:00", "Z"),
            _word(sender.host, 255),
            APPLICATION,
            _word(sender.process, 128),
            MESSAGE_ID,
            _NIL,
        )
    )
    message = header.encode("ascii") + b" " + _BOM + document
    return b"%d %b" % (len(message), message)


def _word(text: str, longest: int) -> str:
    """Return a text as a field of the header: printable ASCII without spaces."""
    return _NOT_PRINTABLE.sub("", text)[:longest] or _NIL
