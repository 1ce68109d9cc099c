import pytest

from steckel.exchange.outbound.model import DeliveryState
from steckel.exchange.outbound.rules import Decision, Health, Result, decide, pause_after, result_of
from steckel.exchange.outbound.subscriptions import Subscription

SENT = Decision(state=DeliveryState.SENT, health=Health.WORKS)
PARKED = Decision(state=DeliveryState.PARKED, health=Health.WORKS)
RETRIED = Decision(state=DeliveryState.WAITING, health=Health.WORKS, pauses=True)
STOPPED = Decision(state=DeliveryState.WAITING, health=Health.STOPPED)
WAITS = Decision(state=DeliveryState.WAITING, health=Health.FAILS, pauses=True)


@pytest.mark.parametrize(
    ("result", "refusals", "options", "decision"),
    [
        (Result.ACCEPTED, 0, {}, SENT),
        (Result.ACCEPTED, 99, {}, SENT),
        (Result.ERROR, 0, {}, RETRIED),
        (Result.ERROR, 2, {}, RETRIED),
        (Result.ERROR, 3, {}, PARKED),
        (Result.ERROR, 0, {"error_retries": 0}, PARKED),
        (Result.REJECTED, 0, {}, STOPPED),
        (Result.REJECTED, 0, {"on_reject": "park"}, PARKED),
        (Result.UNREACHED, 99, {}, WAITS),
        (Result.UNANSWERED, 99, {}, WAITS),
    ],
)
def test_the_head_of_a_queue_by_what_came_of_it(
    result: Result, refusals: int, options: dict[str, object], decision: Decision
) -> None:
    assert decide(result, refusals, Subscription(**options)) == decision  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("AA", Result.ACCEPTED),
        ("CA", Result.ACCEPTED),
        (" ae ", Result.ERROR),
        ("CE", Result.ERROR),
        ("AR", Result.REJECTED),
        ("CR", Result.REJECTED),
        ("", Result.UNANSWERED),
        ("OK", Result.UNANSWERED),
    ],
)
def test_what_an_acknowledgement_code_says(code: str, result: Result) -> None:
    assert result_of(code) is result


def test_pauses_double_from_a_second_to_five_minutes() -> None:
    pauses = [pause_after(failures, 0.5) for failures in (1, 2, 3, 8, 9, 10, 1_000)]
    assert pauses == [1_000, 2_000, 4_000, 128_000, 256_000, 300_000, 300_000]


@pytest.mark.parametrize("failures", [1, 2, 5, 9, 10, 50])
@pytest.mark.parametrize("chance", [0.0, 0.25, 0.75, 1.0])
def test_a_pause_is_spread_and_stays_within_its_bounds(failures: int, chance: float) -> None:
    middle, pause = pause_after(failures, 0.5), pause_after(failures, chance)
    assert 1_000 <= pause <= 300_000
    assert abs(pause - middle) <= middle * 0.2
