"""Writes finished objects as DICOM files into the target folder, and counts them."""

from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from steckel.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME


@dataclass(kw_only=True)
class Folder:
    """The target, and what was written into it."""

    root: Path
    files: int = 0
    size: int = 0
    series: set[str] = field(default_factory=set)

    def write(self, ds: Dataset, name: str, syntax: str) -> None:
        """Write one object; the syntax must be the one its pixels are in."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        ds.file_meta = _meta(ds, syntax)
        ds.save_as(path, enforce_file_format=True)
        self.files += 1
        self.size += path.stat().st_size
        self.series.add(str(ds.SeriesInstanceUID))


def _meta(ds: Dataset, syntax: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    return meta
