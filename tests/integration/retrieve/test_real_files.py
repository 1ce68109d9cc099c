"""Real files, archived and read again: the same bytes, the frames that pydicom finds."""

import gzip
import json
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import get_expected_length
from sqlalchemy import update

from steckel.dicom.json_model import JsonDataset
from steckel.dicom.transfer_syntax import assume
from steckel.index.schema import studies
from steckel.index.upgrade import upgrade
from steckel.ingest.model import Arrival, Expected, Outcome, Receipt, Source, Way
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.model import StoredInstance
from steckel.server.settings import Settings
from steckel.server.wiring import House

_DATA = Path(__file__).parents[4] / "shared" / "data" / "dicom"
_FILES = sorted(
    path
    for folder in ("modality", "pixel", "transfer_syntax", "edge", "charset")
    for path in (_DATA / folder).rglob("*")
    if path.is_file() and path.stat().st_size < 20 << 20
)

_DCMDUMP = Path("/usr/bin/dcmdump")
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

pytestmark = pytest.mark.skipif(not _FILES, reason="no real files lie in ../shared/data")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(Settings(home=tmp_path_factory.mktemp("real") / "home"))
    house.layout.create()
    upgrade(house.engine)
    yield house
    house.close()


@pytest.fixture
def retriever(house: House) -> Iterator[RetrieveEngine]:
    retriever = RetrieveEngine(house.engine, house.reader)
    yield retriever
    retriever.close()


@contextmanager
def archived(house: House, content: bytes) -> Iterator[Receipt]:
    """Archive a file for a while: others claim to be the same instance."""
    draft = house.ingest.draft()
    draft.write(content)
    arrival = Arrival(draft=draft, source=Source(way=Way.IMPORT, name="test"), expected=Expected())
    [answer] = house.ingest.receive([arrival])
    if not isinstance(answer, Receipt):
        pytest.skip(f"refused: {answer.error}")
    assert answer.outcome is Outcome.STORED
    try:
        yield answer
    finally:
        house.deletion.delete_study(answer.study_uid)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_comes_back_as_it_went_in(house: House, retriever: RetrieveEngine, path: Path) -> None:
    content = path.read_bytes()
    with archived(house, content) as receipt:
        _check(retriever, receipt, content, path)


@pytest.mark.parametrize("name", ["Right^Name", "Łucja^Żółć"], ids=["ascii", "wide"])
@pytest.mark.parametrize("path", _FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_leaves_with_what_was_put_right(
    house: House, retriever: RetrieveEngine, path: Path, name: str, tmp_path: Path
) -> None:
    with archived(house, path.read_bytes()) as receipt:
        uids = (receipt.study_uid, receipt.series_uid, receipt.sop_instance_uid)
        stored = retriever.whole(retriever.instance(*uids)).read()
        coercion: JsonDataset = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": name}]}}
        with house.engine.begin() as connection:
            connection.execute(update(studies).values(coercion=json.dumps(coercion)))
        instance = retriever.instance(*uids)
        whole = retriever.whole(instance)
        sent = whole.read()
        assert len(sent) == whole.length
        [mine] = json.loads(gzip.decompress(retriever.metadata(*uids[:2]).gzipped))
        assert mine["00100010"]["Value"] == [{"Alphabetic": name}]
        assert retriever.read(instance) == stored
        _check_bulk_values(retriever, instance, mine)
        if instance.frames is not None and instance.frames.count:
            last = instance.frames.frames[-1][-1]
            tail = len(stored) - last.offset
            if not assume(instance.transfer_syntax).deflated:
                assert sent[-tail:] == stored[-tail:]
        assert _dcmdump(sent, tmp_path) == _dcmdump(stored, tmp_path)


def _dcmdump(part10: bytes, folder: Path) -> tuple[int, list[str]]:
    """Return how dcmdump ends, and the words that it says of what it reads."""
    if not _DCMDUMP.exists():
        return 0, []
    (folder / "it.dcm").write_bytes(part10)
    call = [str(_DCMDUMP), str(folder / "it.dcm")]
    done = subprocess.run(call, capture_output=True, timeout=60, check=False)
    said = done.stderr.decode("latin-1").splitlines()
    return done.returncode, sorted(line.partition(":")[2][:20] for line in said)


def _check(retriever: RetrieveEngine, receipt: Receipt, content: bytes, path: Path) -> None:
    instance = retriever.instance(receipt.study_uid, receipt.series_uid, receipt.sop_instance_uid)
    back = retriever.read(instance)
    assert content.endswith(back[instance.dataset_offset :])
    document = retriever.metadata(instance.study_uid, instance.series_uid)
    [mine] = json.loads(gzip.decompress(document.gzipped))
    assert mine["00080018"]["Value"] == [instance.sop_instance_uid]
    _check_bulk_values(retriever, instance, mine)
    if instance.frames is not None and instance.frames.count:
        _check_frames(retriever, instance, path)


def _check_bulk_values(
    retriever: RetrieveEngine, instance: StoredInstance, dataset: JsonDataset
) -> None:
    """Every address in a document leads somewhere."""
    for key, element in dataset.items():
        if "BulkDataURI" in element and key != "7FE00010":
            assert len(retriever.bulk(instance, element["BulkDataURI"].partition("bulkdata/")[2]))
        for item in element.get("Value") or [] if element["vr"] == "SQ" else []:
            _check_bulk_values(retriever, instance, item)


def _check_frames(retriever: RetrieveEngine, instance: StoredInstance, path: Path) -> None:
    assert instance.frames is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pydicom.dcmread(path, force=True)
        count = int(theirs.get("NumberOfFrames") or 1)
    numbers = range(1, instance.frames.count + 1)
    found = [retriever.frame(instance, number) for number in numbers]
    if instance.frames.encapsulated:
        assert found == list(generate_frames(theirs.PixelData, number_of_frames=count))
    else:
        pixels = next(theirs[key].value for key in _PIXELS if key in theirs)
        if isinstance(pixels, bytes):
            assert b"".join(found) == pixels[: len(b"".join(found))]
            assert len(b"".join(found)) == min(get_expected_length(theirs), len(pixels))
