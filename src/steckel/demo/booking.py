"""A line of the agenda, before it is known which day it is."""

from collections.abc import Callable
from dataclasses import dataclass

from steckel.demo.acquisition import Acquisition


@dataclass(frozen=True, kw_only=True)
class Booking:
    """One study: whose, how long ago, what."""

    key: str
    patient: str
    days_ago: int
    modality: str
    description: str
    reason: str
    exams: tuple[Callable[[Acquisition], None], ...]
