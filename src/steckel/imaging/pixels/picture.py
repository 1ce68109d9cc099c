"""From shown values to an encoded picture: region, shape of pixels, viewport (PS3.18 8.3.5.1)."""

from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from steckel.dicom import tags
from steckel.errors import CannotRender
from steckel.imaging.model import GIF, JPEG, PNG, Region, RenderRequest
from steckel.imaging.pixels import attributes as attribute
from steckel.imaging.pixels.attributes import Attributes

_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF"}
_QUALITY: Final = 90
#: From this quality on, colour keeps its resolution.
_FINE: Final = 90

_THUMBNAIL_SIDE: Final = 128
_MAX_PIXELS: Final = 1 << 28

_SPACINGS: Final = (
    tags.PIXEL_SPACING,
    attribute.IMAGER_PIXEL_SPACING,
    attribute.NOMINAL_SCANNED_PIXEL_SPACING,
)


def picture(
    shown: NDArray[np.uint8], request: RenderRequest, attributes: Attributes
) -> Image.Image:
    """Cut the region out, and scale it into the viewport."""
    if request.region is not None:
        shown = _cut(shown, request.region)
    image = Image.fromarray(np.ascontiguousarray(shown[:, :, 0] if shown.shape[2] == 1 else shown))
    size = fitted(image.size, _pixel_shape(attributes), (request.width, request.height))
    if size == image.size:
        return image
    if size[0] * size[1] > _MAX_PIXELS:
        raise CannotRender("the picture would be too large")
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


def on_black(image: Image.Image, request: RenderRequest) -> Image.Image:
    """Put a picture into the middle of a black viewport."""
    width, height = request.width or image.width, request.height or image.height
    if (width, height) == image.size:
        return image
    backed = Image.new(image.mode, (width, height))
    backed.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return backed


def thumbnail_size(request: RenderRequest) -> tuple[int, int]:
    """Return width and height of a thumbnail; square where one is not given."""
    width = request.width or request.height or _THUMBNAIL_SIDE
    return width, request.height or width


def encode(image: Image.Image, request: RenderRequest) -> bytes:
    """Encode a picture as the media type that is asked for."""
    options: dict[str, Any] = {}
    if request.media_type == JPEG:
        quality = request.quality or _QUALITY
        options = {"quality": quality, "subsampling": 0 if quality >= _FINE else 2}
    out = BytesIO()
    image.save(out, _FORMATS[request.media_type], **options)
    return out.getvalue()


def fitted(
    size: tuple[int, int], shape: float, viewport: tuple[int | None, int | None]
) -> tuple[int, int]:
    """Return the size of a picture; `shape` is the height of a pixel over its width.

    Without a viewport no pixel is lost: the picture is only stretched.
    """
    width, height = float(size[0]), float(size[1])
    if shape > 1:
        height *= shape
    else:
        width /= shape
    scales = [side / own for side, own in zip(viewport, (width, height), strict=True) if side]
    scale = min(scales, default=1.0)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _pixel_shape(attributes: Attributes) -> float:
    """Return the height of a pixel over its width."""
    pair = attributes.numbers(attribute.PIXEL_ASPECT_RATIO)
    if len(pair) < 2 or min(pair) <= 0:
        for tag in _SPACINGS:
            pair = attributes.numbers(tag)
            if len(pair) >= 2 and min(pair[:2]) > 0:
                break
        else:
            return 1.0
    shape = pair[0] / pair[1]
    # What is nearly square is square; what is out of all proportion is a mistake.
    return shape if 1 / 20 <= shape <= 20 and abs(shape - 1) > 0.01 else 1.0


def _cut(shown: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    rows, columns = shown.shape[:2]
    left, right = _range(region.x, abs(region.width), columns)
    top, bottom = _range(region.y, abs(region.height), rows)
    part = shown[top:bottom, left:right]
    if region.width < 0:
        part = part[:, ::-1]
    return part[::-1] if region.height < 0 else part


def _range(start: float, length: float, size: int) -> tuple[int, int]:
    first, last = int(start), min(round(start + length), size)
    if first >= size:
        raise CannotRender("the region lies outside the image")
    return first, max(last, first + 1)
