import io
import os
import shutil
import socket
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from steckel.errors import SteckelError, TooLarge
from steckel.ingest import archives
from steckel.ingest.sources import Found, Skipped, SourceItem, sources

OBJECT = bytes(128) + b"DICM" + b"object"
MEDIUM = Path("../shared/data/dicom/media/dicomdirtests")


def read(item: SourceItem) -> bytes:
    stream = item.open()
    try:
        return b"".join(iter(lambda: stream.read(1000), b""))
    finally:
        stream.close()


def taken(found: Iterator[Found], root: Path) -> dict[str, bytes]:
    """Read each object before the next one is asked for, as users do."""
    return {
        os.path.relpath(one.name, root): read(one) for one in found if isinstance(one, SourceItem)
    }


def items(found: Iterator[Found]) -> Iterator[SourceItem]:
    return (one for one in found if isinstance(one, SourceItem))


def skipped(found: Iterator[Found], root: Path) -> dict[str, tuple[str, bool]]:
    return {
        os.path.relpath(one.name, root): (one.reason, one.lost)
        for one in found
        if isinstance(one, Skipped)
    }


def write(path: Path, content: bytes = OBJECT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_file_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a")
    (item,) = sources([path])
    assert isinstance(item, SourceItem)
    assert (item.name, item.size, read(item)) == (str(path), len(OBJECT), OBJECT)


def test_a_folder_is_walked_by_name(tmp_path: Path) -> None:
    for name in ("b/2", "b/10", "a", "c/d/e/f"):
        write(tmp_path / name)
    names = [os.path.relpath(one.name, tmp_path) for one in sources([tmp_path])]
    assert names == ["a", "b/10", "b/2", "c/d/e/f"]


def test_a_link_back_ends_and_a_link_elsewhere_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/object")
    write(tmp_path / "root/sub/object")
    (tmp_path / "root/sub/back").symlink_to(tmp_path / "root")
    (tmp_path / "root/link").symlink_to(tmp_path / "elsewhere")
    root = tmp_path / "root"
    assert taken(sources([root]), root).keys() == {"sub/object", "link/object"}
    assert skipped(sources([root]), root) == {
        "sub/back": ("a link back to a folder above it", False)
    }


def test_what_is_no_regular_file_is_passed_by(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        found = skipped(sources([tmp_path]), tmp_path)
    assert found == {
        "pipe": ("not a regular file", False),
        "socket": ("not a regular file", False),
    }


def test_what_is_not_there_or_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    write(tmp_path / "object")
    found = skipped(sources([tmp_path, tmp_path / "typo"]), tmp_path)
    assert found.keys() == {"dangling", "typo"}
    assert all(lost for _, lost in found.values())


def test_a_file_that_goes_away_in_between_is_an_error_of_that_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a")
    (item,) = sources([path])
    path.unlink()
    assert isinstance(item, SourceItem)
    with pytest.raises(SteckelError, match="cannot be read"):
        item.open()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("readme.txt", b"Pictures of the ward"),
        ("notes.TXT", "schön".encode("utf-16")),
        ("viewer.exe", b"MZ\x90\0" + bytes(200)),
        ("photo", b"\xff\xd8\xff\xe0" + bytes(200)),
        ("report.pdf", b"%PDF-1.7"),
        (".DS_Store", b"\0\0\0\1Bud1"),
        ("._object.dcm", b"\0\5\x16\7"),
        ("empty", b""),
        ("all.tar.gz", b"\x1f\x8b\x08\0"),
    ],
)
def test_what_certainly_is_no_object_is_left_out_with_the_reason(
    tmp_path: Path, name: str, content: bytes
) -> None:
    write(tmp_path / name, content)
    (found,) = sources([tmp_path])
    assert isinstance(found, Skipped)
    assert found.reason
    assert not found.lost


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bare", b"\x08\0\5\0CS\x0a\0ISO_IR 100"),
        ("program.exe", b"MZ" + bytes(126) + b"DICM"),
        ("readme.txt", b"\x08\0\5\0CS\x0a\0ISO_IR 100"),
        ("photo.dcm", b"\xff\xd8\xff\xe0"),
        ("empty.DCM", b""),
        ("noise", bytes(range(256))),
    ],
)
def test_in_doubt_a_file_is_taken(tmp_path: Path, name: str, content: bytes) -> None:
    write(tmp_path / name, content)
    assert taken(sources([tmp_path]), tmp_path) == {name: content}


def test_the_members_of_a_zip_are_taken(tmp_path: Path) -> None:
    members = {"a": OBJECT, "deep/down/b.dcm": OBJECT * 1000, "readme.txt": b"hello"}
    write(tmp_path / "study.zip", zipped(members))
    assert taken(sources([tmp_path]), tmp_path) == {
        "study.zip/a": OBJECT,
        "study.zip/deep/down/b.dcm": OBJECT * 1000,
    }
    assert skipped(sources([tmp_path]), tmp_path) == {
        "study.zip/readme.txt": ("a text file", False)
    }


def test_a_zip_is_known_by_its_content(tmp_path: Path) -> None:
    write(tmp_path / "study", zipped({"a": OBJECT}))
    assert taken(sources([tmp_path]), tmp_path) == {"study/a": OBJECT}


def test_what_macos_adds_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "s.zip", zipped({"a/b": OBJECT, "__MACOSX/a/._b": OBJECT, "a/": b""}))
    assert taken(sources([tmp_path]), tmp_path).keys() == {"s.zip/a/b"}
    assert skipped(sources([tmp_path]), tmp_path).keys() == {"s.zip/__MACOSX/a/._b"}


