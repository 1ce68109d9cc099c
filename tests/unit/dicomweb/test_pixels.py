"""Frames, rendered images, thumbnails, and WADO-URI."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image
from tests.unit.dicomweb.answers import Store, parts_of, path_of
from tests.unit.dicomweb.conftest import Client
from tests.unit.dicomweb.memory_archive import MemoryArchive, SimpleImaging, application, sample

from steckel.dicomweb.rendering import Region, RenderRequest, Window
from steckel.index.thumbnails import KeptThumbnail
from steckel.index.view import EVERYTHING, View
from steckel.retrieve.model import StoredInstance

J2K = "1.2.840.10008.1.2.4.91"
NATIVE = 'multipart/related; type="application/octet-stream"'
ANY = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def pixels(name: str) -> bytes:
    return pydicom.dcmread(BytesIO(sample(name))).pixel_array.tobytes()


# --- frames


@pytest.mark.parametrize(
    "accept",
    [
        ANY,
        'multipart/related; type="application/octet-stream"',
        'multipart/related; type="*/*"',
        "*/*",
        'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1',
        'multipart/related; type=image/jls;q=0.9, multipart/related; type="application/*";q=0.8',
    ],
)
def test_a_native_frame_is_read_not_decoded(
    client: Client, imaging: SimpleImaging, ct: StoredInstance, accept: str
) -> None:
    ((headers, content),) = parts_of(client.get(path_of(ct) + "/frames/1", accept=accept))
    assert content == pixels("CT_small.dcm")
    assert (
        headers["content-type"] == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    )
    assert headers["content-location"].endswith("/frames/1")
    assert imaging.decodes == 0


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (ANY, "application/octet-stream"),
        ('multipart/related; type="image/jp2"', "image/jp2"),
        (f'multipart/related; type="image/jp2"; transfer-syntax={J2K}', "image/jp2"),
        ('multipart/related; type="image/dicom+jp2"', "image/dicom+jp2"),
        ('multipart/related; type="image/*"', "image/jp2"),
        ('multipart/related; type="*/*"; transfer-syntax=*', "image/jp2"),
        (f'{NATIVE}, multipart/related; type="image/jp2"', "image/jp2"),
    ],
)
def test_a_compressed_frame_comes_as_it_is_stored(
    client: Client, imaging: SimpleImaging, stored: Store, accept: str, media_type: str
) -> None:
    answer = client.get(path_of(stored("JPEG2000.dcm")) + "/frames/1", accept=accept)
    assert f'type="{media_type}"' in answer.headers["content-type"]
    ((headers, content),) = parts_of(answer)
    assert headers["content-type"] == f"{media_type}; transfer-syntax={J2K}"
    assert content[:2] == b"\xff\x4f"
    assert imaging.decodes == 0


@pytest.mark.parametrize(
    "accept",
    [
        'multipart/related; type="application/octet-stream"',
        'multipart/related; type="*/*"',
        "*/*",
        f'multipart/related; type="image/jp2";q=0.1, {NATIVE}; transfer-syntax=1.2.840.10008.1.2.1',
    ],
)
def test_a_compressed_frame_is_decoded_where_native_is_asked(
    client: Client, stored: Store, accept: str
) -> None:
    answer = client.get(path_of(stored("JPEG2000.dcm")) + "/frames/1", accept=accept)
    ((headers, content),) = parts_of(answer)
    assert headers["content-type"].startswith("application/octet-stream;")
    assert content == pixels("JPEG2000.dcm")


def test_frames_are_listed(client: Client, stored: Store) -> None:
    instance = stored("examples_rgb_color.dcm")
    assert client.get(path_of(instance) + "/frames/1,2").status_code == 404
    cine = stored("examples_ybr_color.dcm")
    answer = client.get(
        path_of(cine) + "/frames/3,1,3", accept='multipart/related; type="image/jpeg"'
    )
    contents = [content for _, content in parts_of(answer)]
    assert len(contents) == 3
    assert contents[0] == contents[2] != contents[1]
    assert all(content.startswith(b"\xff\xd8") for content in contents)


def test_one_frame_comes_alone_and_in_ranges(client: Client, stored: Store) -> None:
    path = path_of(stored("JPEG2000.dcm")) + "/frames/1"
    answer = client.get(path, accept="image/jp2")
    assert answer.headers["content-type"] == f"image/jp2; transfer-syntax={J2K}"
    assert answer.headers["accept-ranges"] == "bytes"
    start = client.get(path, accept="image/jp2", range="bytes=0-127")
    assert (start.status_code, start.content) == (206, answer.content[:128])
    native = client.get(path, accept="application/octet-stream")
    assert native.content == pixels("JPEG2000.dcm")


def test_frames_have_an_etag(client: Client, ct: StoredInstance) -> None:
    path = path_of(ct) + "/frames/1"
    for accept in (ANY, "application/octet-stream"):
        etag = client.get(path, accept=accept).headers["etag"]
        assert client.get(path, accept=accept, if_none_match=etag).status_code == 304


@pytest.mark.parametrize(
    "accept", ["image/jls", "text/html", 'multipart/related; type="image/png"']
)
def test_a_frame_in_another_form_is_406(client: Client, ct: StoredInstance, accept: str) -> None:
    answer = client.get(path_of(ct) + "/frames/1", accept=accept)
    assert answer.status_code == 406
    assert any("octet-stream" in form for form in answer.json()["available"])


def test_several_frames_do_not_come_alone(client: Client, stored: Store) -> None:
    path = path_of(stored("examples_ybr_color.dcm")) + "/frames/1,2"
    assert client.get(path, accept="image/jpeg").status_code == 406


def test_big_endian_frames_are_brought_into_order(client: Client, stored: Store) -> None:
    path = path_of(stored("MR_small_bigendian.dcm")) + "/frames/1"
    expected = np.frombuffer(pixels("MR_small.dcm"), "<i2")
    found = np.frombuffer(client.get(path, accept="application/octet-stream").content, "<i2")
    assert np.array_equal(found, expected)


def bit_packed() -> bytes:
    dataset = pydicom.dcmread(BytesIO(sample("liver_1frame.dcm")))
    dataset.NumberOfFrames = 2
    dataset.Rows = dataset.Columns = 5
    dataset.PixelData = bytes(range(8))
    out = BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_bit_packed_frames_are_decoded(client: Client, archive: MemoryArchive) -> None:
    instance = archive.add(bit_packed())
    assert instance.frames is not None
    assert instance.frames.count == 0
    answer = client.get(path_of(instance) + "/frames/2", accept=ANY)
    ((headers, content),) = parts_of(answer)
    assert headers["content-type"].endswith("=1.2.840.10008.1.2.1")
    assert len(content) == 25


def test_deflated_frames_are_decoded(client: Client, stored: Store) -> None:
    path = path_of(stored("image_dfl.dcm"))
    assert client.get(path + "/frames/1", accept=ANY).status_code == 200
    assert client.get(path + "/thumbnail").status_code == 200


def test_an_object_without_pixels_has_no_frames(client: Client, stored: Store) -> None:
    path = path_of(stored("waveform_ecg.dcm"))
    for tail in ("/frames/1", "/rendered", "/frames/1/thumbnail", "/frames/1/rendered"):
        assert client.get(path + tail).status_code == 404


def test_a_report_is_rendered_as_a_page(client: Client, stored: Store) -> None:
    path = path_of(stored("reportsi.dcm")) + "/rendered"
    answer = client.get(path, accept="text/html")
    assert answer.headers["content-type"] == "text/html;charset=utf-8"
    assert "<h1>" in answer.text
    assert client.get(path, accept="image/png").status_code == 406


# --- rendered


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("image/jpeg", "JPEG"), ("*/*", "JPEG"), ("image/png", "PNG"), ("image/gif", "GIF")],
)
@pytest.mark.parametrize("tail", ["/rendered", "/frames/1/rendered"])
def test_an_image_is_rendered(
    client: Client, ct: StoredInstance, accept: str, kind: str, tail: str
) -> None:
    answer = client.get(path_of(ct) + tail, accept=accept)
    assert answer.headers["content-type"] == f"image/{kind.lower()}"
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == (kind, (128, 128))


def test_parameters_reach_the_imaging(
    client: Client, imaging: SimpleImaging, ct: StoredInstance
) -> None:
    query = "viewport=64,32,10,20,30,40&window=40,400,linear-exact&quality=80&annotation=patient"
    path = path_of(ct) + f"/rendered?{query}"
    first = client.get(path)
    assert first.status_code == 200
    (request,) = imaging.requests
    assert (request.width, request.height, request.quality) == (64, 32, 80)
    assert request.region == Region(x=10, y=20, width=30, height=40)
    assert request.window == Window(center=40, width=400, function="LINEAR_EXACT")
    assert client.get(path, if_none_match=first.headers["etag"]).status_code == 304
    assert len(imaging.requests) == 1


@pytest.mark.parametrize(
    "query",
    [
        "viewport=0,0",
        "viewport=1",
        "viewport=a,b",
        "viewport=99999999,1",
        "viewport=10,10,1,1",
        "viewport=10,10,1,1,nan,5",
        "viewport=10,10,-1,1,5,5",
        "window=1",
        "window=1,0,linear",
        "window=1,2,cubic",
        "window=inf,2,linear",
        "quality=0",
        "quality=x",
    ],
)
def test_parameters_that_cannot_be_understood_are_400(
    client: Client, ct: StoredInstance, query: str
) -> None:
    assert client.get(path_of(ct) + f"/rendered?{query}").status_code == 400


def test_several_frames_are_rendered_into_parts(client: Client, stored: Store) -> None:
    path = path_of(stored("examples_ybr_color.dcm")) + "/frames/1,2/rendered"
    answer = client.get(path, accept="image/png")
    parts = parts_of(answer)
    assert [headers["content-type"] for headers, _ in parts] == ["image/png"] * 2


@pytest.mark.parametrize("depth", [1, 2])
def test_a_study_is_rendered_into_parts(
    client: Client, archive: MemoryArchive, ct: StoredInstance, depth: int
) -> None:
    dataset = pydicom.dcmread(BytesIO(sample("CT_small.dcm")))
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    del dataset.PixelData  # not an image: it is left out
    out = BytesIO()
    dataset.save_as(out)
    archive.add(out.getvalue())
    path = path_of(ct, depth) + "/rendered"
    (part,) = parts_of(client.get(path, accept='multipart/related; type="image/png"'))
    assert part[1].startswith(b"\x89PNG")
    assert client.get(path, accept="image/png").content == part[1]


def test_an_image_in_another_form_is_406(client: Client, ct: StoredInstance) -> None:
    assert client.get(path_of(ct) + "/rendered", accept="text/html").status_code == 406


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_level_has_a_thumbnail(client: Client, ct: StoredInstance, depth: int) -> None:
    path = path_of(ct, depth) + "/thumbnail?viewport=32,32"
    answer = client.get(path)
    assert Image.open(BytesIO(answer.content)).size == (32, 32)
    assert client.get(path, if_none_match=answer.headers["etag"]).status_code == 304


class KeptBefore:
    """Has a thumbnail of everything, in the form that comes without parameters."""

    def seen_by(self, view: View) -> "KeptBefore":
        assert view == EVERYTHING
        return self

    def kept(self, study: str, series_uid: str | None, name: str) -> KeptThumbnail | None:
        if name != RenderRequest().name:
            return None
        data = f"{study} {series_uid}".encode()
        return KeptThumbnail(
            digest="ab" * 32, frame=3, is_image=True, media_type="image/jpeg", data=data
        )


def test_a_thumbnail_that_was_made_before_is_not_made_again(
    archive: MemoryArchive, imaging: SimpleImaging, ct: StoredInstance
) -> None:
    client = Client(application(archive, imaging, thumbnails=KeptBefore()))
    series = client.get(path_of(ct, 2) + "/thumbnail")
    assert series.content == f"{ct.study_uid} {ct.series_uid}".encode()
    assert series.headers["content-type"] == "image/jpeg"
    etag = series.headers["etag"]
    assert client.get(path_of(ct, 2) + "/thumbnail", if_none_match=etag).status_code == 304
    assert client.get(path_of(ct, 1) + "/thumbnail").content.startswith(ct.study_uid.encode())
    for now in (path_of(ct, 2) + "/thumbnail?viewport=32,32", path_of(ct) + "/thumbnail"):
        assert client.get(now).content[:2] == b"\xff\xd8"


def test_a_frame_has_a_thumbnail(client: Client, ct: StoredInstance) -> None:
    assert client.get(path_of(ct) + "/frames/1/thumbnail").status_code == 200
    assert client.get(path_of(ct) + "/frames/2/thumbnail").status_code == 404


def document() -> bytes:
    dataset = pydicom.dcmread(BytesIO(sample("CT_small.dcm")))
    del dataset.PixelData
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = b"%PDF-1.7 and so on, for more than a few bytes" * 3 + b"\0"
    out = BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_a_document_is_its_own_rendering(client: Client, archive: MemoryArchive) -> None:
    path = path_of(archive.add(document()))
    for tail in ("/rendered", "/rendered?accept=application/pdf"):
        answer = client.get(path + tail)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert not answer.content.endswith(b"\0")
    value = client.get(path + "/bulkdata/00420011?accept=application/pdf")
    assert value.headers["content-type"] == "application/pdf"
    assert client.get(path + "/rendered", accept="image/png").status_code == 406


# --- WADO-URI


def uri(instance: StoredInstance, more: str = "") -> str:
    return (
        f"/wado?requestType=WADO&studyUID={instance.study_uid}&seriesUID={instance.series_uid}"
        f"&objectUID={instance.sop_instance_uid}{more}"
    )


def test_wado_uri_answers_with_the_file(client: Client, ct: StoredInstance) -> None:
    answer = client.get(uri(ct, "&contentType=application%2Fdicom"))
    assert answer.content == sample("CT_small.dcm")
    assert answer.headers["content-type"].startswith("application/dicom")


def test_wado_uri_makes_a_transfer_syntax(client: Client, stored: Store) -> None:
    more = "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.1"
    answer = client.get(uri(stored("JPEG2000.dcm"), more))
    dataset = pydicom.dcmread(BytesIO(answer.content))
    assert dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"


def test_wado_uri_renders(client: Client, imaging: SimpleImaging, ct: StoredInstance) -> None:
    assert client.get(uri(ct)).headers["content-type"] == "image/jpeg"
    more = (
        "&contentType=image/png,image/jpeg&frameNumber=1&windowCenter=40&windowWidth=80"
        "&rows=64&columns=32&region=0.25,0.5,0.75,1&imageQuality=50"
    )
    answer = client.get(uri(ct, more))
    assert answer.headers["content-type"] == "image/png"
    request = imaging.requests[-1]
    assert request.region == Region(x=32, y=64, width=64, height=64)
    assert request.window == Window(center=40, width=80, function="LINEAR")
    assert (request.width, request.height, request.quality) == (32, 64, 50)


def test_wado_uri_without_a_wish_gives_the_file_of_what_is_no_single_image(
    client: Client, stored: Store
) -> None:
    for name in ("waveform_ecg.dcm", "examples_ybr_color.dcm"):
        assert client.get(uri(stored(name))).content == sample(name)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("requestType=X&objectUID=1.2", 400),
        ("requestType=WADO", 400),
        ("requestType=WADO&objectUID=x", 400),
        ("requestType=WADO&objectUID=1.2", 404),
        ("requestType=WADO&objectUID=1.2&anonymize=yes", 400),
    ],
)
def test_wado_uri_requests_that_are_wrong(client: Client, query: str, status: int) -> None:
    assert client.get(f"/wado?{query}").status_code == status


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("&contentType=text/html", 406),
        ("&frameNumber=0", 400),
        ("&frameNumber=2", 404),
        ("&windowCenter=1", 400),
        ("&region=0,0,2,2", 400),
        ("&rows=x", 400),
        ("&contentType=application/dicom&transferSyntax=x", 400),
        ("&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.90", 406),
    ],
)
def test_wado_uri_parameters_that_are_wrong(
    client: Client, ct: StoredInstance, more: str, status: int
) -> None:
    assert client.get(uri(ct, more)).status_code == status


def video() -> bytes:
    dataset = pydicom.dcmread(BytesIO(sample("CT_small.dcm")))
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"
    dataset.NumberOfFrames = 50
    dataset.PixelData = pydicom.encaps.encapsulate([b"ftyp" * 500, b"mdat" * 500], has_bot=False)
    dataset["PixelData"].is_undefined_length = True
    out = BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_a_video_is_sent_as_the_stream_in_it(client: Client, archive: MemoryArchive) -> None:
    path = path_of(archive.add(video()))
    whole = b"ftyp" * 500 + b"mdat" * 500
    for tail in (
        "/rendered",
        "/rendered?accept=video/mp4",
        "/bulkdata/7FE00010?accept=video/mp4",
    ):
        answer = client.get(path + tail)
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.content == whole
        part = client.get(path + tail, range="bytes=1998-2005")
        assert (part.status_code, part.content) == (206, whole[1998:2006])
    ((headers, content),) = parts_of(client.get(path + "/bulkdata/7FE00010"))
    assert headers["content-type"] == "video/mp4"
    assert content == whole
