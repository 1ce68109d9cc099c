"""The invented RIS speaks as a real one does, about the patients and studies of the demo."""

from datetime import date
from zoneinfo import ZoneInfo

from steckel.demo import agenda, people
from steckel.demo.identity import derive_uid
from steckel.demo.messages import messages
from steckel.exchange.inbound.interpreter import MessageInterpreter
from steckel.exchange.inbound.reading import Reading
from steckel.exchange.inbound.translation import Translation, translate
from steckel.exchange.profile import Profile
from steckel.hl7.message import Message
from steckel.ris.model import AppointmentStatement, OrderStatement, PatientStatement

_TODAY = date(2026, 11, 24)
_PROFILE = Profile(name="demo", zone=ZoneInfo("UTC"))


class _Profiles:
    def recent(self, _source: str) -> Profile:
        return _PROFILE

    def current(self, _connection: object, _source: str) -> Profile:
        return _PROFILE


def _checked() -> tuple[list[Message], list[Message]]:
    """Return the messages that are taken, and those that are not."""
    interpreter = MessageInterpreter(None, _Profiles())  # type: ignore[arg-type]
    found = [Message.parse(raw) for raw in messages(_TODAY)]
    taken = [message for message in found if interpreter.check(message) is None]
    return taken, [message for message in found if message not in taken]


def _translated(message: Message) -> Translation:
    return translate(Reading(message=message, profile=_PROFILE, received=1 << 60, digest="d"))


def test_all_but_one_can_be_used_and_leave_nothing_to_warn_of() -> None:
    taken, refused = _checked()
    assert len(refused) == 1
    for message in taken:
        assert _translated(message).warnings == ()


def test_every_patient_is_registered_with_the_identifier_of_the_images() -> None:
    statements = [one for message in _checked()[0] for one in _translated(message).statements]
    said = [one for one in statements if isinstance(one, PatientStatement) and not one.weak]
    assert {(one.patient.patient_id, one.patient.issuer) for one in said} == {
        (patient.identifier, people.ISSUER) for patient in people.patients(_TODAY).values()
    }


def test_recent_studies_have_orders_and_today_has_a_worklist() -> None:
    statements = [one for message in _checked()[0] for one in _translated(message).statements]
    ordered = {one.study_uid for one in statements if isinstance(one, OrderStatement)}
    recent = [
        appointment.visit.key
        for appointment in agenda.appointments(_TODAY).values()
        if (_TODAY - appointment.visit.when.date()).days < 400
    ]
    assert {derive_uid(_TODAY, key, "study") for key in recent} < ordered
    appointments = [one for one in statements if isinstance(one, AppointmentStatement)]
    assert {one.start[:8] for one in appointments} == {"20261124"}


def test_the_same_day_gives_the_same_messages() -> None:
    assert messages(_TODAY) == messages(_TODAY)
