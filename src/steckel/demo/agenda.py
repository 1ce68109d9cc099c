"""Who came to the demo department when, and what was done.

Days are counted back from today, so that the department is always alive: the
oldest examination is seven years old, the newest from this morning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from steckel.demo import agenda_ct, agenda_other, people
from steckel.demo.acquisition import Acquisition, Visit
from steckel.demo.booking import Booking

Exam = Callable[[Acquisition], None]


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A visit and the exams that make its objects, in order."""

    visit: Visit
    exams: tuple[Exam, ...]


def appointments(today: date) -> dict[str, Appointment]:
    """Return all studies by key, those that take longest first."""
    everybody = people.patients(today)
    bookings = (*agenda_ct.bookings(), *agenda_other.bookings())
    result = {}
    for number, booking in enumerate(bookings):
        visit = _visit(booking, everybody[booking.patient], today, number)
        result[booking.key] = Appointment(visit=visit, exams=booking.exams)
    return result


def _visit(booking: Booking, patient: people.Patient, today: date, number: int) -> Visit:
    day = today - timedelta(days=booking.days_ago)
    hour = time(7 + (number * 5) % 10, (number * 17) % 60, (number * 23) % 60)
    return Visit(
        key=booking.key,
        patient=patient,
        when=datetime.combine(day, hour),
        modality=booking.modality,
        description=booking.description,
        reason=booking.reason,
        referrer=people.REFERRERS[number % len(people.REFERRERS)],
        reader=people.READERS[number % len(people.READERS)],
    )
