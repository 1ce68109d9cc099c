"""An archive is rescued as docs/formats/store.md says, without Steckel's own code."""

import hashlib
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from blake3 import blake3

from steckel.archive.layout import Layout
from steckel.archive.sealed import SealedFiles
from steckel.archive.store import Archive
from steckel.archive.sums import digest_of
from steckel.archive.zip_format import Provenance

_PAGE = Path(__file__).parents[3] / "docs" / "formats" / "store.md"
_SERIES = ("1.2.3", "1.2.3.4")
_META = b"M" * 300
_FILES = [_META + bytes([number]) * (1000 + number) for number in range(3)]


def _provenance(file: bytes) -> Provenance:
    return Provenance(
        dataset_offset=len(_META),
        digest=digest_of(file[len(_META) :]),
        received=1_700_000_000_123,
        source="dimse:CT1",
    )


@pytest.fixture
def archive(layout: Layout) -> Archive:
    """An archive that holds three files of a series."""
    made = Archive(layout, SealedFiles(layout), make_index_durable=lambda: None)
    for file in _FILES:
        appended = made.append(_SERIES, [file], _provenance(file))
        appended.sync()
        appended.settle()
    return made


def _script(folder: Path) -> Path:
    """Take the script out of the page."""
    text = _PAGE.read_text(encoding="utf-8")
    found = re.search(r"^    import pathlib.*?(?=^\S)", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    script = folder / "rescue.py"
    script.write_text(re.sub(r"^    ", "", found[0], flags=re.MULTILINE))
    return script


def _rescue(container: Path, folder: Path) -> list[bytes]:
    folder.mkdir(exist_ok=True)
    rescued = folder / "rescued"
    subprocess.run(
        [sys.executable, "-I", _script(folder), container, rescued], check=True, timeout=60
    )
    return [file.read_bytes() for file in sorted(rescued.iterdir())]


def _only(folder: Path) -> Path:
    [found] = folder.rglob("*.zip")
    return found


def test_a_sealed_container_is_unzipped(archive: Archive, layout: Layout, tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not installed")
    archive.seal_all()
    subprocess.run(["unzip", "-q", _only(layout.sealed), "-d", tmp_path / "out"], check=True)
    assert [file.read_bytes() for file in sorted((tmp_path / "out").iterdir())] == _FILES


def test_the_commands_of_the_page_unpack_all_containers(
    archive: Archive, layout: Layout, tmp_path: Path
) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not installed")
    archive.seal_all()
    found = re.search(r"^    mkdir rescued\n(?:    .*\n)+", _PAGE.read_text("utf-8"), re.MULTILINE)
    assert found is not None

    subprocess.run(["sh", "-eu", "-c", found[0]], cwd=layout.root.parent, check=True, timeout=60)

    rescued = sorted((tmp_path / "rescued").rglob("*.dcm"))
    assert [file.read_bytes() for file in rescued] == _FILES
    assert rescued[0].parent.name == _only(layout.sealed).stem


def test_a_sealed_container_is_sound_for_other_programs(archive: Archive, layout: Layout) -> None:
    archive.seal_all()
    with zipfile.ZipFile(_only(layout.sealed)) as container:
        assert container.testzip() is None
        assert container.namelist() == ["00000001.dcm", "00000002.dcm", "00000003.dcm"]
        assert [container.read(name) for name in container.namelist()] == _FILES


def test_the_script_reads_sealed_and_open_containers(
    archive: Archive, layout: Layout, tmp_path: Path
) -> None:
    assert _rescue(_only(layout.open), tmp_path / "open") == _FILES
    archive.seal_all()
    assert _rescue(_only(layout.sealed), tmp_path / "sealed") == _FILES


def test_the_script_leaves_out_a_torn_end(archive: Archive, layout: Layout, tmp_path: Path) -> None:
    del archive
    whole = _only(layout.open).read_bytes()
    torn = tmp_path / "torn.zip"
    torn.write_bytes(whole[:-1])
    assert _rescue(torn, tmp_path) == _FILES[:2]


def test_each_member_says_where_it_came_from(archive: Archive, layout: Layout) -> None:
    archive.seal_all()
    with zipfile.ZipFile(_only(layout.sealed)) as container:
        extra = container.infolist()[1].extra
    identifier, length = struct.unpack_from("<HH", extra)
    version, offset, received, digest, source_length = struct.unpack_from("<BIQ32sB", extra, 4)
    assert (identifier, version) == (0x4B53, 2)
    assert offset == len(_META)
    assert received == 1_700_000_000_123
    assert digest == blake3(_FILES[1][len(_META) :]).digest()
    assert extra[4 + 46 : 4 + 46 + source_length] == b"dimse:CT1"
    assert length == 46 + source_length


def test_a_container_is_named_after_its_series(archive: Archive, layout: Layout) -> None:
    archive.seal_all()
    expected = hashlib.sha256(b"1.2.3|1.2.3.4").hexdigest()[:20]
    container = _only(layout.sealed)
    assert re.fullmatch(rf"{expected}-[0-9a-f]{{12}}", container.stem)
    assert container.parent.name == container.stem[:2]