def test_a_zip_inside_a_zip_is_opened_and_the_next_one_is_not(tmp_path: Path) -> None:
    third = zipped({"c": OBJECT})
    second = zipped({"b": OBJECT, "third.zip": third})
    write(tmp_path / "first.zip", zipped({"a": OBJECT, "second.zip": second}))
    assert taken(sources([tmp_path]), tmp_path).keys() == {
        "first.zip/a",
        "first.zip/second.zip/b",
    }
    found = skipped(sources([tmp_path]), tmp_path)
    assert found.keys() == {"first.zip/second.zip/third.zip"}
    assert found["first.zip/second.zip/third.zip"][1]


def test_an_empty_zip_holds_nothing(tmp_path: Path) -> None:
    write(tmp_path / "s.zip", zipped({}))
    assert list(sources([tmp_path])) == []


@pytest.mark.parametrize("keep", [3, 30, 60])
def test_a_zip_that_was_cut_off_is_said(tmp_path: Path, keep: int) -> None:
    write(tmp_path / "s.zip", b"PK\x03\x04" + zipped({"a": OBJECT})[4:-keep])
    (found,) = sources([tmp_path])
    assert isinstance(found, Skipped)
    assert found.lost


def test_a_damaged_member_does_not_hide_the_others(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": OBJECT, "b": OBJECT, "c": OBJECT}, zipfile.ZIP_STORED))
    place = content.index(OBJECT, content.index(OBJECT) + 1)
    content[place + 130] ^= 1
    write(tmp_path / "s.zip", bytes(content))
    read_well, failed = [], []
    for one in sources([tmp_path]):
        try:
            if isinstance(one, SourceItem):
                read(one)
                read_well.append(one.name[-1])
            else:
                failed.append(one.name[-1])
        except SteckelError:
            failed.append(one.name[-1])
    assert (read_well, failed) == (["a", "c"], ["b"])


def test_an_encrypted_member_is_said(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": OBJECT}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    write(tmp_path / "s.zip", bytes(content))
    (found,) = sources([tmp_path])
    assert isinstance(found, Skipped)
    assert "encrypted" in found.reason
    assert found.lost


def test_a_method_that_is_not_supported_is_said(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": OBJECT}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", content, content.index(signature) + offset, 97)
    write(tmp_path / "s.zip", bytes(content))
    (found,) = sources([tmp_path])
    assert isinstance(found, Skipped)
    assert found.lost


def test_a_zip_bomb_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_FREELY", 1 << 20)
    bomb = {name: bytes(1 << 20) for name in ("a.dcm", "b.dcm", "c.dcm", "d.dcm")}
    write(tmp_path / "s.zip", zipped(bomb))
    assert (tmp_path / "s.zip").stat().st_size * 200 < 1 << 20
    unpacked: list[int] = []
    with pytest.raises(TooLarge):
        unpacked.extend(len(read(one)) for one in items(sources([tmp_path])))
    assert sum(unpacked) == 1 << 20


def test_after_a_zip_bomb_the_rest_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_FREELY", 1 << 20)
    nested = zipped({"x.dcm": bytes(40 << 20)})
    write(tmp_path / "s.zip", zipped({"a.zip": nested, "b.dcm": OBJECT, "c.dcm": OBJECT}))
    names = []
    for one in sources([tmp_path]):
        names.append(os.path.relpath(one.name, tmp_path))
        if isinstance(one, SourceItem):
            with pytest.raises(TooLarge):
                read(one)
    assert names == ["s.zip/a.zip/x.dcm", "s.zip/a.zip", "s.zip"]


def test_a_zip_with_a_directory_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 100)
    write(tmp_path / "s.zip", zipped({str(number): OBJECT for number in range(10)}))
    (found,) = sources([tmp_path])
    assert isinstance(found, Skipped)
    assert "too many members" in found.reason


def test_a_zip64_is_read_and_its_directory_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    content = bytearray(zipped({"a": OBJECT, "b": OBJECT, "c": OBJECT}))
    assert b"PK\x06\x06" in content
    struct.pack_into("<L", content, content.rindex(b"PK\x05\x06") + 12, 0xFFFFFFFF)
    write(tmp_path / "s.zip", bytes(content))
    assert len(taken(sources([tmp_path]), tmp_path)) == 3
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 100)
    (found,) = sources([tmp_path])
    assert isinstance(found, Skipped)


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    if not MEDIUM.is_dir():
        pytest.skip("the shared data with a DICOMDIR medium is not here")
    return Path(shutil.copytree(MEDIUM, tmp_path / "medium"))


def test_a_medium_gives_what_is_on_it_but_not_its_dicomdir(medium: Path) -> None:
    objects = taken(sources([medium]), medium)
    files = {
        os.path.relpath(path, medium)
        for path in medium.rglob("*")
        if path.is_file() and not path.name.startswith("DICOMDIR")
    }
    assert objects.keys() == files
    assert not any(lost for _, lost in skipped(sources([medium]), medium).values())


def test_whoever_names_the_dicomdir_means_the_medium(medium: Path) -> None:
    assert taken(sources([medium / "DICOMDIR"]), medium) == taken(sources([medium]), medium)


def test_what_a_dicomdir_lists_and_is_not_there_is_said(medium: Path) -> None:
    gone = max((medium / "77654033").rglob("*"))
    gone.unlink()
    found = skipped(sources([medium]), medium)
    name = os.path.relpath(gone, medium)
    assert found[name] == ("listed in the DICOMDIR, but not there", True)


def test_a_medium_that_is_mounted_in_lower_case_misses_nothing(medium: Path) -> None:
    for path in sorted(medium.rglob("*"), reverse=True):
        if not path.name.startswith("DICOMDIR"):
            path.rename(path.with_name(path.name.lower()))
    assert not any(lost for _, lost in skipped(sources([medium]), medium).values())
