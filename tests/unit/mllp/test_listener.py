"""The listener answers each frame in its turn, and keeps its limits whatever a peer does."""

import random
import socket
import threading
from contextlib import suppress

from tests.unit.mllp.running import (
    Taking,
    frame,
    is_closed,
    read_frames,
    running,
    until,
)

from steckel.exchange.model import Origin
from steckel.mllp.limits import Limits
from steckel.mllp.ports import Answer, Later


def test_a_frame_is_answered() -> None:
    receiver = Taking()
    with running(receiver) as server, server.connect() as peer:
        peer.sendall(frame(b"one"))
        assert read_frames(peer, 1) == [b"ONE"]
    assert receiver.received[0][1].address == "127.0.0.1"
    assert receiver.received[0][1].door == "mllp"


def test_frames_that_come_together_are_answered_in_their_order() -> None:
    with running(Taking()) as server, server.connect() as peer:
        peer.sendall(b"".join(frame(b"m%d" % n) for n in range(200)))
        assert read_frames(peer, 200) == [b"M%d" % n for n in range(200)]


def test_a_frame_may_come_byte_by_byte() -> None:
    with running(Taking()) as server, server.connect() as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in frame(b"slowly"):
            peer.sendall(bytes((byte,)))
        assert read_frames(peer, 1) == [b"SLOWLY"]


def test_answers_wait_for_those_of_earlier_frames() -> None:
    receiver = Taking(holds=True)
    with running(receiver) as server, server.connect() as peer:
        peer.sendall(frame(b"a") + frame(b"b") + frame(b"c"))
        until(lambda: len(receiver.answers) == 3)
        receiver.release(lambda answers: answers.reverse())
        assert read_frames(peer, 3) == [b"A", b"B", b"C"]


def test_a_frame_whose_sender_wants_no_answer_gets_none() -> None:
    receiver = Taking(silent=True)
    with running(receiver) as server, server.connect() as peer:
        peer.sendall(frame(b"a"))
        until(lambda: len(receiver.received) == 1)
        receiver.silent = False
        peer.sendall(frame(b"b"))
        assert read_frames(peer, 1) == [b"B"]


def test_what_is_said_after_processing_goes_out_on_the_same_connection() -> None:
    with running(Taking(later=b"done")) as server, server.connect() as peer:
        peer.sendall(frame(b"a"))
        assert read_frames(peer, 2) == [b"A", b"done"]


def test_noise_between_frames_is_passed_over() -> None:
    with running(Taking()) as server, server.connect() as peer:
        peer.sendall(b"\r\nhello" + frame(b"a") + b"\n\n" + frame(b"b"))
        assert read_frames(peer, 2) == [b"A", b"B"]


def test_one_bad_frame_does_not_end_the_connection() -> None:
    with running(Taking()) as server, server.connect() as peer:
        peer.sendall(frame(b"\x00\xff\xfe"))
        peer.sendall(frame(b"b"))
        assert read_frames(peer, 2)[1] == b"B"


def test_a_message_that_is_too_long_is_answered_and_the_next_one_is_taken() -> None:
    with running(Taking(), Limits(message=1000)) as server, server.connect() as peer:
        peer.sendall(frame(b"x" * 5000) + frame(b"b"))
        assert read_frames(peer, 2) == [b"TOO LONG xxxx", b"B"]


def test_no_more_is_read_than_may_be_unanswered() -> None:
    receiver = Taking(holds=True)
    limits = Limits(unanswered=4)
    with running(receiver, limits) as server, server.connect() as peer:
        peer.settimeout(0.5)
        with suppress(TimeoutError):
            for _ in range(3000):
                peer.sendall(frame(b"x" * 10_000))
        # What was decoded with the last piece may be a little more.
        assert len(receiver.received) <= 4 + 2
        assert len(receiver.received) >= 4


def test_small_frames_that_come_at_once_are_read_in_pieces() -> None:
    receiver = Taking(holds=True)
    with running(receiver, Limits(unanswered=10)) as server, server.connect() as peer:
        peer.sendall(frame(b"x" * 100) * 2000)
        until(lambda: len(receiver.received) >= 10)
        assert len(receiver.received) < 400


def test_large_frames_count_by_their_bytes() -> None:
    receiver = Taking(holds=True)
    limits = Limits(unanswered=1000, unanswered_bytes=1 << 20)
    with running(receiver, limits) as server, server.connect() as peer:
        peer.settimeout(0.5)
        with suppress(TimeoutError):
            for _ in range(100):
                peer.sendall(frame(b"x" * 500_000))
        until(lambda: len(receiver.received) >= 3)
        assert len(receiver.received) == 3


def test_after_a_pause_reading_goes_on_where_it_was() -> None:
    receiver = Taking(holds=True)
    with running(receiver, Limits(unanswered=2)) as server, server.connect() as peer:
        peer.sendall(b"".join(frame(b"m%d" % n) for n in range(6)))
        until(lambda: len(receiver.answers) == 6 or len(receiver.answers) >= 2)
        receiver.holds = False
        held = list(receiver.answers)
        for answer, text in held:
            answer(text)
        assert read_frames(peer, 6) == [b"M%d" % n for n in range(6)]


