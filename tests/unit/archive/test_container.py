"""What is acknowledged is durable; what fails leaves nothing half written."""

import errno
import os
import resource
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from steckel.archive import container as container_module
from steckel.archive.drafts import RESERVED, SpooledDraft
from steckel.archive.layout import Layout
from steckel.archive.reader import Reader
from steckel.archive.sealed import SealedFiles
from steckel.archive.store import Appended, Archive
from steckel.archive.sums import Tally, digest_of
from steckel.archive.zip_format import Provenance
from steckel.dicom.part10 import encode_meta
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.errors import NotFound, OutOfSpace, StorageFailure

_SERIES = ("1.2.3", "1.2.3.4")


def _provenance(file: bytes, source: str = "dimse:CT1") -> Provenance:
    digest = digest_of(file)
    return Provenance(dataset_offset=0, digest=digest, received=1_700_000_000_000, source=source)


@pytest.fixture
def archive(layout: Layout) -> Archive:
    return Archive(layout, SealedFiles(layout), make_index_durable=lambda: None)


def _append(archive: Archive, file: bytes) -> Appended:
    return archive.append(_SERIES, [file], _provenance(file))


def _store(archive: Archive, file: bytes) -> Appended:
    appended = _append(archive, file)
    appended.sync()
    appended.settle()
    return appended


def _fail_to_sync(appended: Appended, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "failed")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        with pytest.raises(StorageFailure):
            appended.sync()


def _only(folder: Path) -> Path:
    (found,) = folder.rglob("*.zip")
    return found


