"""Two invented patients with orders, appointments, studies and reports."""

from typing import Any

from tests.unit.reporting.department import PDF, Ward
from tests.unit.ris.said import demographics

from steckel.index.engine import writing
from steckel.ris.model import (
    AppointmentStatement,
    AppointmentStatus,
    Identifier,
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    ReportStatus,
    StepStatement,
)
from steckel.ris.registers import Moment
from steckel.web.application import WebApplication

FIRST = PatientKey(patient_id="P1")
SECOND = PatientKey(patient_id="P2", issuer="1.2.250.1")
#: 2026-11-24 and the day after, at noon, UTC.
AT, LATER = 1_795_521_600_000, 1_795_608_000_000


class Clinic:
    """What is known of both; `app` answers."""

    def __init__(self, ward: Ward, app: WebApplication) -> None:
        self.ward = ward
        self.app = app

    def fill(self) -> None:
        ward, say = self.ward, self.ward.department
        with writing(ward.house.engine) as connection:
            for key, name, born, sex, at in (
                (FIRST, "Müller^Zoé", "19610304", "F", AT),
                (SECOND, "Durand^Paul", "19750102", "M", LATER),
            ):
                number = Identifier(value=f"N{key.patient_id}", issuer="1.2.3.4", type="NH")
                say.say_patient(
                    connection,
                    PatientStatement(
                        patient=key, moment=Moment(at=at), values=demographics(name, born, sex),
                        identifiers=(number,),
                    ),
                )  # fmt: skip
            for number, (key, at) in enumerate(((FIRST, AT), (SECOND, LATER)), 1):
                say.say_order(connection, _order(number, key, at))
                say.say_appointment(connection, _appointment(number, key, at))
        ward.images("1.2.3", "A1")
        ward.images("1.2.4", "A2", "P2")
        ward.report(text="Normal.", title="CT", author="Keller^Nina", filler="F1", at=AT)
        ward.report(
            ReportStatus.PRELIMINARY, key="R2", accession="A2", filler="F2", at=LATER,
            patient_id="P2", issuer="1.2.250.1", media_type="application/pdf", body=PDF,
        )  # fmt: skip


def _order(number: int, key: PatientKey, at: int) -> OrderStatement:
    return OrderStatement(
        key=f"O{number}",
        patient=key,
        moment=Moment(at=at),
        placer=f"PL{number}",
        filler=f"FI{number}",
        accession=f"A{number}",
        study_uid="1.2.3" if number == 1 else "1.2.4",
        values={"00321060": _element("LO", "CT of the chest"), "00401003": _element("SH", "STAT")},
        steps=(
            StepStatement(
                step_id=f"S{number}",
                values={
                    "00080060": _element("CS", "CT"),
                    "00400002": _element("DA", f"2026112{3 + number}"),
                    "00400003": _element("TM", "0830"),
                },
            ),
        ),
        status=OrderStatus.SCHEDULED if number == 1 else OrderStatus.ON_HOLD,
    )


def _appointment(number: int, key: PatientKey, at: int) -> AppointmentStatement:
    return AppointmentStatement(
        key=f"AP{number}",
        patient=key,
        moment=Moment(at=at),
        order_key=f"O{number}",
        start=f"2026112{3 + number}083000",
        minutes=20,
        resource="CT 1",
        values={"services": ["CT of the chest"]},
        status=AppointmentStatus.BOOKED if number == 1 else AppointmentStatus.CANCELLED,
    )


def _element(vr: str, value: Any) -> Any:
    return {"vr": vr, "Value": [value]}
