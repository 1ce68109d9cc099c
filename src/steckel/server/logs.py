"""Logging: structured events to standard error.

Events carry UIDs, AE titles and reasons, never names or identifiers of
patients. A traceback names places, not the values that were there.
"""

import logging
import sys

import structlog


class _ErrorLogger:
    """Writes lines to standard error as it is then: a progress bar may stand before it."""

    def write(self, line: str) -> None:
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
    structlog.contextvars.bind_contextvars(role=role)
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(message)s")