def test_success_is_told_after_the_bytes_are_synced(
    archive: Archive, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []

    def fdatasync(descriptor: int) -> None:
        synced.append(os.pread(descriptor, 1 << 20, 0))

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    appended = _append(archive, b"image" * 100)
    assert not synced

    appended.sync()

    assert len(synced) == 1
    assert b"image" * 100 in synced[0]
    appended.sync()
    assert len(synced) == 1, "what is durable is not synced again"


def test_a_container_of_many_small_members_is_written_over_zeros_and_sealed_without_them(
    archive: Archive, layout: Layout
) -> None:
    files = [bytes([number]) * 20_000 for number in range(1, 41)]
    for file in files:
        appended = _store(archive, file)
        size = _only(layout.open).stat().st_size
        assert size >= appended.location.offset + appended.location.length
    assert size - appended.container.size > 20_000, "the next one has its place already"
    assert not any(_only(layout.open).read_bytes()[appended.container.size :])

    archive.seal_all()

    sealed = _only(layout.sealed)
    with zipfile.ZipFile(sealed) as opened:
        assert opened.testzip() is None
        assert [opened.read(name) for name in opened.namelist()] == files
    assert sealed.stat().st_size < size


def test_threads_share_one_sync(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = _append(archive, b"first"), _append(archive, b"second")
    calls: list[int] = []
    syncing, go_on = threading.Event(), threading.Event()

    def fdatasync(descriptor: int) -> None:
        calls.append(descriptor)
        syncing.set()
        assert go_on.wait(10)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    threads = [threading.Thread(target=one.sync) for one in (first, second)]
    for thread in threads:
        thread.start()
    assert syncing.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert len(calls) == 1


def test_after_a_failed_sync_nothing_is_promised_and_the_container_is_given_up(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _store(archive, b"safe")
    lost = _append(archive, b"lost")

    _fail_to_sync(lost, monkeypatch)
    with pytest.raises(StorageFailure):
        lost.sync()  # the kernel may have dropped the pages: no second try counts
    lost.settle()
    before.sync()

    after = _store(archive, b"after")

    assert after.container is not before.container
    assert archive.seal_all() == [after.container.name]


def test_of_what_was_not_synced_nothing_is_left_to_be_taken_for_safe(
    archive: Archive, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read from memory it looks sound, and another sync would not fail any more."""
    before = _store(archive, b"safe")
    end = _only(layout.open).stat().st_size
    lost = _append(archive, b"lost")

    _fail_to_sync(lost, monkeypatch)

    assert _only(layout.open).stat().st_size == end
    assert Reader(layout, SealedFiles(layout)).read(before.location) == b"safe"
    with pytest.raises(StorageFailure):
        lost.container.append([b"more"], _provenance(b"more"))


def test_a_limit_of_the_system_is_a_full_disk(archive: Archive, layout: Layout) -> None:
    _store(archive, b"first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutOfSpace):
            _append(archive, bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    _store(archive, b"second")
    archive.seal_all()

    with zipfile.ZipFile(_only(layout.sealed)) as sealed:
        assert [sealed.read(name) for name in sealed.namelist()] == [b"first", b"second"]


def test_what_was_removed_is_not_read_from_a_file_still_held_open(
    archive: Archive, layout: Layout
) -> None:
    appended = _store(archive, b"image")
    reader = Reader(layout, SealedFiles(layout))
    assert reader.read(appended.location) == b"image"
    archive.seal_all()
    assert reader.read(appended.location) == b"image"

    SealedFiles(layout).delete(appended.location.container)  # by another process

    with pytest.raises(NotFound):
        reader.read(appended.location)


def test_a_disk_that_fails_while_an_open_container_is_read_is_said_to(
    archive: Archive, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    appended = _store(archive, b"image")

    def fail(*_: int) -> bytes:
        raise OSError(errno.EIO, "failed")

    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(StorageFailure):
        Reader(layout, SealedFiles(layout)).read(appended.location)


def test_a_full_disk_leaves_nothing_of_the_member_and_the_next_one_fits(
    archive: Archive, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    _store(archive, b"first")
    size = _only(layout.open).stat().st_size
    pwritev = os.pwritev

    def half(descriptor: int, views: Sequence[memoryview], position: int) -> int:
        if len(views) < 2:
            raise OSError(errno.ENOSPC, "full")
        return pwritev(descriptor, views[:1], position)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwritev", half)
        with pytest.raises(OutOfSpace):
            _append(archive, b"does not fit")
    assert _only(layout.open).stat().st_size == size

    _store(archive, b"second")
    archive.seal_all()

    with zipfile.ZipFile(_only(layout.sealed)) as sealed:
        assert [sealed.read(name) for name in sealed.namelist()] == [b"first", b"second"]


def test_a_write_that_is_cut_short_is_gone_on_with(
    archive: Archive, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwritev = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda to, views, at: pwritev(to, [views[0][:7]], at))

    _store(archive, b"image" * 20)
    archive.seal_all()

    with zipfile.ZipFile(_only(layout.sealed)) as sealed:
        assert sealed.testzip() is None
        assert sealed.read("00000001.dcm") == b"image" * 20


def test_a_container_is_not_sealed_before_the_index_has_its_members(
    archive: Archive, layout: Layout
) -> None:
    appended = _append(archive, b"image")
    appended.sync()
    assert archive.seal_all() == []

    appended.settle()

    assert archive.seal_all() == [appended.container.name]


def test_a_late_instance_of_a_series_starts_another_container(
    archive: Archive, layout: Layout
) -> None:
    early = _store(archive, b"early")
    archive.seal_all()

    late = _store(archive, b"late")
    archive.seal_all()

    assert late.location.container != early.location.container
    assert late.location.container[:20] == early.location.container[:20]
    reader = Reader(layout, SealedFiles(layout))
    assert (reader.read(early.location), reader.read(late.location)) == (b"early", b"late")


def test_a_full_container_is_followed_by_another(layout: Layout) -> None:
    archive = Archive(layout, SealedFiles(layout), make_index_durable=lambda: None, full=1000)
    names = {_store(archive, bytes(600)).location.container for _ in range(4)}

    assert len(names) == 2
    assert set(archive.seal_all()) == names


def test_a_large_draft_becomes_a_container_of_its_own_without_a_copy(
    archive: Archive, layout: Layout
) -> None:
    draft = SpooledDraft(layout.open, in_memory=100)
    draft.write(b"meta" * 10)
    for _ in range(50):
        draft.write(b"pixels")
    file = bytes(draft.view())
    (spool,) = layout.open.glob("*.spool")
    inode = spool.stat().st_ino

    appended = archive.append_spooled(_SERIES, draft, _provenance(file))
    appended.sync()
    appended.settle()
    draft.discard()
    archive.seal_all()

    sealed = _only(layout.sealed)
    assert sealed.stat().st_ino == inode
    assert appended.location.offset == RESERVED
    with zipfile.ZipFile(sealed) as opened:
        assert opened.testzip() is None
        assert opened.read("00000001.dcm") == file
    assert not list(layout.open.iterdir())


def test_a_discarded_draft_leaves_no_file(layout: Layout) -> None:
    draft = SpooledDraft(layout.open, in_memory=1)
    draft.write(b"more than one byte")
    draft.discard()
    draft.discard()

    assert not list(layout.open.iterdir())


@pytest.mark.parametrize("in_memory", [500, 1000])
@pytest.mark.parametrize("piece", [1, 13, 999])
def test_sums_of_a_large_draft_taken_while_it_comes_are_those_taken_afterwards(
    layout: Layout, in_memory: int, piece: int
) -> None:
    meta = encode_meta(
        sop_class_uid="1.2", sop_instance_uid="1.2.3", transfer_syntax=EXPLICIT_VR_LITTLE_ENDIAN
    )
    dataset = b"\x08\0\x05\0CS\0\4" + bytes(range(256)) * 4
    draft = SpooledDraft(layout.open, in_memory=in_memory)
    draft.write(meta + dataset[:8])
    for start in range(8, len(dataset), piece):
        draft.write(dataset[start : start + piece])

    assert isinstance(draft.tally, Tally)
    assert draft.tally.dataset_offset == len(meta)
    assert draft.tally.crc == zlib.crc32(meta + dataset)
    assert draft.tally.digest() == digest_of(dataset)
    assert bytes(draft.view()) == meta + dataset
    draft.discard()


@pytest.mark.parametrize("size", [(1 << 32) - 2, (1 << 32) - 1, 5 << 30])
def test_files_beyond_four_gib_are_described_by_zip64(tmp_path: Path, size: int) -> None:
    member = container_module.Member(
        number=1, start=0, offset=RESERVED, length=size, crc=0, provenance=_provenance(b"")
    )
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.write(container_module.local_header(member, pad_to=RESERVED))
        file.seek(member.end)  # a hole: no room is used
        file.write(container_module.central_directory([member], member.end))

    with zipfile.ZipFile(path) as opened:
        (info,) = opened.infolist()
        with opened.open(info) as stream:
            assert stream.read(10) == bytes(10)
    assert info.file_size == size
