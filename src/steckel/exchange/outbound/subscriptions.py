"""What a destination wants to hear, and how: its options as data.

The rule: an option is checked when it is given, an unknown one is refused, and each has a
default that is right for most receivers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final
from urllib.parse import urlsplit

from steckel.ris.model import EventKind, OrderStatus, ReportStatus
from steckel.security.refusals import InvalidValue

VERSIONS: Final = ("2.3.1", "2.4", "2.5", "2.5.1")
CHARSETS: Final = ("UNICODE UTF-8", "8859/1", "8859/15", "ASCII")
#: Where the address of a study goes in `viewer_url`.
STUDY: Final = "{study}"

_LONGEST_NAME: Final = 180  # MSH-5 of 2.3.1
_LONGEST_URL: Final = 900
_MOST: Final = 100


def _option(default: Any, check: Callable[[Any], Any]) -> Any:
    return field(default=default, metadata={"check": check})


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"one of {', '.join(repr(one) for one in allowed)}")
        return str(value)

    return check


def _some_of(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    def check(value: Any) -> tuple[Any, ...]:
        allowed = ", ".join(one.value for one in kind)
        try:
            found = tuple(dict.fromkeys(kind(one) for one in _list(value)))
        except ValueError:
            raise ValueError(f"a list of {allowed}") from None
        return found

    return check


def _texts(value: Any) -> tuple[str, ...]:
    found = [one.strip() for one in _list(value) if isinstance(one, str)]
    if len(found) != len(_list(value)) or not all(map(_is_word, found)):
        raise ValueError("a list of texts")
    return tuple(dict.fromkeys(found))


def _word(value: Any) -> str:
    if not isinstance(value, str) or (value and not _is_word(value)):
        raise ValueError(f"a text of at most {_LONGEST_NAME} printable characters")
    return value.strip()


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return check


def _url(value: Any) -> str:
    problem = f"empty, or an address that begins with http and has {STUDY} in it"
    if not isinstance(value, str) or len(value) > _LONGEST_URL or not value.isprintable():
        raise ValueError(problem)
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or STUDY not in value:
        raise ValueError(problem)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) > _MOST:
        raise ValueError("a list")
    return list(value)


def _is_word(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable()


_EVENTS: Final = (
    EventKind.ORDER_STATUS,
    EventKind.REPORT,
    EventKind.STUDY_AVAILABLE,
)
_SENT_STATUSES: Final = tuple(
    status
    for status in ReportStatus
    if status not in (ReportStatus.REGISTERED, ReportStatus.PRELIMINARY)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """The options of a destination.

    `version` empty: 2.3.1 for ORM, as IHE RAD-3 has it, and 2.5.1 for the rest. A filter that is
    empty lets all pass; `not_from` names sources (``APP^FACILITY``) whose own words are not told.
    """

    events: tuple[EventKind, ...] = _option(_EVENTS, _some_of(EventKind))
    application: str = _option("", _word)  #: MSH-5
    facility: str = _option("", _word)  #: MSH-6
    version: str = _option("", _one_of("", *VERSIONS))
    charset: str = _option("UNICODE UTF-8", _one_of(*CHARSETS))
    processing: str = _option("P", _one_of("P", "T", "D"))
    order_message: str = _option("ORM", _one_of("ORM", "OMG", "ORU"))
    study_message: str = _option("ORU", _one_of("ORU", "ORM", "OMI"))
    patient_message: str = _option("A08", _one_of("A08", "A31"))
    report_message: str = _option("ORU", _one_of("ORU", "MDM"))
    report_format: str = _option("both", _one_of("text", "document", "both"))
    text_lines: str = _option("repetitions", _one_of("repetitions", "segments"))
    report_statuses: tuple[ReportStatus, ...] = _option(_SENT_STATUSES, _some_of(ReportStatus))
    order_statuses: tuple[OrderStatus, ...] = _option(tuple(OrderStatus), _some_of(OrderStatus))
    viewer_url: str = _option("", _url)
    issuers: tuple[str, ...] = _option((), _texts)
    modalities: tuple[str, ...] = _option((), _texts)
    not_from: tuple[str, ...] = _option((), _texts)
    acknowledgement: str = _option("original", _one_of("original", "commit", "application"))
    answer_seconds: int = _option(30, _whole(1, 600))
    on_reject: str = _option("stop", _one_of("stop", "park"))
    error_retries: int = _option(3, _whole(0, 1000))


_FIELDS: Final = {item.name: item for item in fields(Subscription)}


def read_subscription(options: Mapping[str, Any]) -> Subscription:
    """Return the options of a destination.

    Raises
    ------
    InvalidValue
        One is unknown or has a value that is not allowed; the message names it.
    """
    given = {}
    for name, value in options.items():
        item = _FIELDS.get(name)
        if item is None:
            raise InvalidValue(f"{name!r} is no option; there are: {', '.join(_FIELDS)}")
        try:
            given[name] = item.metadata["check"](value)
        except ValueError as problem:
            raise InvalidValue(f"{name}: allowed is {problem}") from None
    return _agreeing(Subscription(**given))


def options_of(subscription: Subscription) -> dict[str, Any]:
    """Return options as JSON has them."""
    found = {name: getattr(subscription, name) for name in _FIELDS}
    return {
        name: [str(one) for one in value] if isinstance(value, tuple) else value
        for name, value in found.items()
    }


def _agreeing(subscription: Subscription) -> Subscription:
    """Refuse messages that a version does not have."""
    version = subscription.version
    if subscription.order_message == "OMG" and version == "2.3.1":
        raise InvalidValue("order_message: OMG^O19 is not in version 2.3.1")
    if subscription.study_message == "OMI" and version in ("2.3.1", "2.4"):
        raise InvalidValue("study_message: OMI^O23 is not in versions before 2.5")
    return subscription
