from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.unit.web.house import House
from tests.unit.web.rooms import PATIENT, STUDY

pytestmark = pytest.mark.anyio

NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
OTHER = replace(PATIENT, key="k2", birth_date="19800101")
OLDER = replace(STUDY, uid="1.2.4", accession="A1", date="20190304", modalities=("MR",), time="08")
UNDATED = replace(STUDY, uid="1.2.5", date=None, time=None)


@pytest.fixture
def filled(house: House) -> House:
    house.catalogue.rows[:] = [replace(STUDY, accession="A1"), OLDER, UNDATED]
    return house


async def _asked(user: httpx.AsyncClient, query: str) -> httpx.Response:
    return await user.get(f"/IHEInvokeImageDisplay?{query}", headers=NAVIGATION)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("requestType=STUDY&studyUID=1.2.3", "/view/1.2.3"),
        ("requestType=STUDY&studyUID=1.2.4,1.2.3", "/view/1.2.4?with=1.2.3"),
        ("requestType=STUDY&studyUID=1.2.3,9.9", "/view/1.2.3"),
        ("requestType=STUDY&accessionNumber=A1", "/view/1.2.3?with=1.2.4"),
        ("requestType=STUDY&studyUID=1.2.4&accessionNumber=A1", "/view/1.2.4"),
        ("requestType=STUDY&studyUID=1.2.5&accessionNumber=A1", "/view/1.2.5"),
        ("requestType=PATIENT&patientID=P001", "/patients/k1"),
        ("requestType=PATIENT&patientID=P001&mostRecentResults=1", "/view/1.2.3"),
        ("requestType=PATIENT&patientID=P001&mostRecentResults=0", "/patients/k1"),
        (
            "requestType=PATIENT&patientID=P001&mostRecentResults=9",
            "/view/1.2.3?with=1.2.4&with=1.2.5",
        ),
        ("requestType=PATIENT&patientID=P001&modalitiesInStudy=MR,US", "/view/1.2.4"),
        ("requestType=PATIENT&patientID=P001&upperDateTime=2019-03-04T08:30", "/view/1.2.4"),
        ("requestType=PATIENT&patientID=P001&lowerDateTime=2019-03-04T08:30:00", None),
        ("requestType=PATIENT&patientID=P001&lowerDateTime=2019-03-04T09:00:00", "/view/1.2.3"),
    ],
)
async def test_it_leads_to_the_page_that_shows_what_is_asked_for(
    filled: House, user: httpx.AsyncClient, query: str, page: str | None
) -> None:
    response = await _asked(user, query)
    assert response.status_code == 302
    # A study of "some time after eight" may be one of after half past.
    assert response.headers["location"] == (page or "/view/1.2.3?with=1.2.4")
    assert response.headers["cache-control"] == "no-store"


async def test_more_than_fit_side_by_side_are_chosen_on_the_page_of_the_patient(
    house: House, user: httpx.AsyncClient
) -> None:
    house.catalogue.rows[:] = [replace(STUDY, uid=f"1.{n}", accession="A1") for n in range(9)]
    for query in (
        "requestType=STUDY&accessionNumber=A1",
        "requestType=PATIENT&patientID=P001&mostRecentResults=9",
    ):
        assert (await _asked(user, query)).headers["location"] == "/patients/k1"
    eight = await _asked(user, "requestType=PATIENT&patientID=P001&mostRecentResults=8")
    assert eight.headers["location"].count("with=") == 7


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "requestType is missing"),
        ("requestType=STUDY", 400, "needs studyUID or accessionNumber"),
        ("requestType=STUDY&studyUID=%3Cscript%3E", 400, "studyUID holds what is no UID"),
        ("requestType=STUDY&studyUID=1.2.4&accessionNumber=A2", 400, "name different studies"),
        ("requestType=STUDY&studyUID=9.9", 404, "there is no such study"),
        ("requestType=STUDY&accessionNumber=A9", 404, "there is no such study"),
        ("requestType=PATIENT&patientID=P001&modalitiesInStudy=PT", 404, "there is no such study"),
        ("requestType=PATIENT&patientID=P001&patientBirthDate=19700101", 404, "no such patient"),
    ],
)
async def test_a_person_reads_why_nothing_is_shown(
    filled: House, user: httpx.AsyncClient, query: str, status: int, said: str
) -> None:
    response = await _asked(user, query)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert said in response.text
    assert "<script" not in response.text
    plain = await user.get(f"/IHEInvokeImageDisplay?{query}")
    assert plain.status_code == status
    assert plain.headers["content-type"] == "application/problem+json"
    assert said in plain.json()["detail"]


async def test_images_of_two_patients_are_never_shown_as_those_of_one(
    house: House, user: httpx.AsyncClient
) -> None:
    house.catalogue.rows[:] = [
        replace(STUDY, accession="A1"),
        replace(STUDY, uid="1.2.4", accession="A1", patient=OTHER),
    ]
    for query in ("studyUID=1.2.3,1.2.4", "accessionNumber=A1"):
        response = await _asked(user, f"requestType=STUDY&{query}")
        assert response.status_code == 400
        assert "different patients" in response.text


async def test_a_patient_is_looked_up_by_identifier_and_authority(
    house: House, user: httpx.AsyncClient
) -> None:
    await _asked(user, "requestType=PATIENT&patientID=4711^^^HOSP%261.2.3%26ISO")
    assert house.patients.asked == [("4711", ("HOSP", "1.2.3"))]


async def test_of_several_patients_none_is_guessed(house: House, user: httpx.AsyncClient) -> None:
    house.patients.found = [PATIENT, OTHER]
    query = "requestType=PATIENT&patientID=P001"
    response = await _asked(user, query)
    assert response.status_code == 400
    assert "several patients" in response.text
    assert "DUPONT" not in response.text
    born = await _asked(user, f"{query}&patientBirthDate=1980-01-01")
    assert born.headers["location"] == "/patients/k2"
    house.patients.found = [PATIENT, replace(OTHER, name=replace(OTHER.name, alphabetic="ROE"))]
    named = await _asked(user, f"{query}&patientName=Dupont^Jeanne")
    assert named.headers["location"] == "/patients/k1"


async def test_nobody_is_not_found(house: House, user: httpx.AsyncClient) -> None:
    house.patients.found = []
    assert (await _asked(user, "requestType=PATIENT&patientID=P001")).status_code == 404


async def test_who_is_not_logged_in_comes_back_to_the_same_address(
    client: httpx.AsyncClient,
) -> None:
    address = "/IHEInvokeImageDisplay?requestType=PATIENT&patientID=4711^^^%261.2.3%26ISO"
    response = await client.get(address, headers=NAVIGATION)
    assert response.status_code == 303
    target = urlsplit(response.headers["location"])
    assert (target.netloc, target.path) == ("", "/login")
    following = parse_qs(target.query)["next"][0]
    assert following.replace("%5E", "^") == address
    assert (await client.get(address)).status_code == 401
