"""The retrieve engine: what is planned, read and described."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from sqlalchemy import select

from steckel.care.documents import Documents
from steckel.care.thumbnails import Thumbnailer
from steckel.dicom.uids import SeriesUid, StudyUid
from steckel.errors import NotFound
from steckel.index.schema import documents
from steckel.index.thumbnails import Thumbnails
from steckel.ingest.model import Receipt
from steckel.query.changes import Changes
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.model import Selection, StoredInstance
from steckel.server.wiring import House

Make = Callable[..., Dataset]
Store = Callable[..., Receipt]
STUDY, SERIES = "1.2.3", "1.2.3.1"


def uids(retriever: RetrieveEngine, **narrowed: tuple[str, ...]) -> list[str]:
    selection = Selection(**narrowed)  # type: ignore[arg-type]
    return [instance.sop_instance_uid for instance in retriever.select(selection)]


def document(retriever: RetrieveEngine, series: str = SERIES) -> list[dict[str, Any]]:
    found = json.loads(gzip.decompress(retriever.metadata(STUDY, series).gzipped))
    assert isinstance(found, list)
    return found


def test_instances_come_in_order_of_series_and_number(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    for number, series in ((2, 2), (10, 1), (1, 2), (9, 1)):
        store(make(number, series))
    ordered = ["1.2.3.1.9", "1.2.3.1.10", "1.2.3.2.1", "1.2.3.2.2"]
    assert uids(retriever, study_uids=(STUDY,)) == ordered
    assert uids(retriever, patient_ids=("P1",)) == ordered
    assert uids(retriever, study_uids=(STUDY,), series_uids=(SERIES,)) == ordered[:2]
    assert uids(retriever, sop_instance_uids=("1.2.3.2.1", "1.2.3.1.9")) == [
        "1.2.3.1.9",
        "1.2.3.2.1",
    ]
    assert uids(retriever, study_uids=("9",), series_uids=(SERIES,)) == []
    assert uids(retriever, patient_ids=("P2",)) == []


def test_a_fingerprint_is_that_of_the_instances_in_their_order(
    house: House, retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    study = Selection(study_uids=(StudyUid(STUDY),))
    first = Selection(study_uids=(StudyUid(STUDY),), series_uids=(SeriesUid(SERIES),))
    assert retriever.fingerprint(study) == ""
    store(make(1, 1))
    alone = retriever.fingerprint(study)
    assert alone == retriever.fingerprint(first) != ""
    store(make(1, 2))
    assert retriever.fingerprint(first) == alone
    assert retriever.fingerprint(study) not in ("", alone)
    house.deletion.delete_series(STUDY, "1.2.3.2")
    assert retriever.fingerprint(study) == alone
    assert retriever.fingerprint(Selection()) == ""


def test_nothing_named_selects_nothing(retriever: RetrieveEngine, store: Store, make: Make) -> None:
    store(make())
    assert uids(retriever) == []


def test_an_instance_is_found_in_its_own_series_only(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    store(make())
    assert retriever.instance(STUDY, SERIES, "1.2.3.1.1").sop_instance_uid == "1.2.3.1.1"
    for wrong in (("9", SERIES), (STUDY, "1.2.3.2")):
        with pytest.raises(NotFound):
            retriever.instance(*wrong, "1.2.3.1.1")


def test_the_file_is_read_whole_in_pieces_and_in_ranges(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    item = make(PixelData=bytes(range(256)) * 9000, BitsAllocated=8, Rows=1500, Columns=1536)
    item["PixelData"].VR = "OW"
    store(item)
    instance = retriever.instance(STUDY, SERIES, "1.2.3.1.1")
    whole = retriever.read(instance)
    assert whole[128:132] == b"DICM"
    assert whole.endswith(bytes(range(256)))
    assert b"".join(retriever.chunks(instance)) == whole
    assert b"".join(retriever.chunks(instance, 5000)) == whole[5000:]
    assert max(map(len, retriever.chunks(instance))) <= 1 << 20
    assert retriever.read(instance, 128, 4) == b"DICM"


def test_frames_are_counted_from_one(retriever: RetrieveEngine, store: Store, make: Make) -> None:
    frames = make(
        NumberOfFrames=3, Rows=2, Columns=2, BitsAllocated=8, SamplesPerPixel=1,
        PixelData=b"aaaabbbbcccc",
    )  # fmt: skip
    frames["PixelData"].VR = "OB"
    store(frames)
    instance = retriever.instance(STUDY, SERIES, "1.2.3.1.1")
    assert [retriever.frame(instance, n) for n in (1, 2, 3)] == [b"aaaa", b"bbbb", b"cccc"]
    assert retriever.bulk(instance, "7FE00010") == b"aaaabbbbcccc"
    for wrong in (0, 4, -1):
        with pytest.raises(NotFound):
            retriever.frame(instance, wrong)


def test_bulk_values_are_found_where_the_metadata_says(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    waves = [bytes([n]) * 300 for n in range(2)]
    groups = []
    for wave in waves:
        inner, group = Dataset(), Dataset()
        inner.WaveformBitsAllocated = 8
        inner.add_new(0x54001010, "OB", wave)
        group.WaveformSequence = Sequence([inner])
        groups.append(group)
    store(make(WaveformSequence=Sequence(groups), EncapsulatedDocument=b"%PDF" * 100))
    [found] = document(retriever)
    instance = retriever.instance(STUDY, SERIES, "1.2.3.1.1")
    below = f"/dicomweb/studies/{STUDY}/series/{SERIES}/instances/1.2.3.1.1/bulkdata/"
    nested = found["54000100"]["Value"][1]["54000100"]["Value"][0]["54001010"]["BulkDataURI"]
    assert nested == f"{below}54000100/2/54000100/1/54001010"
    assert retriever.bulk(instance, nested.removeprefix(below)) == waves[1]
    assert found["00420011"]["BulkDataURI"] == f"{below}00420011"
    assert retriever.bulk(instance, "00420011") == b"%PDF" * 100
    for wrong in (
        "00420012",
        "54000100/3/54000100/1/54001010",
        "54000100/1/54001010",
        "00100010/1/2",
    ):
        with pytest.raises(NotFound):
            retriever.bulk(instance, wrong)


def test_short_binary_values_stand_in_the_document(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    item = make()
    item.add_new(0x00091001, "OB", bytes(256))
    item.add_new(0x00091002, "OB", bytes(258))
    store(item)
    [found] = document(retriever)
    assert "InlineBinary" in found["00091001"]
    assert "BulkDataURI" in found["00091002"]


def test_a_document_has_all_instances_in_order_and_is_kept(
    retriever: RetrieveEngine, store: Store, make: Make, house: House
) -> None:
    store(make(2, PatientName="Müller^A", SpecificCharacterSet="ISO_IR 100"))
    store(make(1))
    first = retriever.metadata(STUDY, SERIES)
    found = json.loads(gzip.decompress(first.gzipped))
    assert [one["00080018"]["Value"] for one in found] == [["1.2.3.1.1"], ["1.2.3.1.2"]]
    assert found[1]["00100010"]["Value"] == [{"Alphabetic": "Müller^A"}]
    assert found[1]["00080005"]["Value"] == ["ISO_IR 192"]
    assert found[0]["00083002"]["Value"] == ["1.2.840.10008.1.2.1"]
    with house.engine.connect() as connection:
        [kept] = connection.execute(select(documents)).all()
    assert bytes(kept.gzipped) == first.gzipped
    assert retriever.metadata(STUDY, SERIES) == first


def test_a_document_is_made_anew_when_its_series_changed(
    retriever: RetrieveEngine, store: Store, make: Make, house: House
) -> None:
    store(make(1))
    before = retriever.metadata(STUDY, SERIES)
    store(make(2))
    after = retriever.metadata(STUDY, SERIES)
    assert after.etag != before.etag
    assert len(document(retriever)) == 2
    house.deletion.delete_instance(STUDY, SERIES, "1.2.3.1.2")
    assert retriever.metadata(STUDY, SERIES).etag == before.etag


def test_the_document_of_one_instance_is_that_of_the_series(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    store(make())
    instance = retriever.instance(STUDY, SERIES, "1.2.3.1.1")
    assert json.loads(retriever.instance_metadata(instance)) == document(retriever)


def test_of_what_is_not_there_there_is_no_document(
    retriever: RetrieveEngine, store: Store, make: Make
) -> None:
    store(make())
    for study, series in (("9", SERIES), (STUDY, "9")):
        with pytest.raises(NotFound):
            retriever.metadata(study, series)


def test_what_compaction_moves_is_still_read(
    retriever: RetrieveEngine, store: Store, make: Make, house: House
) -> None:
    store(make(1))
    store(make(2, PatientComments="stays"))
    kept = retriever.instance(STUDY, SERIES, "1.2.3.1.2")
    whole = retriever.read(kept)
    house.deletion.delete_instance(STUDY, SERIES, "1.2.3.1.1")
    house.archive.seal_all()
    assert house.erasure.run() == 1
    assert retriever.instance(STUDY, SERIES, "1.2.3.1.2").location != kept.location
    assert retriever.read(kept) == whole


class NoPictures:
    """Makes no thumbnails."""

    def make_all(self, _instance: StoredInstance, _frame: int) -> Iterator[tuple[str, str, bytes]]:
        return iter(())


class Rounds:
    """The worker's rounds, with a clock of the test's."""

    def __init__(self, house: House, retriever: RetrieveEngine) -> None:
        self._house = house
        self._documents = Documents(
            house.engine,
            Changes(house.engine),
            retriever,
            Thumbnailer(retriever, NoPictures(), Thumbnails(house.engine)),
            quiet_seconds=5,
        )

    def run(self, now: float) -> int:
        return self._documents.run(now)

    def kept(self) -> int:
        with self._house.engine.connect() as connection:
            return len(connection.execute(select(documents)).all())


def test_documents_are_made_once_a_study_is_quiet(
    retriever: RetrieveEngine, store: Store, make: Make, house: House
) -> None:
    store(make(1, 3))
    rounds = Rounds(house, retriever)
    store(make(1, 1))
    store(make(1, 2))
    assert rounds.run(100) == 0
    store(make(2, 2))
    assert rounds.run(104) == 0
    assert rounds.run(108) == 0
    assert rounds.kept() == 0
    assert rounds.run(109) == 3
    assert rounds.kept() == 3
    assert rounds.run(200) == 0


def test_a_study_that_is_deleted_meanwhile_gets_no_document(
    retriever: RetrieveEngine, store: Store, make: Make, house: House
) -> None:
    rounds = Rounds(house, retriever)
    store(make())
    assert rounds.run(100) == 0
    house.deletion.delete_study(STUDY)
    assert rounds.run(110) == 0
    assert rounds.run(120) == 0
