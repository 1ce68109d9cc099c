"""What the index says of the second representation, on both databases."""

from sqlalchemy import Engine, delete, select
from tests.unit.index.entries import Exam
from tests.unit.index.test_replace import add

from steckel.index.asking import Asking
from steckel.index.engine import writing
from steckel.index.model import InstanceEntry
from steckel.index.replace import replace_version
from steckel.index.schema import instances, second_frames
from steckel.index.second import (
    FIND,
    SecondRow,
    backlog,
    begin_again,
    file_after,
    forget_file,
    keep,
    known_files,
    missing,
    move,
    orphaned_files,
    progress,
    rows_of,
    set_progress,
)

STUDY = "1.2.3"
RLE = "1.2.840.10008.1.2.5"


def image(exam: Exam | None = None, **changes: object) -> InstanceEntry:
    return (exam or Exam()).instance(**{"frames": b"table", **changes})


def made(entry: InstanceEntry, file: str = "file") -> SecondRow:
    return SecondRow(
        sop_instance_uid=entry.sop_instance_uid, digest=entry.digest, file=file, frames=b"second"
    )


def kept(engine: Engine, *rows: SecondRow) -> None:
    with writing(engine) as connection:
        keep(connection, rows)


def lacking(engine: Engine, *modalities: str) -> list[str]:
    with engine.connect() as connection:
        return [sop for _, sop in missing(connection, STUDY, modalities, 100)]


def files(engine: Engine) -> list[tuple[bool, str]]:
    """Whether a row has an instance, and its file."""
    statement = select(second_frames.c.instance_pk, second_frames.c.file)
    with engine.connect() as connection:
        return [(row[0] is not None, row[1]) for row in connection.execute(statement)]


def test_native_images_of_some_modalities_are_lacking_until_they_are_kept(engine: Engine) -> None:
    first, second = image(), image()
    mr = image(Exam(series="1.2.3.2", modality="MR"))
    others = [image(transfer_syntax=RLE), image(frames=None)]
    add(engine, first, second, mr, *others)
    add(engine, image(Exam(study="1.2.4", series="1.2.4.1", patient_id="P2")))
    both = [first.sop_instance_uid, second.sop_instance_uid]
    assert lacking(engine, "CT") == both
    assert lacking(engine, "CT", "MR") == [*both, mr.sop_instance_uid]
    kept(engine, made(first))
    assert lacking(engine, "CT") == both[1:]


def test_what_is_kept_is_found_by_its_instance(engine: Engine) -> None:
    first, second = image(), image()
    add(engine, first, second)
    kept(engine, made(first))
    asking = Asking(engine)
    find = asking.prepare(FIND)
    found = asking.one(find, {"uid": first.sop_instance_uid})
    assert (found[0], found[1], bytes(found[2])) == ("CT", "file", b"second")
    assert tuple(asking.one(find, {"uid": second.sop_instance_uid})) == ("CT", None, None)
    assert asking.one(find, {"uid": "9.9"}) is None
    asking.close()


def test_a_row_outlives_its_instance_until_its_file_is_rewritten(engine: Engine) -> None:
    gone, stays = image(), image()
    add(engine, gone, stays)
    kept(engine, made(gone), made(stays))
    with writing(engine) as connection:
        connection.execute(delete(instances).where(instances.c.uid == gone.sop_instance_uid))
    with writing(engine) as connection:
        assert orphaned_files(connection) == ["file"]
        (row,) = [row for row in rows_of(connection, "file") if row.instance_pk is not None]
        move(connection, "new", [(row.pk, b"moved")])
        forget_file(connection, "file")
        assert orphaned_files(connection) == []
    assert files(engine) == [(True, "new")]


def test_a_row_of_a_version_that_was_replaced_is_an_orphan(engine: Engine) -> None:
    entry = image()
    add(engine, entry)
    kept(engine, made(entry))
    with writing(engine) as connection:
        assert replace_version(connection, entry._replace(digest=bytes(32)))
    assert files(engine) == [(False, "file")]
    assert lacking(engine, "CT") == [entry.sop_instance_uid]


def test_what_was_made_of_other_bytes_or_twice_is_an_orphan_from_the_start(engine: Engine) -> None:
    entry = image()
    add(engine, entry)
    kept(engine, made(entry._replace(digest=bytes(32)), "stale"))
    kept(engine, made(entry, "first"))
    kept(engine, made(entry, "second"))
    assert sorted(files(engine)) == [(False, "second"), (False, "stale"), (True, "first")]


def test_files_are_walked_by_name(engine: Engine) -> None:
    entries = [image() for _ in range(3)]
    add(engine, *entries)
    kept(engine, made(entries[0], "b"), made(entries[1], "a"), made(entries[2], "b"))
    with engine.connect() as connection:
        assert file_after(connection, "") == "a"
        assert file_after(connection, "a") == "b"
        assert file_after(connection, "b") is None
        assert known_files(connection, ["a", "c"]) == {"a"}


def test_how_far_it_has_come_is_remembered(engine: Engine) -> None:
    add(engine, image())
    with writing(engine) as connection:
        assert progress(connection) == (0, "")
        assert backlog(connection) == 1
        set_progress(connection, 5, "CT,MR")
        assert progress(connection) == (5, "CT,MR")
        assert backlog(connection) == 0
        begin_again(connection)
        assert backlog(connection) == 1
