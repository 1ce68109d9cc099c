"""What is asked of imaging, and what it gives back."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from steckel.errors import CannotRender

JPEG, PNG, GIF, HTML = "image/jpeg", "image/png", "image/gif", "text/html"


#: Bytes of an object that is transcoded in memory; what is larger goes out as it is, or not.
MAX_TRANSCODED = 512 << 20


def check_transcodable(length: int) -> None:
    """Raise `CannotRender` for an object that would take too much memory."""
    if length > MAX_TRANSCODED:
        raise CannotRender(f"it is larger than {MAX_TRANSCODED >> 20} MiB, too large to transcode")


@dataclass(frozen=True, kw_only=True)
class Window:
    """A VOI window (PS3.18 8.3.5.1.4)."""

    center: float
    width: float
    function: str  #: as VOI LUT Function (0028,1056) spells it


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of the image, in pixels of it; a negative size flips the image."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class RenderRequest:
    """How one frame is to be rendered."""

    media_type: str = JPEG
    width: int | None = None  #: of the viewport; ``None``: as the image or the other side says
    height: int | None = None
    region: Region | None = None
    window: Window | None = None
    quality: int | None = None  #: 1 to 100, for JPEG

    @property
    def name(self) -> str:
        """A short name, the same for the same request."""
        return blake2b(repr(self).encode(), digest_size=8).hexdigest()


#: Thumbnails that are made before they are asked for: without parameters, and as the
#: workstation lists series.
KEPT_THUMBNAILS: Final = (RenderRequest(), RenderRequest(width=160, height=160))


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """An image made for people to look at."""

    data: bytes
    media_type: str
