"""Names of segments and fields, in both languages."""

import pytest

from steckel.hl7 import labels_en, labels_fr
from steckel.hl7.labels import field_label, field_labels, segment_label

EXPECTED = (
    "MSH MSA ERR EVN PID PD1 PV1 PV2 NK1 MRG ORC OBR OBX NTE TQ1 IPC ZDS SCH AIS AIG AIL AIP RGS"
    " TXA AL1 DG1 IN1 GT1 PRT SFT ZBE ZFA ZFD ZFP ZFV ZFM ZFS"
).split()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_segment_has_as_many_names_in_french_as_in_english(name: str) -> None:
    assert segment_label(name, "en")
    assert segment_label(name, "fr")
    english, french = field_labels(name, "en"), field_labels(name, "fr")
    assert len(english) == len(french) > 0
    assert all(english)
    assert all(french)
    assert all(len(label) <= 60 for label in (*english, *french))


def test_both_languages_name_the_same_segments() -> None:
    assert set(labels_en.FIELDS) == set(labels_en.SEGMENTS) == set(EXPECTED)
    assert set(labels_fr.FIELDS) == set(labels_fr.SEGMENTS) == set(EXPECTED)


@pytest.mark.parametrize(
    ("name", "field", "english", "french"),
    [
        ("MSH", 18, "Character set", "Jeu de caractères"),
        ("PID", 3, "Patient identifiers", "Identifiants du patient"),
        ("PID", 7, "Birth date", "Date de naissance"),
        ("PID", 32, "Identity reliability", "Fiabilité de l'identité"),
        ("PV1", 19, "Visit number", "Numéro de venue"),
        ("PV1", 44, "Admitted on", "Admis le"),
        ("PV2", 47, "Expected return", "Retour prévu"),
        ("ORC", 12, "Ordering provider", "Prescripteur"),
        ("OBR", 25, "Result status", "État du résultat"),
        ("OBR", 44, "Procedure code", "Code de l'acte"),
        ("OBX", 11, "Result status", "État du résultat"),
        ("TXA", 17, "Completion status", "État d'avancement"),
        ("SCH", 25, "Status", "État"),
        ("IN1", 36, "Policy number", "Numéro de police"),
        ("GT1", 51, "Employer's organization", "Organisation de l'employeur"),
        ("ZBE", 6, "Original event", "Événement d'origine"),
    ],
)
def test_a_field_is_called(name: str, field: int, english: str, french: str) -> None:
    assert field_label(name, field, "en") == english
    assert field_label(name, field, "fr") == french


def test_what_has_no_name_is_shown_without() -> None:
    assert segment_label("ZZZ", "en") == field_label("ZZZ", 1, "fr") == ""
    assert field_label("PID", 0, "en") == field_label("PID", 99, "en") == ""
    assert field_labels("ZZZ", "en") == ()
