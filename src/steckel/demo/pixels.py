"""The Image Pixel module (PS3.3 C.7.6.3), native or compressed.

Compression by imagecodecs; all of it lossless but JPEG baseline for ultrasound.
"""

from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_LS: Final = "1.2.840.10008.1.2.4.80"
JPEG_2000: Final = "1.2.840.10008.1.2.4.90"
HTJ2K_RPCL: Final = "1.2.840.10008.1.2.4.202"
RLE: Final = "1.2.840.10008.1.2.5"

Pixels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int16]


def set_gray(ds: Dataset, frame: Pixels, syntax: str, *, stored: int = 16) -> None:
    """Put one grey frame into an object; `stored` is the number of bits used."""
    ds.SamplesPerPixel = 1
    ds.Rows, ds.Columns = frame.shape
    ds.BitsAllocated = frame.dtype.itemsize * 8
    ds.BitsStored, ds.HighBit = stored, stored - 1
    ds.PixelRepresentation = int(frame.dtype.kind == "i")
    if syntax in (IMPLICIT, EXPLICIT):
        ds.PixelData = np.ascontiguousarray(frame).tobytes()
        ds["PixelData"].VR = "OW"
        return
    ds.PixelData = encapsulate([_compress(frame, syntax, stored)])
    ds["PixelData"].VR = "OB"


def _compress(frame: Pixels, syntax: str, stored: int) -> bytes:
    if syntax == JPEG_LS:
        return _jpeg_ls(frame)
    if syntax == JPEG_2000:
        options: dict[str, Any] = {"codecformat": "j2k", "reversible": True, "level": 0}
        return bytes(imagecodecs.jpeg2k_encode(frame, bitspersample=stored, **options))
    if syntax == HTJ2K_RPCL:
        return bytes(imagecodecs.htj2k_encode(frame, reversible=True))
    return _rle(frame)


def _jpeg_ls(frame: Pixels) -> bytes:
    """JPEG-LS knows no sign: the two's complement is coded as it stands (PS3.5 8.2.3)."""
    return bytes(imagecodecs.jpegls_encode(frame.view(f"u{frame.dtype.itemsize}")))


def _rle(frame: Pixels) -> bytes:
    """Code byte planes, most significant first, each row for itself (PS3.5 G)."""
    planes = np.ascontiguousarray(frame).view(np.uint8).reshape(*frame.shape, -1)
    segments = []
    for k in reversed(range(planes.shape[-1])):
        packed = bytes(imagecodecs.packbits_encode(np.ascontiguousarray(planes[..., k])))
        segments.append(packed + b"\0" * (len(packed) % 2))
    starts = [64 + sum(len(part) for part in segments[:k]) for k in range(len(segments))]
    header = np.zeros(16, dtype="<u4")
    header[0] = len(segments)
    header[1 : 1 + len(starts)] = starts
    return header.tobytes() + b"".join(segments)


def set_cine(ds: Dataset, frames: NDArray[np.uint8], quality: int = 88) -> None:
    """Put colour frames into an object as JPEG baseline, chroma halved across (PS3.5 8.2.1)."""
    coded = [
        bytes(imagecodecs.jpeg8_encode(f, level=quality, colorspace="RGB", subsampling="422"))
        for f in frames
    ]
    ds.SamplesPerPixel = 3
    ds.PhotometricInterpretation = "YBR_FULL_422"
    ds.PlanarConfiguration = 0
    ds.NumberOfFrames = len(frames)
    ds.Rows, ds.Columns = frames.shape[1:3]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelData = encapsulate(coded)
    ds["PixelData"].VR = "OB"
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = f"{frames.size / sum(map(len, coded)):.1f}"
    ds.LossyImageCompressionMethod = "ISO_10918_1"
