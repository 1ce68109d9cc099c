"""Who works in the demo department and who comes to it. All invented, and meant to look so.

The family names say "sample", "fiction", "invented" in their languages. Each
record is written in the character set that a device of its country would use,
so that names travel through the archive in every encoding (PS3.5 6.1.2).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

INSTITUTION: Final = "Clinique Imaginaire du Lac"
ADDRESS: Final = "Chemin de la Fiction 1, 0000 Nulleville"
DEPARTMENT: Final = "Radiologie"
ISSUER: Final = "CLINIQUE-IMAGINAIRE"

LATIN_1: Final = ("ISO_IR 100",)
UNICODE: Final = ("ISO_IR 192",)
CYRILLIC: Final = ("ISO_IR 144",)
JAPANESE: Final = ("", "ISO 2022 IR 87")
KOREAN: Final = ("", "ISO 2022 IR 149")


@dataclass(frozen=True, kw_only=True)
class Patient:
    """An invented person, spelled as in the objects."""

    key: str
    name: str  #: alphabetic=ideographic=phonetic, as in PS3.5 6.2
    identifier: str
    born: date | None
    sex: str  #: M, F, O or empty when unknown
    charset: tuple[str, ...]
    birth_time: str = ""
    size: float | None = None  #: m
    weight: float | None = None  #: kg


def patients(today: date) -> dict[str, Patient]:
    """Return everybody by key; the baby's birthday depends on the day."""
    everybody = (*_FIXED, _baby(today))
    return {patient.key: patient for patient in everybody}


def _baby(today: date) -> Patient:
    return Patient(
        key="baby",
        name="Muster^Säugling",
        identifier="CIL-100077",
        born=today - timedelta(days=19),
        sex="",
        charset=LATIN_1,
        size=0.52,
        weight=3.6,
    )


_FIXED = (
    Patient(
        key="nodule",
        name="Chèvrefeuille-Fictif^Théophile^Émile^M.",
        identifier="CIL-100012",
        born=date(1957, 3, 14),
        sex="M",
        charset=LATIN_1,
        size=1.76,
        weight=81,
    ),
    Patient(
        key="brain",
        name="Kakuu^Hanako=架空^花子=かくう^はなこ",
        identifier="CIL-100023",
        born=date(1988, 11, 2),
        sex="F",
        charset=JAPANESE,
        size=1.61,
        weight=54,
    ),
    Patient(
        key="head",
        name="Mithal^Samir=مثال^سمير",
        identifier="CIL-100031",
        born=date(1971, 7, 30),
        sex="M",
        charset=UNICODE,
        size=1.79,
        weight=88,
    ),
    Patient(
        key="breast",
        name="Παραδείγματος^Ελένη",
        identifier="CIL-100038",
        born=date(1969, 5, 9),
        sex="F",
        charset=UNICODE,
        birth_time="0415",
        size=1.66,
        weight=67,
    ),
    Patient(
        key="heart",
        # 64 characters, the most that a group may have (PS3.5 6.2, PN)
        name="von Beispielhausen zu Musterstein-Erfundenheim^Leopoldine M.^^Dr",
        identifier="CIL-100044",
        born=date(1946, 1, 1),
        sex="F",
        charset=LATIN_1,
        size=1.58,
        weight=62,
    ),
    Patient(
        key="lungs",
        name="Выдумкина^Софья",
        identifier="CIL-100052",
        born=date(1979, 9, 21),
        sex="F",
        charset=CYRILLIC,
        size=1.70,
        weight=64,
    ),
    Patient(
        key="hand",
        name="Gasang^Minsu=假想^民秀=가상^민수",
        identifier="CIL-100059",
        born=date(1994, 4, 4),
        sex="M",
        charset=KOREAN,
        size=1.74,
        weight=70,
    ),
    Patient(
        key="unknown",
        name="Inconnu^Urgence 17",
        identifier="CIL-URG-0017",
        born=None,
        sex="",
        charset=LATIN_1,
    ),
    Patient(
        key="fable",
        name="O'Fabula^Pádraig",
        identifier="CIL-100066",
        born=date(1962, 12, 24),
        sex="M",
        charset=LATIN_1,
        size=1.83,
        weight=97,
    ),
)

REFERRERS: Final = (
    "Docteur-Fictive^Anne-Sophie^^Dr",
    "Fabulateur^Jean-Rémi^^Dr",
    "Inventioni^Chiara^^Dr",
    "Placeholder^Winston^^Dr",
)
READERS: Final = ("Radiologue-Imaginaire^Béatrice^^Dr", "Phantomas^Nikolai^^PD Dr")
OPERATORS: Final = ("Technicien^Tom", "Manip^Léa")
