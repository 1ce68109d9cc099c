"""Logging: structured events to standard error.

Events carry UIDs, AE titles and reasons, never names or identifiers of
patients. A traceback names places, not the values that were there.
"""

import contextlib
import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


class _ErrorLogger:
    """Writes lines to standard error as it is then: a progress bar may stand before it.

    A line that cannot be written is lost: a full disk under the log must not
    keep anybody from reading what is archived.
    """

    def write(self, line: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = write


def configure_command_logs(level: str) -> None:
    """Set up logging of a command at the terminal, which says itself what became of what."""
    configure_logs("debug" if level == "debug" else "error", role="command")


def configure_logs(level: str, *, role: str) -> None:
    """Set up logging of this process."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _naming(role),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "role", "event"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _ErrorLogger(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(message)s")


def _naming(role: str) -> Processor:
    """Add the role to every event, whatever thread it comes from."""

    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["role"] = role
        return event

    return name
