"""What was put right about a study is in whatever of it leaves, and nowhere else."""

import gzip
import io
import json
import zlib
from collections.abc import Callable
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian
from sqlalchemy import update

from steckel.dicom import tags
from steckel.errors import CannotCoerce
from steckel.index.schema import studies
from steckel.ingest.model import Receipt
from steckel.query.engine import QueryEngine
from steckel.query.model import Fields, Key, Level, Query
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.model import Selection, StoredInstance
from steckel.server.wiring import House

Make = Callable[..., Dataset]
Store = Callable[..., Receipt]
STUDY, SERIES, ONE = "1.2.3", "1.2.3.1", "1.2.3.1.1"
REQUESTED = {"00400007": {"vr": "LO", "Value": ["Knee"]}}
RIGHT: dict[str, Any] = {
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Right^Name"}]},
    "00100020": {"vr": "LO", "Value": ["RIGHT"]},
    "00400275": {"vr": "SQ", "Value": [REQUESTED]},
    "04000562": {"vr": "DT", "Value": ["20240102030405.000000+0000"]},
}


@pytest.fixture
def put_right(house: House) -> Callable[[dict[str, Any] | str | None], None]:
    """Return what writes the index's note of what is put right."""

    def write(what: dict[str, Any] | str | None) -> None:
        text = json.dumps(what) if isinstance(what, dict) else what
        with house.engine.begin() as connection:
            connection.execute(update(studies).values(coercion=text))

    return write


PutRight = Callable[[dict[str, Any] | str | None], None]


def read(part10: bytes) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(part10))


def the_one(retriever: RetrieveEngine) -> StoredInstance:
    return retriever.instance(STUDY, SERIES, ONE)


def image(make: Make, **more: Any) -> Dataset:
    frames = {"NumberOfFrames": 3, "Rows": 600, "Columns": 500, "BitsAllocated": 8}
    made = make(**frames, SamplesPerPixel=1, PixelData=bytes(range(250)) * 3600, **more)
    made["PixelData"].VR = "OB"
    return made


