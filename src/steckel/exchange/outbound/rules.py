"""What becomes of the head of a queue after an attempt to send it.

The rule: nothing overtakes it. It waits, or it is sent, or it is put aside where a person sees
it; only then comes the next.

::

    what came of it               the message              the destination
    AA, CA                        sent                     works
    AE, CE                        waits; parked after      works
                                  `error_retries` times
    AR, CR                        waits, or is parked      is paused, or works: `on_reject`
    nobody there, no answer       waits                    fails
    an answer that is none        waits                    fails
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from steckel.exchange.outbound.model import DeliveryState
from steckel.exchange.outbound.subscriptions import Subscription

#: Milliseconds of the first pause, and of the longest.
_FIRST_PAUSE: Final = 1_000
_LONGEST_PAUSE: Final = 300_000
_JITTER: Final = 0.2


class Result(Enum):
    """What came of an attempt."""

    ACCEPTED = "accepted"  #: AA, CA
    ERROR = "error"  #: AE, CE
    REJECTED = "rejected"  #: AR, CR
    UNREACHED = "unreached"  #: nothing was sent
    UNANSWERED = "unanswered"  #: it may have arrived


class Health(Enum):
    """How it is with the destination after an attempt."""

    WORKS = "works"
    FAILS = "fails"
    STOPPED = "stopped"  #: it is paused, until a person goes on


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is done."""

    state: DeliveryState
    health: Health
    pauses: bool = False  #: whether it is tried again after a pause


#: Acknowledgement codes (table 0008).
_CODES: Final[Mapping[str, Result]] = {
    "AA": Result.ACCEPTED,
    "CA": Result.ACCEPTED,
    "AE": Result.ERROR,
    "CE": Result.ERROR,
    "AR": Result.REJECTED,
    "CR": Result.REJECTED,
}


def result_of(code: str) -> Result:
    """Return what an acknowledgement code says; one that is none says nothing."""
    return _CODES.get(code.strip().upper(), Result.UNANSWERED)


def decide(result: Result, refusals: int, subscription: Subscription) -> Decision:
    """Return what becomes of the head; `refusals` counts the AE to it before this attempt."""
    match result:
        case Result.ACCEPTED:
            return Decision(state=DeliveryState.SENT, health=Health.WORKS)
        case Result.ERROR if refusals >= subscription.error_retries:
            return Decision(state=DeliveryState.PARKED, health=Health.WORKS)
        case Result.ERROR:
            return Decision(state=DeliveryState.WAITING, health=Health.WORKS, pauses=True)
        case Result.REJECTED if subscription.on_reject == "park":
            return Decision(state=DeliveryState.PARKED, health=Health.WORKS)
        case Result.REJECTED:
            return Decision(state=DeliveryState.WAITING, health=Health.STOPPED)
        case Result.UNREACHED | Result.UNANSWERED:
            return Decision(state=DeliveryState.WAITING, health=Health.FAILS, pauses=True)


def pause_after(failures: int, chance: float) -> int:
    """Return milliseconds to wait after so many failures in a row.

    Twice as long each time, from 1 s to 5 min; `chance`, from 0 to 1, spreads it by a fifth
    either way, so that what failed together does not come again together.
    """
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE << min(failures - 1, 20))
    spread = 1 + _JITTER * (2 * chance - 1)
    return min(_LONGEST_PAUSE, max(_FIRST_PAUSE, round(pause * spread)))
