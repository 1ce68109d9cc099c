"""The second representation is made of what is quiet, and goes with what is deleted."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event

import pytest
from pydicom import dcmread
from sqlalchemy import select
from tests.unit.care.homes import UID, Homes, dicom, send

from steckel.care.second import SecondMaker
from steckel.care.second_erasure import SecondErasure
from steckel.care.second_queue import SecondQueue
from steckel.errors import CannotRender
from steckel.index import schema
from steckel.index.engine import writing
from steckel.index.second import SecondRow, keep
from steckel.ingest.policy import OnConflict
from steckel.query.changes import Changes
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.model import StoredInstance
from steckel.retrieve.second import SecondFrames
from steckel.server.wiring import House

STUDY, SERIES = "1.2.826.66.2.1", "1.2.826.66.3.1.1"


def ct(
    number: int, *, study: int = 1, size: int = 256, pixels: bytes = b"", **more: object
) -> bytes:
    """An instance with two frames, large enough to be worth it."""
    dataset = dcmread(io.BytesIO(dicom(number, study=study)))
    dataset.Modality = "CT"
    dataset.Rows = dataset.Columns = size
    frame = pixels or b"%04d" % number
    dataset.PixelData = (frame * size * size)[: 2 * size * size]
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


@dataclass
class Halving:
    """Stands for the encoder: every other byte of a frame is its codestream."""

    retriever: RetrieveEngine
    refused: set[str] = field(default_factory=set)
    before: Callable[[], None] = lambda: None
    calls: list[tuple[str, list[int]]] = field(default_factory=list)

    def encode(self, instance: StoredInstance, numbers: Iterable[int]) -> Sequence[bytes]:
        wanted = list(numbers)
        self.calls.append((instance.sop_instance_uid, wanted))
        self.before()
        if instance.sop_instance_uid in self.refused:
            raise CannotRender("not this one")
        return [self.retriever.frame(instance, number)[::2] for number in wanted]


@dataclass
class Second:
    """Maker, queue and erasure of a home."""

    house: House
    modalities: frozenset[str] = frozenset({"CT"})
    stopping: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.retriever = RetrieveEngine(self.house.engine, self.house.reader)
        self.encoder = Halving(self.retriever)
        self.erasure = SecondErasure(self.house.engine, self.house.second_files)
        self.frames = SecondFrames(self.house.engine, self.house.second_files, self.modalities)
        self.queue = self.new_queue()

    def new_queue(self, policy: str = "CT") -> SecondQueue:
        changes = Changes(self.house.engine)
        return SecondQueue(self.house.engine, changes, policy, quiet_seconds=5)

    def make(self, study: str = STUDY) -> int:
        maker = SecondMaker(
            engine=self.house.engine,
            retriever=self.retriever,
            encoder=self.encoder,
            files=self.house.second_files,
            modalities=self.modalities,
            stopping=self.stopping,
        )
        return maker.run(study)

    def read(self, number: int, frame: int = 1) -> bytes | None:
        instance = self.retriever.instance(STUDY, SERIES, f"{UID}.{number}")
        second = self.frames.find(instance)
        where = second.fragment(frame)
        return None if where is None else self.frames.read(second, where.offset, where.length)

    def files(self) -> list[bytes]:
        return [p.read_bytes() for p in sorted(self.house.layout.second.rglob("*")) if p.is_file()]

    def close(self) -> None:
        self.retriever.close()
        self.frames.close()


@pytest.fixture
def second(house: House) -> Iterator[Second]:
    made = Second(house)
    yield made
    made.close()


def half(number: int) -> bytes:
    return (b"%04d" % number * 65536)[: 256 * 256 : 2]


def test_each_frame_of_a_study_is_read_from_one_file(second: Second) -> None:
    send(second.house, ct(1), ct(2))
    assert second.make() == 2
    assert [second.read(n, f) for n in (1, 2) for f in (1, 2)] == [half(1)] * 2 + [half(2)] * 2
    assert second.files() == [half(1) * 2 + half(2) * 2]
    assert second.make() == 0


@pytest.mark.parametrize(
    "content",
    [ct(1, Modality="US"), ct(1, size=200), dicom(1)],
    ids=["another modality", "small frames", "of no use"],
)
def test_what_is_not_worth_it_is_left_alone(second: Second, content: bytes) -> None:
    send(second.house, content)
    while second.make():
        pass
    assert second.encoder.calls == []
    assert second.files() == []
    assert second.read(1) is None


def test_what_cannot_be_encoded_is_tried_once_and_the_rest_is_made(second: Second) -> None:
    send(second.house, ct(1), ct(2))
    second.encoder.refused.add(f"{UID}.1")
    assert second.make() == 2
    assert (second.read(1), second.read(2)) == (None, half(2))
    assert second.make() == 0
    instance = second.retriever.instance(STUDY, SERIES, f"{UID}.1")
    assert not second.frames.find(instance).preferred


def test_what_is_not_smaller_is_not_kept(second: Second, monkeypatch: pytest.MonkeyPatch) -> None:
    send(second.house, ct(1))
    frame = second.retriever.frame
    monkeypatch.setattr(
        second.encoder, "encode", lambda i, numbers: [frame(i, number) for number in numbers]
    )
    assert second.make() == 1
    assert second.files() == []


def test_what_is_asked_of_the_encoder_during_a_stop_is_made_after_the_next_start(
    second: Second,
) -> None:
    send(second.house, ct(1))
    second.encoder.refused.add(f"{UID}.1")  # as the encoder does that was ended
    second.encoder.before = second.stopping.set
    assert second.make() == 0
    second.stopping.clear()
    second.encoder.refused.clear()
    second.encoder.before = lambda: None
    assert second.make() == 1
    assert second.read(1) == half(1)


def _delete(house: House, number: int) -> None:
    house.deletion.delete_instance(STUDY, SERIES, f"{UID}.{number}")


def test_the_frames_of_a_deleted_instance_leave_the_disk_and_the_others_stay(
    second: Second,
) -> None:
    send(second.house, ct(1), ct(2), ct(3))
    second.make()
    _delete(second.house, 2)
    assert second.erasure.run() == 1
    assert second.files() == [half(1) * 2 + half(3) * 2]
    assert (second.read(1, 2), second.read(3, 1)) == (half(1), half(3))
    assert second.erasure.run() == 0


def test_a_deleted_study_leaves_no_file(second: Second) -> None:
    send(second.house, ct(1), ct(2))
    second.make()
    second.house.deletion.delete_study(STUDY)
    assert second.erasure.run() == 1
    assert second.files() == []
    with second.house.engine.connect() as connection:
        assert connection.execute(select(schema.second_frames)).all() == []


def test_what_is_deleted_while_it_is_encoded_is_erased(second: Second) -> None:
    send(second.house, ct(1), ct(2))
    second.encoder.before = lambda: (
        _delete(second.house, 1) if len(second.encoder.calls) == 2 else None
    )
    second.make()
    second.erasure.run()
    assert second.files() == [half(2) * 2]


def test_a_version_that_was_replaced_is_erased_and_the_new_one_is_made(homes: Homes) -> None:
    house = homes.open(homes.home, OnConflict.KEEP_LAST)
    second = Second(house)
    send(house, ct(1))
    second.make()
    send(house, ct(1, pixels=b"ABCD"))
    assert second.read(1) is None
    second.erasure.run()
    assert second.files() == []
    assert second.make() == 1
    assert second.read(1) == (b"ABCD" * 65536)[: 256 * 256 : 2]
    second.close()


def test_a_file_that_the_index_does_not_know_goes(second: Second) -> None:
    send(second.house, ct(1))
    second.make()
    second.house.reindexing.empty()
    batch = second.house.second_files.new()
    batch.append(b"half written")  # a crash comes
    assert second.erasure.reconcile() == 1
    assert second.files() == []


def test_what_is_lost_of_the_folder_is_made_again(second: Second) -> None:
    send(second.house, ct(1), ct(2, study=2))
    _work_through(second, second.queue)
    assert len(second.files()) == 2
    (lost, _) = sorted(second.house.layout.second.rglob("*.jph"))
    lost.unlink()
    assert second.erasure.reconcile() == 1
    _work_through(second, second.queue, now=200)
    assert len(second.files()) == 2


def _work_through(second: Second, queue: SecondQueue, now: float = 100) -> list[str]:
    """Do all there is to do at a time, and a little later; return the studies in turn."""
    order: list[str] = []
    queue.next(now)
    while (study := queue.next(now + 10)) is not None:
        if not second.make(study):
            queue.done(study)
            order.append(study)
    return order


def test_a_study_waits_until_it_is_quiet(second: Second) -> None:
    send(second.house, ct(1))
    assert second.queue.next(100) is None
    send(second.house, ct(2))
    assert second.queue.next(104) is None
    assert second.queue.next(108) is None
    assert second.queue.next(109) == STUDY


def test_what_was_there_before_is_made_after_what_arrives(second: Second) -> None:
    send(second.house, ct(1), ct(2, study=2))
    queue = second.new_queue()  # of a process that starts now
    send(second.house, ct(3, study=3))
    queue.next(100)
    order = _work_through(second, queue)
    assert order[0] == "1.2.826.66.2.3"
    assert set(order[1:]) == {STUDY, "1.2.826.66.2.2", "1.2.826.66.2.3"}
    assert len(second.files()) == 3


def test_the_next_process_goes_on_where_the_last_one_stopped(second: Second) -> None:
    send(second.house, ct(1))
    _work_through(second, second.queue)
    second.queue.next(1000)
    assert _work_through(second, second.new_queue()) == []
    send(second.house, ct(2, study=2))
    assert _work_through(second, second.new_queue()) == ["1.2.826.66.2.2"]


def test_other_modalities_are_looked_for_from_the_beginning(second: Second) -> None:
    send(second.house, ct(1))
    _work_through(second, second.queue)
    second.queue.next(1000)
    assert _work_through(second, second.new_queue("CT,MR")) == [STUDY]


def test_two_that_make_the_same_leave_one(second: Second) -> None:
    send(second.house, ct(1))
    second.make()
    with second.house.engine.connect() as connection:
        digest = connection.execute(select(schema.instances.c.digest)).scalar_one()
    row = SecondRow(sop_instance_uid=f"{UID}.1", digest=digest, file="other", frames=b"")
    with writing(second.house.engine) as connection:
        keep(connection, [row])
        rows = connection.execute(select(schema.second_frames.c.instance_pk)).scalars().all()
    assert len(rows) == 2
    assert rows.count(None) == 1
