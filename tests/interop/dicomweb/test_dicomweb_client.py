"""The Python dicomweb-client stores, searches, retrieves, looks and deletes."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from requests import HTTPError
from tests.unit.dicomweb.memory_archive import sample

pytestmark = pytest.mark.interop

NAMES = (
    "CT_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "JPEG2000.dcm",
    "examples_ybr_color.dcm",
    "waveform_ecg.dcm",
    "test-SR.dcm",
    "SC_rgb_rle_2frame.dcm",
)


def read(name: str) -> pydicom.Dataset:
    dataset = pydicom.dcmread(BytesIO(sample(name)))
    if name == "rtdose.dcm":  # its own UID has a component with a leading zero
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    return dataset


def uids(dataset: pydicom.Dataset) -> tuple[str, str, str]:
    return dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID


def store(client: DICOMwebClient, name: str) -> pydicom.Dataset:
    dataset = read(name)
    answer = client.store_instances([dataset])
    assert len(answer.ReferencedSOPSequence) == 1
    assert "FailedSOPSequence" not in answer
    return dataset


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_comes_back_the_same(client: DICOMwebClient, name: str) -> None:
    dataset = store(client, name)
    study, series, sop = uids(dataset)
    assert client.retrieve_instance(study, series, sop) == dataset
    (found,) = client.iter_series(study, series)
    assert found == dataset
    (found,) = client.iter_study(study)
    assert found == dataset


@pytest.mark.parametrize("name", NAMES)
def test_store_then_metadata_gives_the_same_attributes(client: DICOMwebClient, name: str) -> None:
    dataset = store(client, name)
    study, series, sop = uids(dataset)
    documents = (
        client.retrieve_instance_metadata(study, series, sop),
        client.retrieve_series_metadata(study, series)[0],
        client.retrieve_study_metadata(study)[0],
    )
    for document in documents:
        found = pydicom.Dataset.from_json(document, bulk_data_uri_handler=lambda *_: None)
        assert found.SOPInstanceUID == sop
        assert str(found.get("PatientName")) == str(dataset.get("PatientName"))


def test_an_instance_in_the_wrong_study_fails(client: DICOMwebClient) -> None:
    with pytest.raises(HTTPError, match="409"):
        client.store_instances([read("CT_small.dcm")], study_instance_uid="1.2.3")


def test_searching(client: DICOMwebClient) -> None:
    for name in NAMES:
        store(client, name)
    ct = read("CT_small.dcm")
    study, series, sop = uids(ct)
    (found,) = client.search_for_studies(search_filters={"PatientID": "1CT1"})
    assert found["0020000D"]["Value"] == [study]
    assert len(client.search_for_studies(limit=2)) == 2
    everything = client.search_for_studies(get_remaining=True, limit=2)
    assert len(everything) == len({uids(read(name))[0] for name in NAMES})
    assert client.search_for_studies(offset=100) == []
    (found,) = client.search_for_series(study, fields=["SeriesDescription", "00080070"])
    assert found["0020000E"]["Value"] == [series]
    assert "00080070" in found
    (found,) = client.search_for_instances(study, series, fuzzymatching=True)
    assert found["00080018"]["Value"] == [sop]
    assert client.search_for_instances(search_filters={"SOPInstanceUID": sop})
    with pytest.raises(HTTPError, match="400"):
        client.search_for_studies(search_filters={"StudyInstanceUID": "no uid"})


def test_native_frames(client: DICOMwebClient) -> None:
    dataset = store(client, "rtdose.dcm")
    frames = client.retrieve_instance_frames(*uids(dataset), frame_numbers=[1, 15])
    expected = dataset.pixel_array
    for number, frame in ((0, frames[0]), (14, frames[1])):
        assert np.array_equal(np.frombuffer(frame, "<u4").reshape(10, 10), expected[number])
    with pytest.raises(HTTPError, match="404"):
        client.retrieve_instance_frames(*uids(dataset), frame_numbers=[16])


def test_compressed_frames_as_stored_and_decoded(client: DICOMwebClient) -> None:
    dataset = store(client, "examples_ybr_color.dcm")
    stored = client.retrieve_instance_frames(
        *uids(dataset), frame_numbers=[1, 30], media_types=("image/jpeg",)
    )
    for frame in stored:
        assert Image.open(BytesIO(frame)).size == (320, 240)
    asked = (("application/octet-stream", "1.2.840.10008.1.2.1"),)
    decoded = client.retrieve_instance_frames(*uids(dataset), frame_numbers=[1], media_types=asked)
    assert len(decoded[0]) == 320 * 240 * 3
    streamed = list(
        client.iter_instance_frames(
            *uids(dataset), frame_numbers=[2, 3], media_types=("image/jpeg",)
        )
    )
    assert len(streamed) == 2
    with pytest.raises(HTTPError, match="406"):
        client.retrieve_instance_frames(
            *uids(dataset), frame_numbers=[1], media_types=("image/jls",)
        )


def test_bulk_data_by_the_address_in_the_metadata(
    client: DICOMwebClient,
) -> None:
    dataset = store(client, "waveform_ecg.dcm")
    metadata = client.retrieve_instance_metadata(*uids(dataset))
    url = metadata["54000100"]["Value"][0]["54001010"]["BulkDataURI"]
    expected = dataset.WaveformSequence[0].WaveformData
    assert client.retrieve_bulkdata(url) == [expected]
    assert list(client.iter_bulkdata(url)) == [expected]
    asked = ("application/octet-stream",)
    assert client.retrieve_bulkdata(url, media_types=asked) == [expected]


def test_rendered_images(client: DICOMwebClient) -> None:
    dataset = store(client, "examples_ybr_color.dcm")
    for media_type, kind in (("image/jpeg", "JPEG"), ("image/png", "PNG"), ("image/gif", "GIF")):
        data = client.retrieve_instance_rendered(*uids(dataset), media_types=(media_type,))
        assert Image.open(BytesIO(data)).format == kind
    data = client.retrieve_instance_frames_rendered(
        *uids(dataset),
        frame_numbers=[7],
        media_types=("image/png",),
        params={"viewport": "160,120", "window": "128,256,linear"},
    )
    assert Image.open(BytesIO(data)).size == (160, 120)


def test_deleting(client: DICOMwebClient) -> None:
    dataset = store(client, "CT_small.dcm")
    study, series, sop = uids(dataset)
    client.delete_instance(study, series, sop)
    with pytest.raises(HTTPError, match="404"):
        client.retrieve_instance(study, series, sop)
    with pytest.raises(HTTPError, match="404"):
        client.delete_study(study)