def test_a_file_leaves_with_it_and_stays_as_it_was(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    store(image(make, PatientName="Wrong"))
    before = retriever.whole(the_one(retriever)).read()
    put_right(RIGHT)
    instance = the_one(retriever)
    whole = retriever.whole(instance)
    got = read(whole.read())
    assert (got.PatientName, got.PatientID) == ("Right^Name", "RIGHT")
    assert got.file_meta == read(before).file_meta
    assert got.PixelData == read(before).PixelData
    [told] = got.OriginalAttributesSequence
    assert told.ModifiedAttributesSequence[0].PatientName == "Wrong"
    assert len(whole.read()) == whole.length
    assert retriever.read(instance) == before
    put_right(None)
    assert retriever.whole(the_one(retriever)).read() == before
    assert b"".join(retriever.chunks(the_one(retriever))) == before


def test_all_ways_to_its_bytes_give_the_same(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    store(image(make))
    put_right(RIGHT)
    instance = the_one(retriever)
    whole = retriever.whole(instance)
    expected = whole.read()
    pieces = list(retriever.chunks(instance))
    assert b"".join(pieces) == expected
    assert max(map(len, pieces)) <= 1 << 20
    start = instance.dataset_offset
    assert b"".join(retriever.chunks(instance, start)) == expected[start:]
    for first, last in ((0, 10), (300, 900), (whole.length - 5, whole.length), (7, None)):
        assert b"".join(whole.pieces(first, last)) == expected[first:last]


def test_frames_and_pixels_are_those_that_are_stored(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    store(image(make))
    frames = [retriever.frame(the_one(retriever), number) for number in (1, 2, 3)]
    put_right(RIGHT)
    instance = the_one(retriever)
    assert [retriever.frame(instance, number) for number in (1, 2, 3)] == frames
    assert retriever.bulk(instance, "7FE00010") == b"".join(frames)


def test_names_of_what_leaves_change_with_it(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    store(make())
    everything = Selection(study_uids=(the_one(retriever).study_uid,))

    def names() -> tuple[str, str]:
        return the_one(retriever).digest_sent, retriever.fingerprint(everything)

    assert the_one(retriever).digest_sent == the_one(retriever).digest
    before = names()
    put_right(RIGHT)
    once = names()
    put_right(RIGHT | {"00100040": {"vr": "CS", "Value": ["F"]}})
    again = names()
    put_right(None)
    assert names() == before
    assert all(len({*three}) == 3 for three in zip(before, once, again, strict=True))


def test_documents_say_it_at_once_and_no_longer_when_it_is_taken_back(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    store(image(make, PatientName="Wrong"))

    def document() -> tuple[dict[str, Any], str]:
        found = retriever.metadata(STUDY, SERIES)
        [dataset] = json.loads(gzip.decompress(found.gzipped))
        assert [dataset] == json.loads(retriever.instance_metadata(the_one(retriever)))
        return dataset, found.etag

    before = document()
    assert document() == before
    put_right(RIGHT)
    dataset, etag = document()
    assert document() == (dataset, etag)
    assert dataset["00100010"] == RIGHT["00100010"]
    assert dataset["00400275"]["Value"] == [REQUESTED]
    told = dataset["04000561"]["Value"][0]
    assert told["04000550"]["Value"][0]["00100020"]["Value"] == ["P1"]
    assert etag != before[1]
    put_right(None)
    assert document() == before


def test_bulk_values_are_where_documents_say(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    made, request = make(), Dataset()
    made.add_new(0x00090010, "LO", "MAKER")
    made.add_new(0x00091001, "OB", b"x" * 300)
    request.add_new(0x00400009, "SH", "STEP")
    request.add_new(0x00410010, "LO", "MAKER")
    request.add_new(0x00411001, "OB", b"y" * 300)
    made.RequestAttributesSequence = [request]
    store(made)
    put_right(RIGHT)
    instance = the_one(retriever)
    [dataset] = json.loads(retriever.instance_metadata(instance))
    was = dataset["04000561"]["Value"][0]["04000550"]["Value"][0]["00400275"]["Value"][0]
    for element, value in ((dataset["00091001"], b"x" * 300), (was["00411001"], b"y" * 300)):
        path = element["BulkDataURI"].partition("/bulkdata/")[2]
        assert retriever.bulk(instance, path) == value


def test_a_deflated_object_is_made_anew(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    made = image(make, PatientName="Wrong")
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    body = io.BytesIO()
    made.save_as(body, enforce_file_format=True)
    store(body.getvalue())
    put_right(RIGHT)
    whole = retriever.whole(the_one(retriever)).read()
    got = read(whole)
    assert (got.PatientName, got.PixelData) == ("Right^Name", made.PixelData)
    assert len(whole) % 2 == 0
    offset = the_one(retriever).dataset_offset
    assert zlib.decompressobj(-15).decompress(whole[offset:])
    [dataset] = json.loads(retriever.instance_metadata(the_one(retriever)))
    assert dataset["00100020"]["Value"] == ["RIGHT"]


@pytest.mark.parametrize("size", [100 << 10, 5 << 20])
def test_long_values_before_and_without_pixels_are_not_kept(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight, size: int
) -> None:
    made = make()
    made.EncapsulatedDocument = bytes(range(256)) * (size // 256)
    made.add_new(0x00410010, "LO", "MAKER")
    store(made)
    put_right(RIGHT)
    whole = retriever.whole(the_one(retriever))
    assert sum(len(part) for part in whole.parts if isinstance(part, bytes)) < 2000
    got = read(whole.read())
    assert (got.PatientID, got.EncapsulatedDocument) == ("RIGHT", made.EncapsulatedDocument)


def test_bits_that_run_into_each_other_stay(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    made = make(NumberOfFrames=3, Rows=3, Columns=3, BitsAllocated=1, SamplesPerPixel=1)
    made.add_new(0x7FE00010, "OB", b"\x12\x34\x56\x07")
    store(made)
    put_right(RIGHT)
    got = read(retriever.whole(the_one(retriever)).read())
    assert (got.PatientID, got.PixelData) == ("RIGHT", b"\x12\x34\x56\x07")


def test_who_sent_it_is_told_as_the_source(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight
) -> None:
    made = make()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    made.file_meta.SourceApplicationEntityTitle = "CT1"
    body = io.BytesIO()
    made.save_as(body, enforce_file_format=True)
    store(body.getvalue())
    put_right({key: RIGHT[key] for key in ("00100020",)})
    [told] = read(retriever.whole(the_one(retriever)).read()).OriginalAttributesSequence
    assert told.SourceOfPreviousValues == "CT1"
    assert len(told.AttributeModificationDateTime) == len("20240102030405.000000+0000")


@pytest.mark.parametrize("text", ["no JSON", '{"00080018": {"vr": "UI", "Value": ["1.2"]}}'])
def test_nothing_leaves_where_it_cannot_be_put_right(
    retriever: RetrieveEngine, store: Store, make: Make, put_right: PutRight, text: str
) -> None:
    store(make())
    put_right(text)
    instance = the_one(retriever)
    for read_it in (
        lambda: retriever.whole(instance),
        lambda: list(retriever.chunks(instance)),
        lambda: retriever.metadata(STUDY, SERIES),
        lambda: retriever.instance_metadata(instance),
        lambda: retriever.bulk(instance, "00100020"),
    ):
        with pytest.raises(CannotCoerce):
            read_it()


@pytest.mark.parametrize("level", [Level.SERIES, Level.IMAGE])
def test_queries_below_the_study_say_it(
    house: House, store: Store, make: Make, put_right: PutRight, level: Level
) -> None:
    store(make(ImageComments="wrong"))
    put_right(RIGHT | {"00204000": {"vr": "LT", "Value": ["right"]}})
    engine = QueryEngine(house.engine, aet="STECKEL")
    asked = Query(
        level=level,
        keys=(Key(tag=tags.STUDY_INSTANCE_UID, value=STUDY),),
        fields=Fields.ALL,
    )
    [found] = engine.find(asked)
    assert found["00400275"].get("Value") == [REQUESTED]
    if level is Level.IMAGE:
        assert found["00204000"].get("Value") == ["right"]
