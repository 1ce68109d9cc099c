"""A DICOMweb server just large enough for OHIF, over DICOM files in memory.

Independent of Steckel's own DICOMweb on purpose: built on pydicom alone, it shows what
OHIF needs, and which element of a metadata document breaks it.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import generate_frames
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

BOUNDARY = "steckel-test"
Metadata = dict[str, Any]

STUDY_TAGS = (
    "StudyInstanceUID StudyDate StudyTime AccessionNumber StudyDescription StudyID "
    "ReferringPhysicianName PatientName PatientID PatientBirthDate PatientSex"
).split()
SERIES_TAGS = "SeriesInstanceUID SeriesNumber SeriesDescription Modality".split()
INSTANCE_TAGS = "SOPClassUID SOPInstanceUID InstanceNumber Rows Columns NumberOfFrames".split()


def unchanged(metadata: Metadata) -> Metadata:
    return metadata


@dataclass(kw_only=True)
class Backend:
    """The archive: data sets by SOP Instance UID, and what was asked of it."""

    instances: dict[str, pydicom.Dataset] = field(default_factory=dict)
    change: Callable[[Metadata], Metadata] = unchanged  #: applied to each metadata document
    stored: list[bytes] = field(default_factory=list)

    def add(self, dataset: pydicom.Dataset) -> None:
        self.instances[dataset.SOPInstanceUID] = dataset

    def add_folder(self, folder: Path, *, limit: int | None = None) -> None:
        for path in sorted(p for p in folder.rglob("*") if p.is_file())[:limit]:
            self.add(pydicom.dcmread(path))

    def of(self, request: Request) -> list[pydicom.Dataset]:
        """Return the instances that the address names, in order."""
        wanted = {
            "StudyInstanceUID": request.path_params.get("study"),
            "SeriesInstanceUID": request.path_params.get("series"),
            "SOPInstanceUID": request.path_params.get("instance"),
        }
        return [
            dataset
            for dataset in self.instances.values()
            if all(uid is None or dataset.get(key) == uid for key, uid in wanted.items())
        ]

    def routes(self) -> list[BaseRoute]:
        root = "/dicomweb"
        study = f"{root}/studies/{{study}}"
        series = f"{study}/series/{{series}}"
        instance = f"{series}/instances/{{instance}}"
        return [
            Route(f"{root}/studies", self.search_studies, methods=["GET"]),
            Route(f"{root}/studies", self.store, methods=["POST"]),
            Route(f"{study}/series", self.search_series),
            Route(f"{series}/instances", self.search_instances),
            Route(f"{series}/metadata", self.metadata),
            Route(f"{series}/thumbnail", self.thumbnail),
            Route(f"{instance}/thumbnail", self.thumbnail),
            Route(f"{instance}/frames/{{frame:int}}", self.frame),
            Route(f"{instance}/bulkdata/{{path:path}}", self.bulk),
            Route(f"{instance}/rendered", self.rendered),
            Route(instance, self.retrieve),
        ]

    def search_studies(self, request: Request) -> Response:
        query = request.query_params
        found: dict[str, Metadata] = {}
        for dataset in self.instances.values():
            asked_patient = query.get("00100020") or query.get("PatientID")
            asked_study = query.get("StudyInstanceUID") or query.get("0020000D")
            if asked_patient not in (None, dataset.get("PatientID")):
                continue
            if asked_study not in (None, dataset.StudyInstanceUID):
                continue
            row = found.setdefault(dataset.StudyInstanceUID, answer(dataset, STUDY_TAGS))
            row["00080061"] = {"vr": "CS", "Value": [dataset.get("Modality", "OT")]}
        return dicom_json(list(found.values()))

    def search_series(self, request: Request) -> Response:
        found = {
            dataset.SeriesInstanceUID: answer(dataset, STUDY_TAGS[:1] + SERIES_TAGS)
            for dataset in self.of(request)
        }
        return dicom_json(list(found.values()))

    def search_instances(self, request: Request) -> Response:
        return dicom_json([answer(dataset, INSTANCE_TAGS) for dataset in self.of(request)])

    def metadata(self, request: Request) -> Response:
        return dicom_json([self.change(metadata_of(dataset)) for dataset in self.of(request)])

    def frame(self, request: Request) -> Response:
        (dataset,) = self.of(request)
        number: int = request.path_params["frame"]
        syntax = dataset.file_meta.TransferSyntaxUID
        return multipart(
            frame_of(dataset, number), f"application/octet-stream; transfer-syntax={syntax}"
        )

    def bulk(self, request: Request) -> Response:
        (dataset,) = self.of(request)
        *above, tag = request.path_params["path"].split("/")
        for sequence, number in zip(above[::2], above[1::2], strict=True):
            dataset = dataset[sequence].value[int(number) - 1]
        return multipart(bytes(dataset[tag].value), "application/octet-stream")

    def thumbnail(self, request: Request) -> Response:
        datasets = [dataset for dataset in self.of(request) if "PixelData" in dataset]
        if not datasets or is_encapsulated(datasets[0]):
            return Response(status_code=404)
        return Response(jpeg_of(datasets[len(datasets) // 2]), media_type="image/jpeg")

    def rendered(self, request: Request) -> Response:
        (dataset,) = self.of(request)
        if "EncapsulatedDocument" in dataset:
            return Response(bytes(dataset.EncapsulatedDocument), media_type="application/pdf")
        return Response(jpeg_of(dataset), media_type="image/jpeg")

    def retrieve(self, request: Request) -> Response:
        (dataset,) = self.of(request)
        out = io.BytesIO()
        dataset.save_as(out)
        return multipart(out.getvalue(), "application/dicom")

    async def store(self, request: Request) -> Response:
        self.stored.append(await request.body())
        return dicom_json({})


def answer(dataset: pydicom.Dataset, keywords: Iterable[str]) -> Metadata:
    chosen = pydicom.Dataset()
    for keyword in keywords:
        if keyword in dataset:
            chosen.add(dataset[keyword])
    return chosen.to_json_dict()


def metadata_of(dataset: pydicom.Dataset) -> Metadata:
    """Return the DICOM JSON of an instance, long binary values by absolute path."""
    uri = (
        f"/dicomweb/studies/{dataset.StudyInstanceUID}/series/{dataset.SeriesInstanceUID}"
        f"/instances/{dataset.SOPInstanceUID}/bulkdata/"
    )
    made = json_of(dataset, uri)
    made.pop("7FE00010", None)
    made["00083002"] = {"vr": "UI", "Value": [str(dataset.file_meta.TransferSyntaxUID)]}
    return made


def json_of(dataset: pydicom.Dataset, uri: str) -> Metadata:
    made: Metadata = {}
    for element in dataset:
        key = f"{element.tag:08X}"
        if element.VR == "SQ":
            items = [
                json_of(item, f"{uri}{key}/{number}/")
                for number, item in enumerate(element.value, start=1)
            ]
            made[key] = {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
        elif isinstance(element.value, bytes) and len(element.value) > 512:
            made[key] = {"vr": element.VR, "BulkDataURI": f"{uri}{key}"}
        else:
            made[key] = element.to_json_dict(None, 0)
    return made


def is_encapsulated(dataset: pydicom.Dataset) -> bool:
    return dataset["PixelData"].is_undefined_length


def frame_of(dataset: pydicom.Dataset, number: int) -> bytes:
    frames = int(dataset.get("NumberOfFrames") or 1)
    if is_encapsulated(dataset):
        every: Iterator[bytes] = generate_frames(dataset.PixelData, number_of_frames=frames)
        return next(frame for index, frame in enumerate(every, start=1) if index == number)
    length = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated // 8
    return bytes(dataset.PixelData[(number - 1) * length : number * length])


def jpeg_of(dataset: pydicom.Dataset) -> bytes:
    pixels = np.asarray(dataset.pixel_array, dtype=np.float32)
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        pixels = pixels[0]
    low, high = float(pixels.min()), float(pixels.max())
    grey = ((pixels - low) / max(high - low, 1) * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG")
    return out.getvalue()


def dicom_json(content: object) -> Response:
    return Response(json.dumps(content), media_type="application/dicom+json")


def multipart(content: bytes, media_type: str) -> Response:
    root = media_type.partition(";")[0]
    body = f"--{BOUNDARY}\r\nContent-Type: {media_type}\r\n\r\n".encode() + content
    return Response(
        body + f"\r\n--{BOUNDARY}--\r\n".encode(),
        headers={"Content-Type": f'multipart/related; type="{root}"; boundary={BOUNDARY}'},
    )
