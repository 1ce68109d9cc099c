"""What the invented RIS of the demo department says: patients, orders, appointments, a report.

The rule: it is as real as the images. The orders of what was examined lately have been done,
today's worklist is filled, one order fits its images badly, and one message cannot be used:
so every page has something to show.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from steckel.demo import agenda, people
from steckel.demo.acquisition import Visit
from steckel.demo.identity import accession_number, derive_number, derive_uid
from steckel.hl7.write import Builder, Content, Header, Party

_RIS: Final = Party(application="RIS-IMAGINAIRE", facility="CIL")
_STECKEL: Final = Party(application="STECKEL", facility="CIL")

#: Today's worklist: whose, where, what, at what time.
_PLANNED: Final = (
    ("nodule", "CT", "CT1", "TDM du thorax, contrôle", time(8, 0)),
    ("brain", "MR", "MR1", "IRM cérébrale", time(8, 20)),
    ("hand", "CR", "CR1", "Main droite, deux incidences", time(8, 40)),
    ("breast", "MG", "MG1", "Mammographie, deux incidences", time(9, 15)),
    ("heart", "US", "US1", "Échocardiographie", time(10, 0)),
    ("head", "CT", "CT1", "TDM cérébral sans injection", time(10, 30)),
    ("lungs", "CR", "CR1", "Thorax de face", time(11, 10)),
    ("fable", "CT", "CT1", "TDM de l'abdomen", time(13, 45)),
    ("baby", "US", "US1", "Échographie des hanches", time(14, 30)),
)
_RECENT_DAYS: Final = 400
#: A study whose order names another patient, as happens when two are mixed up at the desk.
_MIXED_UP: Final = ("hand", "fable")


def messages(today: date) -> list[bytes]:
    """Return the messages in the order in which they were sent; the same for the same day."""
    return list(_Sender(today).all())


class _Sender:
    def __init__(self, today: date) -> None:
        self._today = today
        self._everybody = people.patients(today)
        self._count = 0

    def all(self) -> Iterator[bytes]:
        dawn = datetime.combine(self._today - timedelta(days=_RECENT_DAYS), time(6))
        for patient in self._everybody.values():
            yield self._admission(patient, dawn)
        for appointment in agenda.appointments(self._today).values():
            visit = appointment.visit
            if (self._today - visit.when.date()).days < _RECENT_DAYS:
                yield self._order_of(visit)
        for planned in _PLANNED:
            yield from self._planned(*planned)
        yield self._unusable()

    def _begin(self, kind: tuple[str, ...], at: datetime) -> Builder:
        self._count += 1
        control_id = derive_number(self._today, "message", self._count, digits=10)
        return Builder(
            Header(
                sender=_RIS, receiver=_STECKEL, type=kind, control_id=control_id, at=at.astimezone()
            )
        )

    def _admission(self, patient: people.Patient, at: datetime) -> bytes:
        return (
            self._begin(("ADT", "A04", "ADT_A01"), at)
            .segment("EVN", {1: "A04", 2: _moment(at)})
            .segment("PID", _person(patient))
            .segment("PV1", {1: "1", 2: "O"})
            .build()
        )

    def _order_of(self, visit: Visit) -> bytes:
        """Return the order of what was examined, as it was placed the day before."""
        patient = visit.patient
        if patient.key == _MIXED_UP[0]:
            patient = self._everybody[_MIXED_UP[1]]
        number = accession_number(visit.when, visit.modality, visit.key)
        at = visit.when
        return self._order(
            patient,
            number=number,
            study_uid=derive_uid(self._today, visit.key, "study"),
            what=(visit.modality, f"{visit.modality}1", visit.description, visit.referrer),
            sent=at - timedelta(days=1),
            start=at,
        )

    def _planned(
        self, key: str, modality: str, station: str, what: str, at: time
    ) -> Iterator[bytes]:
        start = datetime.combine(self._today, at)
        sent = start - timedelta(days=2)
        patient = self._everybody[key]
        number = accession_number(start, modality, "planned", key)
        yield self._order(
            patient,
            number=number,
            study_uid=derive_uid(self._today, "planned", key),
            what=(modality, station, what, people.REFERRERS[0]),
            sent=sent,
            start=start,
        )
        yield (
            self._begin(("SIU", "S12", "SIU_S12"), sent)
            .segment("SCH", {2: number, 6: what, 9: "20", 10: "MIN", 26: number})
            .segment("TQ1", {1: "1", 7: _moment(start)})
            .segment("PID", _person(patient))
            .segment("AIS", {1: "1", 2: "A", 3: (modality, what), 4: _moment(start)})
            .segment("AIG", {1: "1", 2: "A", 3: (station, station)})
            .build()
        )

    def _order(
        self,
        patient: people.Patient,
        *,
        number: str,
        study_uid: str,
        what: tuple[str, str, str, str],
        sent: datetime,
        start: datetime,
    ) -> bytes:
        modality, station, description, referrer = what
        code = (f"CIL-{modality}", description, "L")
        return (
            self._begin(("OMI", "O23", "OMI_O23"), sent)
            .segment("PID", _person(patient))
            .segment("PV1", {1: "1", 2: "O"})
            .segment("ORC", {1: "NW", 2: number, 3: number, 5: "SC", 9: _moment(sent),
                             12: ("", *referrer.split("^"))})
            .segment("TQ1", {1: "1", 7: _moment(start), 9: "R"})
            .segment("OBR", {1: "1", 2: number, 3: number, 4: code})
            .segment("IPC", {1: number, 2: number, 3: study_uid, 4: number, 5: modality,
                             6: code, 7: station, 9: station})
            .build()
        )  # fmt: skip

    def _unusable(self) -> bytes:
        """Return a message whose accession number is longer than DICOM allows."""
        at = datetime.combine(self._today, time(7))
        number = f"CLINIQUE-IMAGINAIRE-{self._today:%Y%m%d}"
        return self._order(
            self._everybody["unknown"],
            number=number,
            study_uid=derive_uid(self._today, "unusable"),
            what=("CT", "CT1", "TDM cérébral, urgence", people.REFERRERS[1]),
            sent=at,
            start=at + timedelta(hours=1),
        )


def _person(patient: people.Patient) -> dict[int, Content]:
    alphabetic, *others = patient.name.split("=")
    names: list[tuple[str, ...]] = [_name(alphabetic, "A")]
    names += [_name(group, kind) for group, kind in zip(others, "IP", strict=False) if group]
    return {
        1: "1",
        3: (patient.identifier, "", "", people.ISSUER, "PI"),
        5: list(names),
        7: f"{patient.born:%Y%m%d}" if patient.born else "",
        8: patient.sex or "U",
    }


def _name(group: str, representation: str) -> tuple[str, ...]:
    """Return a name as XPN: family, given, middle, suffix, prefix, type, representation."""
    family, given, middle, prefix, suffix, *_ = [*group.split("^"), "", "", "", "", ""]
    return (family, given, middle, suffix, prefix, "", "L", representation)


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"
