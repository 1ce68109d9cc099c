"""How the samples of an image are laid out (PS3.3 C.7.6.3, PS3.5 8)."""

from dataclasses import dataclass
from typing import Final

from steckel.dicom import tags
from steckel.dicom.header import Header
from steckel.errors import CannotRender

_PLANAR_CONFIGURATION: Final = 0x00280006
_HIGH_BIT: Final = 0x00280102

#: Bytes of one decoded frame; more is no image, or no image for this way.
MAX_FRAME: Final = 1 << 30

_WIDTHS = (1, 8, 16, 32, 64)
_FLOATING = {tags.FLOAT_PIXEL_DATA: 32, tags.DOUBLE_FLOAT_PIXEL_DATA: 64}
_ONE_SAMPLE = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
_SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelFormat:
    """What the Image Pixel Module says."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    floating: bool
    photometric: str
    by_plane: bool

    @property
    def subsampled(self) -> bool:
        """Whether two pixels share their colour in native form (PS3.3 C.7.6.3.1.2)."""
        return self.photometric in _SUBSAMPLED and self.samples == 3 and self.bits_allocated == 8

    @property
    def frame_length(self) -> int:
        """Bytes of one frame in native form, on its own."""
        pixels = self.rows * self.columns
        if self.subsampled:
            # Each row has whole pairs.
            return self.rows * ((self.columns + 1) // 2) * 4
        return (pixels * self.samples * self.bits_allocated + 7) // 8

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample; 1 for packed bits."""
        return max(self.bits_allocated // 8, 1)


def pixel_format(header: Header) -> PixelFormat:
    """Read the layout.

    Raises
    ------
    CannotRender
        There is none, or none that makes sense.
    """
    pixel = header.scan.pixel
    if pixel is None:
        raise CannotRender("the instance has no pixel data")
    floating = pixel.tag in _FLOATING
    allocated = _FLOATING.get(pixel.tag) or header.integer(tags.BITS_ALLOCATED)
    stored = header.integer(tags.BITS_STORED, allocated) or allocated
    samples = max(header.integer(tags.SAMPLES_PER_PIXEL, 1), 1)
    found = PixelFormat(
        rows=header.integer(tags.ROWS),
        columns=header.integer(tags.COLUMNS),
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored if 0 < stored <= allocated else allocated,
        high_bit=header.integer(_HIGH_BIT, stored - 1),
        signed=bool(header.integer(tags.PIXEL_REPRESENTATION)),
        floating=floating,
        photometric=_photometric(header.text(tags.PHOTOMETRIC_INTERPRETATION), samples),
        by_plane=samples > 1 and header.integer(_PLANAR_CONFIGURATION) == 1,
    )
    _check(found)
    return found


def _photometric(said: str, samples: int) -> str:
    """Make up for what is missing, or impossible with the number of samples."""
    said = said.upper()
    if samples == 1:
        return said if said in _ONE_SAMPLE else "MONOCHROME2"
    return "RGB" if not said or said in _ONE_SAMPLE else said


def _check(found: PixelFormat) -> None:
    if found.rows <= 0 or found.columns <= 0:
        raise CannotRender("Rows or Columns is missing or zero")
    if found.samples not in (1, 3, 4):
        raise CannotRender(f"{found.samples} samples per pixel cannot be shown")
    if found.bits_allocated not in _WIDTHS:
        raise CannotRender(f"Bits Allocated of {found.bits_allocated} cannot be read")
    if found.frame_length > MAX_FRAME:
        raise CannotRender(
            f"a frame of {found.rows} x {found.columns} pixels is larger than {MAX_FRAME >> 20} MiB"
        )
