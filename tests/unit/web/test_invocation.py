from typing import Any

import pytest

from steckel.errors import InvalidQuery
from steckel.web.invocation import PatientInvocation, StudyInvocation, read_invocation


def _of_patient(query: str) -> PatientInvocation:
    asked = read_invocation(f"requestType=PATIENT&{query}")
    assert isinstance(asked, PatientInvocation)
    return asked


def test_studies_are_named_by_lists() -> None:
    asked = read_invocation("requestType=study&studyUID=1.2,%201.3,&studyUID=1.4&nonsense=1")
    assert asked == StudyInvocation(study_uids=("1.2", "1.3", "1.4"))
    asked = read_invocation("accessionNumber=A%2F1,A2&requestType=STUDY&keyImagesOnly=true")
    assert asked == StudyInvocation(accession_numbers=("A/1", "A2"))


@pytest.mark.parametrize(
    ("value", "identifier", "authorities"),
    [
        ("4711", "4711", ()),
        ("4711^^^HOSP", "4711", ("HOSP",)),
        ("4711%5E%5E%5EHOSP", "4711", ("HOSP",)),
        ("4711^^^%261.2.3%26ISO", "4711", ("1.2.3",)),
        ("4711^^^HOSP%261.2.3%26ISO^PI", "4711", ("HOSP", "1.2.3")),
        ("4711^^^&1.2.3&ISO", "4711", ("1.2.3",)),
        ("4711%5e%5e%5eHOSP&1.2.3&ISO^PI", "4711", ("HOSP", "1.2.3")),
    ],
)
def test_a_patient_is_named_by_an_identifier_and_who_issued_it(
    value: str, identifier: str, authorities: tuple[str, ...]
) -> None:
    asked = _of_patient(f"patientID={value}&mostRecentResults=3")
    assert (asked.patient_id, asked.authorities) == (identifier, authorities)
    assert asked.most_recent == 3


@pytest.mark.parametrize(
    ("given", "lower", "upper"),
    [
        ("2026-03-01T10:15:30", "20260301101530", "20260301101530"),
        ("2026-03-01T10:15:30.25+01:00", "20260301101530", "20260301101530"),
        ("2026-03-01T10:15Z", "20260301101500", "20260301101559"),
        ("20260301", "20260301000000", "20260301235959"),
        ("2026030110", "20260301100000", "20260301105959"),
    ],
)
def test_a_time_is_as_wide_as_it_is_exact(given: str, lower: str, upper: str) -> None:
    asked = _of_patient(f"patientID=1&lowerDateTime={given}&upperDateTime={given}")
    assert (asked.lower, asked.upper) == (lower, upper)


def test_what_is_not_asked_for_does_not_restrict() -> None:
    asked = _of_patient("patientID=1&patientName=DOE^JANE&patientBirthDate=1961-03-04")
    assert not asked.is_restricted
    assert asked.birth_date == "19610304"
    assert _of_patient("patientID=1&modalitiesInStudy=ct,MR").modalities == ("CT", "MR")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "requestType is missing"),
        ("studyUID=1.2", "requestType is missing"),
        ("requestType=SERIES&studyUID=1.2", "neither STUDY nor PATIENT"),
        ("requestType=STUDY&requestType=PATIENT&studyUID=1.2", "given twice"),
        ("requestType=STUDY", "needs studyUID or accessionNumber"),
        ("requestType=STUDY&studyUID=,", "needs studyUID or accessionNumber"),
        ("requestType=STUDY&studyUID=//evil.example", "no UID"),
        ("requestType=STUDY&studyUID=" + "1." * 40 + "1", "no UID"),
        ("requestType=STUDY&accessionNumber=" + ",".join(map(str, range(51))), "too long"),
        ("requestType=STUDY&" + "a=1&" * 200, "too many parameters"),
        ("requestType=PATIENT", "needs patientID"),
        ("requestType=PATIENT&patientID=^^^HOSP", "needs patientID"),
        ("requestType=PATIENT&patientID=1&patientID=2", "given twice"),
        ("requestType=PATIENT&patientID=" + "1" * 300, "too long"),
        ("requestType=PATIENT&patientID=1&mostRecentResults=-1", "no number"),
        ("requestType=PATIENT&patientID=1&mostRecentResults=%C2%B2", "no number"),
        ("requestType=PATIENT&patientID=1&lowerDateTime=20260230", "no date or time"),
        ("requestType=PATIENT&patientID=1&upperDateTime=soon", "no date or time"),
        (
            "requestType=PATIENT&patientID=1&lowerDateTime=2026-03-02&upperDateTime=2026-03-01",
            "after upperDateTime",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(query: str, said: str) -> None:
    with pytest.raises(InvalidQuery, match=said):
        read_invocation(query)


@pytest.mark.parametrize("query", ["requestType=%ff", "%", "=&=", "requestType=STUDY&studyUID=%0a"])
def test_nonsense_is_refused_all_the_same(query: Any) -> None:
    with pytest.raises(InvalidQuery):
        read_invocation(query)
