"""Patients and studies that nobody has, as rows of the index: the same each time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from steckel.dicom import person_name
from steckel.index.summary import set_of

Row = dict[str, Any]

STUDIES_PER_PATIENT = 3
_ROOT = "1.2.826.0.1.3680043.10.1972.9"
_FIRST_DAY = date(2016, 1, 1)
_DAYS = 3650
_FAMILY = (
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent "
    "Lefèvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier "
    "Dupont Lambert Bonnet François Martinez Legrand Müller Schmidt Weber Rossi Bianchi Nguyen"
).split()
_GIVEN = (
    "Marie Jeanne Françoise Monique Catherine Nathalie Isabelle Jacqueline Anne Sylvie Jean "
    "Pierre Michel André Philippe René Louis Alain Jacques Bernard Émile Chloé Zoë Léa Hugo"
).split()
_REFERRING = ("HOUSE^GREGORY", "WATSON^JOHN", "GREY^MEREDITH", "ZHIVAGO^YURI", "MOREAU^ANNE")
_SOP_CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2", "MR": "1.2.840.10008.5.1.4.1.1.4",
    "CR": "1.2.840.10008.5.1.4.1.1.1", "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "US": "1.2.840.10008.5.1.4.1.1.6.1", "MG": "1.2.840.10008.5.1.4.1.1.1.2",
    "XA": "1.2.840.10008.5.1.4.1.1.12.1", "PT": "1.2.840.10008.5.1.4.1.1.128",
    "SR": "1.2.840.10008.5.1.4.1.1.88.67", "PR": "1.2.840.10008.5.1.4.1.1.11.1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exam:
    """A kind of examination: the modality of each series, and the images in each."""

    description: str
    body_part: str
    series: tuple[tuple[str, int], ...]


_EXAMS = (
    Exam("CT thorax", "CHEST", (("CT", 1), ("CT", 12), ("CT", 12), ("SR", 1))),
    Exam("CT abdomen and pelvis", "ABDOMEN", (("CT", 2), ("CT", 16), ("CT", 16), ("SR", 1))),
    Exam("CT head without contrast", "HEAD", (("CT", 1), ("CT", 10), ("CT", 10), ("SR", 1))),
    Exam("MRI brain", "HEAD", (("MR", 3), ("MR", 8), ("MR", 8), ("MR", 8), ("MR", 6))),
    Exam("MRI knee left", "KNEE", (("MR", 3), ("MR", 7), ("MR", 7), ("MR", 7))),
    Exam("Chest PA", "CHEST", (("CR", 1),)),
    Exam("Hand right", "HAND", (("DX", 2),)),
    Exam("Ultrasound abdomen", "ABDOMEN", (("US", 24),)),
    Exam("Mammography bilateral", "BREAST", (("MG", 1),) * 4 + (("PR", 1), ("SR", 1))),
    Exam("Coronary angiography", "HEART", (("XA", 6), ("XA", 6), ("XA", 4), ("SR", 1))),
    Exam("PET/CT whole body", "WHOLEBODY", (("CT", 1), ("CT", 15), ("PT", 15), ("PT", 15))),
)
_FREQUENCY = (12, 10, 10, 7, 5, 25, 12, 10, 5, 2, 2)


def patient(number: int, studies: int) -> Row:
    """Return a patient, who has so many studies."""
    rng = random.Random(number)
    name = f"{rng.choice(_FAMILY)}-{rng.choice(_FAMILY)}^{rng.choice(_GIVEN)}"
    identifier = f"PID{number:07d}"
    born = (date(1930, 1, 1) + timedelta(days=rng.randrange(32_000))).strftime("%Y%m%d")
    sex = rng.choice("FM")
    return {
        "pk": number,
        "identity": f"id\x1f\x1f{identifier}",
        "issuer": "",
        "patient_id": identifier,
        "name": person_name.normalise(name),
        "birth_date": born,
        "sex": sex,
        "search": " ".join([*person_name.words(name), identifier.lower()]),
        "json": _json(
            {
                "00100010": ("PN", {"Alphabetic": name}),
                "00100020": ("LO", identifier),
                "00100030": ("DA", born),
                "00100040": ("CS", sex),
            }
        ),
        "studies": studies,
    }


def study(number: int, owner: Row, times: int = 1) -> tuple[Row, Exam]:
    """Return a study of a patient, with so many times the images, and what was examined."""
    rng = random.Random(-number)
    [exam] = rng.choices(_EXAMS, _FREQUENCY)
    day = (_FIRST_DAY + timedelta(days=rng.randrange(_DAYS))).strftime("%Y%m%d")
    moment = f"{rng.randrange(7, 20):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}"
    accession, referring = f"A{number:08d}", rng.choice(_REFERRING)
    own = _json(
        {
            "00080020": ("DA", day),
            "00080030": ("TM", moment),
            "00080050": ("SH", accession),
            "00080090": ("PN", {"Alphabetic": referring}),
            "00081030": ("LO", exam.description),
            "0020000D": ("UI", f"{_ROOT}.{number}"),
            "00200010": ("SH", str(number)),
        }
    )
    modalities = [modality for modality, _ in exam.series]
    search = [owner["search"], accession.lower(), person_name.fold(exam.description)]
    row = {
        "pk": number,
        "uid": f"{_ROOT}.{number}",
        "patient_pk": owner["pk"],
        "patient_id": owner["patient_id"],
        "patient_name": owner["name"],
        "patient_birth_date": owner["birth_date"],
        "patient_sex": owner["sex"],
        "date": day,
        "time": moment,
        "accession": accession,
        "study_id": str(number),
        "description": exam.description,
        "referring": person_name.normalise(referring),
        "institution": "Bench",
        "modalities": set_of(modalities),
        "sop_classes": set_of(_SOP_CLASSES[modality] for modality in modalities),
        "body_parts": set_of([exam.body_part]),
        "search": " ".join(search),
        "json": f"{owner['json'][:-1]},{own[1:]}",
        "series": len(exam.series),
        "instances": times * sum(images for _, images in exam.series),
        "received": 1_700_000_000_000 + number * 1000,
        "changed": number,
        "created": number,
    }
    return row, exam


def series_of(study_number: int, exam: Exam, times: int = 1) -> Iterator[Row]:
    """Yield the series of a study, with so many times the images; a study has no more than ten."""
    for number, (modality, images) in enumerate(exam.series, start=1):
        uid = f"{_ROOT}.{study_number}.{number}"
        description = f"{exam.description} {number}"
        yield {
            "pk": study_number * 10 + number - 1,
            "study_pk": study_number,
            "uid": uid,
            "modality": modality,
            "number": number,
            "description": description,
            "body_part": exam.body_part,
            "station": f"{modality}{study_number % 3 + 1}",
            "json": _json(
                {
                    "00080060": ("CS", modality),
                    "0008103E": ("LO", description),
                    "0020000E": ("UI", uid),
                    "00200011": ("IS", number),
                }
            ),
            "instances": times * images,
            "changed": study_number,
        }


def instances_of(series: Row, container: int) -> Iterator[Row]:
    """Yield the instances of a series, in a container that is not there."""
    sop_class = _SOP_CLASSES[series["modality"]]
    for number in range(1, series["instances"] + 1):
        uid = f"{series['uid']}.{number}"
        yield {
            "series_pk": series["pk"],
            "uid": uid,
            "sop_class": sop_class,
            "number": number,
            "transfer_syntax": "1.2.840.10008.1.2.1",
            "container_pk": container,
            "offset": series["pk"] * 1_000_000 + number,
            "length": 530_000,
            "dataset_offset": 400,
            "digest": bytes(32),
            "json": _json(
                {
                    "00080016": ("UI", sop_class),
                    "00080018": ("UI", uid),
                    "00200013": ("IS", number),
                }
            ),
            "received": 1_700_000_000_000,
        }


def _json(elements: dict[str, tuple[str, Any]]) -> str:
    model = {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in elements.items()}
    return orjson.dumps(model).decode()
