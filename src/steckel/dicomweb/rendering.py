"""How an image is to be shown: the parameters of the rendered resources (PS3.18 8.3.5).

Pure: text in, values out. `annotation` and `iccprofile` are not followed, as
PS3.18 8.3.5.1 allows; the answer says so in a Warning.
"""

from collections.abc import Mapping
from math import isfinite

from steckel.dicomweb.numbers import natural
from steckel.dicomweb.refusals import BadRequest
from steckel.imaging.model import GIF, JPEG, PNG, Region, RenderRequest, Window

__all__ = [
    "GIF",
    "JPEG",
    "PNG",
    "Region",
    "RenderRequest",
    "Window",
    "not_followed",
    "number_of",
    "parse_rendering",
    "quality_of",
    "side_of",
    "window_of",
]

#: Pixels of a side; more would be a way to fill the memory.
MAX_SIDE = 16_384


_FUNCTIONS = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}


def parse_rendering(parameters: Mapping[str, str], media_type: str) -> RenderRequest:
    """Read the parameters of a rendered resource.

    Raises
    ------
    BadRequest
        One of them cannot be understood.
    """
    width, height, region = _viewport(parameters.get("viewport"))
    return RenderRequest(
        media_type=media_type,
        width=width,
        height=height,
        region=region,
        window=_window(parameters.get("window")),
        quality=quality_of(parameters.get("quality")),
    )


def not_followed(parameters: Mapping[str, str]) -> list[str]:
    """Say what was asked for and is not done (PS3.18 8.3.5.1.1, 8.3.5.1.5)."""
    said = []
    if annotation := _printable(parameters.get("annotation", "")):
        said.append(f"The following annotation values are not supported: {annotation}")
    if _printable(parameters.get("iccprofile", "no")) not in ("no", "srgb"):
        said.append("The icc profile is not supported")
    return said


def _printable(text: str) -> str:
    return "".join(one for one in text[:64] if one.isascii() and (one.isalnum() or one in ",-_"))


def quality_of(text: str | None) -> int | None:
    """Read a JPEG quality (PS3.18 8.3.5.1.2)."""
    if not text:
        return None
    quality = natural(text)
    if quality is None or not 1 <= quality <= 100:
        raise BadRequest("the quality is a number from 1 to 100")
    return quality


def side_of(text: str, name: str) -> int | None:
    """Read the length of a side of the viewport; nothing where it is left out."""
    if not text.strip():
        return None
    number = number_of(text, name)
    if not 1 <= number <= MAX_SIDE:
        raise BadRequest(f"{name} is a number from 1 to {MAX_SIDE}")
    return int(number)


def number_of(text: str, name: str) -> float:
    """Read a finite number."""
    try:
        number = float(text)
    except ValueError:
        raise BadRequest(f"{name} is no number") from None
    if not isfinite(number):
        raise BadRequest(f"{name} is no number")
    return number


def _viewport(text: str | None) -> tuple[int | None, int | None, Region | None]:
    """Read ``vw,vh[,sx,sy,sw,sh]`` (PS3.18 8.3.5.1.3)."""
    if not text:
        return None, None, None
    parts = text.split(",")
    if len(parts) not in (2, 6):
        raise BadRequest("the viewport has two or six numbers")
    width, height = side_of(parts[0], "the viewport"), side_of(parts[1], "the viewport")
    if len(parts) == 2 or not any(part.strip() for part in parts[2:]):
        return width, height, None
    if not (parts[4].strip() and parts[5].strip()):
        raise BadRequest("the region of the viewport has no size")
    x, y, w, h = (number_of(part or "0", "the viewport") for part in parts[2:])
    if x < 0 or y < 0 or not w or not h:
        raise BadRequest("the region of the viewport is not in the image")
    return width, height, Region(x=x, y=y, width=w, height=h)


def _window(text: str | None) -> Window | None:
    """Read ``center,width,function`` (PS3.18 8.3.5.1.4)."""
    if not text:
        return None
    parts = text.split(",")
    if len(parts) not in (2, 3):
        raise BadRequest("the window is center,width,function")
    function = _FUNCTIONS.get(parts[2].strip().lower()) if len(parts) == 3 else "LINEAR"
    if function is None:
        raise BadRequest("the function of the window is linear, linear-exact or sigmoid")
    return window_of(parts[0], parts[1], function)


def window_of(center: str, width: str, function: str = "LINEAR") -> Window:
    """Make a window of two numbers."""
    wide = number_of(width, "the window width")
    if wide <= 0 or (function == "LINEAR" and wide < 1):
        raise BadRequest("the window width is too small")
    return Window(center=number_of(center, "the window center"), width=wide, function=function)