class Slow(Taking):
    """Takes its time with what is long."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.reads = threading.Event()

    def receive(self, raw: bytes, origin: Origin, answer: Answer, later: Later) -> None:
        if raw.startswith(b"long"):
            self.reads.set()
            assert self.goes_on.wait(20)
        if raw.startswith(b"long bad"):
            raise ValueError("it cannot be read")
        super().receive(raw, origin, answer, later)


_LONG = b"long" + b"x" * 100


def test_a_long_message_that_takes_time_to_read_keeps_nobody_else_waiting() -> None:
    receiver = Slow()
    with (
        running(receiver, Limits(beside=50)) as server,
        server.connect() as peer,
        server.connect() as other,
    ):
        peer.sendall(frame(_LONG) + frame(b"short"))
        assert receiver.reads.wait(20)
        other.sendall(frame(b"other"))
        assert read_frames(other, 1) == [b"OTHER"]
        receiver.goes_on.set()
        assert read_frames(peer, 2) == [_LONG.upper(), b"SHORT"]
        peer.sendall(frame(b"after"))
        assert read_frames(peer, 1) == [b"AFTER"]
    assert [raw[:5] for raw, _ in receiver.received] == [b"other", b"longx", b"short", b"after"]


def test_a_long_message_that_cannot_be_read_ends_its_connection_and_no_other() -> None:
    receiver = Slow()
    receiver.goes_on.set()
    with running(receiver, Limits(beside=50)) as server:
        with server.connect() as peer:
            peer.sendall(frame(b"long bad" + b"x" * 100))
            assert is_closed(peer)
        with server.connect() as peer:
            peer.sendall(frame(_LONG))
            assert read_frames(peer, 1) == [_LONG.upper()]


def test_a_peer_that_reads_no_answers_is_read_no_more() -> None:
    receiver = Taking()
    with running(receiver) as server, server.connect() as peer:
        peer.settimeout(1.0)
        with suppress(TimeoutError):
            for _ in range(2000):
                peer.sendall(frame(b"x" * 50_000))
        count = len(receiver.received)
        assert count < 2000


def test_unfinished_frames_of_all_together_are_bounded() -> None:
    limits = Limits(message=1 << 20, unfinished_bytes=3 << 20)
    with running(Taking(), limits) as server:
        peers = [server.connect() for _ in range(4)]
        with suppress(OSError):
            for peer in peers:
                peer.sendall(b"\x0b" + b"x" * 900_000)
        until(lambda: len(server.listener) == 3)
        assert sum(1 for peer in peers if _is_reset(peer)) == 1
        peers[-1].close()
        for peer in peers:
            peer.close()


def _is_reset(peer: socket.socket) -> bool:
    peer.settimeout(0.2)
    try:
        return peer.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_a_peer_that_does_not_speak_mllp_is_closed() -> None:
    limits = Limits(noise=10_000)
    with running(Taking(), limits) as server, server.connect() as peer:
        with suppress(OSError):
            for _ in range(100):
                peer.sendall(b"GET / HTTP/1.1\r\n" * 100)
        assert is_closed(peer)


def test_garbage_never_ends_the_listener() -> None:
    source = random.Random(7)
    with running(Taking(), Limits(message=20_000)) as server:
        for _ in range(60):
            with server.connect() as peer, suppress(OSError):
                for _ in range(source.randrange(1, 6)):
                    noise = source.randbytes(source.randrange(0, 30_000))
                    peer.sendall(source.choice((b"", b"\x0b")) + noise)
        with server.connect() as peer:
            peer.sendall(frame(b"still here"))
            assert read_frames(peer, 1) == [b"STILL HERE"]
        until(lambda: len(server.listener) == 0)


def test_too_many_connections_are_refused_and_the_others_served() -> None:
    with running(Taking(), Limits(connections=2)) as server:
        first, second = server.connect(), server.connect()
        for peer in (first, second):
            peer.sendall(frame(b"a"))
            assert read_frames(peer, 1) == [b"A"]
        with server.connect() as third:
            assert is_closed(third)
        first.close()
        until(lambda: len(server.listener) == 1)
        with server.connect() as fourth:
            fourth.sendall(frame(b"a"))
            assert read_frames(fourth, 1) == [b"A"]
        second.close()


def test_an_idle_connection_is_closed_and_one_that_waits_for_us_is_not() -> None:
    receiver = Taking()
    with (
        running(receiver, Limits(idle=60.0)) as server,
        server.connect() as idle,
        server.connect() as waiting,
    ):
        waiting.sendall(frame(b"a"))
        read_frames(waiting, 1)
        receiver.holds = True
        waiting.sendall(frame(b"b"))
        until(lambda: len(receiver.received) == 2)
        until(lambda: len(server.listener) == 2)
        server.call(lambda: server.listener.drop_idle(1e12))
        assert is_closed(idle)
        receiver.release(lambda _: None)
        assert read_frames(waiting, 1) == [b"B"]


def test_a_peer_that_closes_its_half_is_answered_before_we_close() -> None:
    receiver = Taking(holds=True)
    with running(receiver) as server, server.connect() as peer:
        peer.sendall(frame(b"a"))
        peer.shutdown(socket.SHUT_WR)
        until(lambda: len(receiver.answers) == 1)
        receiver.release(lambda _: None)
        assert read_frames(peer, 1) == [b"A"]
        assert is_closed(peer)


def test_at_the_end_what_was_read_is_answered() -> None:
    receiver = Taking(holds=True)
    with running(receiver) as server, server.connect() as peer:
        peer.sendall(frame(b"a") + frame(b"b"))
        until(lambda: len(receiver.answers) == 2)
        server.loop.call_soon_threadsafe(
            lambda: server.loop.call_later(0.05, receiver.release, lambda _: None)
        )
        server.stop(10.0)
        assert read_frames(peer, 2) == [b"A", b"B"]
        assert is_closed(peer)
