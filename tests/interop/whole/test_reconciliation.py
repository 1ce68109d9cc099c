"""Images that DCMTK sends find their order, or a person puts them right, over HTTP."""

import io
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import Engine, select
from tests.databases import DatabaseServer, database_server, upgraded_database
from tests.steckel_server import SteckelServer, running_server
from tests.unit.ris.said import order, patient

from steckel.index.engine import open_engine, writing
from steckel.ris.department import Department
from steckel.ris.model import OrderStatement, PatientStatement
from steckel.ris.schema import orders, steps

__all__ = ["database_server", "upgraded_database"]
pytestmark = pytest.mark.interop

STORESCU = Path("/usr/bin/storescu")
_PATIENCE_SECONDS = 30.0


@dataclass
class Site:
    """A server, its index, a browser, and a modality."""

    server: SteckelServer
    engine: Engine
    browser: httpx.Client
    folder: Path

    def say(self, *statements: PatientStatement | OrderStatement) -> None:
        department = Department(self.engine)
        with writing(self.engine) as connection:
            for one in statements:
                if isinstance(one, PatientStatement):
                    department.say_patient(connection, one)
                else:
                    department.say_order(connection, one)

    def send(self, made: Dataset) -> str:
        """Send an object as a modality does; return its Study Instance UID."""
        path = self.folder / f"{made.SOPInstanceUID}.dcm"
        made.save_as(path, enforce_file_format=True)
        call = [str(STORESCU), "-aet", "CT1", "-aec", "STECKEL", "127.0.0.1"]
        call += [str(self.server.dicom_port), str(path)]
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return str(made.StudyInstanceUID)

    def kinds(self, uid: str) -> list[str]:
        page = self.browser.get("/api/reconciliation?limit=500").json()
        return [row["kind"] for row in page["items"] if row["study"]["uid"] == uid]

    def decide(self, uid: str, what: str, **said: Any) -> dict[str, Any]:
        answer = self.browser.post(f"/api/reconciliation/studies/{uid}/{what}", json=said)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def qido(self, uid: str) -> tuple[str, str]:
        """Return Patient ID and Accession Number."""
        [found] = self.browser.get("/dicomweb/studies", params={"StudyInstanceUID": uid}).json()
        return _first(found, "00100020"), _first(found, "00080050")

    def wado(self, uid: str) -> Dataset:
        headers = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
        answer = self.browser.get(f"/dicomweb/studies/{uid}", headers=headers)
        assert answer.status_code == 200, answer.text
        _, _, part = answer.content.partition(b"\r\n\r\n")
        return pydicom.dcmread(io.BytesIO(part[: part.rindex(b"\r\n--")]))


def _first(found: dict[str, Any], key: str) -> str:
    values = found.get(key, {}).get("Value") or [""]
    return str(values[0])


def eventually(check: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not check():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: DatabaseServer,
    upgraded_database: str,
) -> Iterator[Site]:
    if not STORESCU.exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    home = tmp_path_factory.mktemp("reconciled") / "home"
    settings = {"STECKEL_SEAL_SECONDS": "0.5"}
    with (
        database_server.database(like=upgraded_database) as url,
        running_server(home, STECKEL_DATABASE_URL=url, **settings) as server,
        server.client() as browser,
    ):
        engine = open_engine(url)
        site = Site(server, engine, browser, home.parent)
        site.say(patient("P12345", "DOE^JANE", 1, "19700101"))
        yield site
        engine.dispose()


@pytest.fixture
def make_exam(make_object: Callable[..., Dataset]) -> Callable[..., Dataset]:
    """Return a maker of CT images of a registered patient, from the day of the orders."""

    def make(**values: object) -> Dataset:
        of_jane = {"PatientID": "P12345", "PatientName": "DOE^JANE", "PatientBirthDate": "19700101"}
        when = {"StudyDate": "20261124", "StudyTime": "0900", "AccessionNumber": ""}
        return make_object(**(of_jane | when | {"Modality": "CT"} | values))

    return make


def test_images_of_an_order_take_its_number_and_close_its_step(
    site: Site, make_exam: Callable[..., Dataset]
) -> None:
    made = make_exam()
    site.say(order("7", "P12345", 2, study_uid=str(made.StudyInstanceUID)))
    uid = site.send(made)
    eventually(lambda: site.qido(uid) == ("P12345", "A7"))
    got = site.wado(uid)
    assert got.AccessionNumber == "A7"
    [told] = got.OriginalAttributesSequence
    assert told.ModifiedAttributesSequence[0].AccessionNumber in ("", None)

    def is_completed() -> bool:
        statement = select(orders.c.status, steps.c.status, steps.c.is_open).join(
            steps, steps.c.order_pk == orders.c.pk
        )
        with site.engine.connect() as connection:
            row = connection.execute(statement.where(orders.c.accession == "A7")).one()
        return tuple(row) == ("completed", "COMPLETED", False)

    eventually(is_completed)
    assert site.kinds(uid) == []


def test_images_under_a_wrong_identifier_are_given_to_their_patient_and_back(
    site: Site, make_exam: Callable[..., Dataset]
) -> None:
    made = make_exam(PatientID="P99", AccessionNumber="A8")
    site.say(order("8", "P12345", 2))
    uid = site.send(made)
    eventually(lambda: site.kinds(uid) == ["wrong-patient"])
    shown = site.browser.get(f"/api/reconciliation/studies/{uid}").json()
    assert shown["source"] == "CT1"
    candidate = shown["orders"][0]["order"]
    assert candidate["accession"] == "A8"
    after = site.decide(uid, "assign-order", order=candidate["key"], reason="wristband")
    assert (after["kinds"], after["order"]["accession"]) == ([], "A8")
    assert site.qido(uid) == ("P12345", "A8")
    got = site.wado(uid)
    assert (got.PatientID, got.IssuerOfPatientID) == ("P12345", "HOSP")
    assert got.OriginalAttributesSequence[0].ModifiedAttributesSequence[0].PatientID == "P99"
    assert site.decide(uid, "undo")["kinds"] == ["wrong-patient"]
    assert site.qido(uid) == ("P99", "A8")
    assert "OriginalAttributesSequence" not in site.wado(uid)


def test_an_unknown_patient_is_registered(site: Site, make_exam: Callable[..., Dataset]) -> None:
    uid = site.send(make_exam(PatientID="NEW1", PatientName="NEW^NINA", StudyDate="20200101"))
    eventually(lambda: site.kinds(uid) == ["unknown-patient"])
    assert site.decide(uid, "register")["kinds"] == []
    assert site.decide(uid, "undo")["kinds"] == ["unknown-patient"]


def test_images_that_nobody_ordered_are_accepted(
    site: Site, make_exam: Callable[..., Dataset]
) -> None:
    site.say(order("9", "P12345", 2, date="20261115"))
    uid = site.send(make_exam(StudyDate="20261118"))
    eventually(lambda: site.kinds(uid) == ["unscheduled"])
    assert site.decide(uid, "accept", kind="unscheduled")["kinds"] == []
    assert site.kinds(uid) == []


def test_a_rule_is_tried_and_then_does_it_alone(
    site: Site, make_exam: Callable[..., Dataset]
) -> None:
    rule = {
        "name": "typos", "action": "assign", "kinds": ["unknown-patient"], "sources": ["CT1"],
        "id_differs": ["digit"], "same_person": True,
    }  # fmt: skip
    uid = site.send(make_exam(PatientID="P12354", StudyDate="20200101"))
    eventually(lambda: site.kinds(uid) == ["unknown-patient"])
    tried = site.browser.post("/api/matching-rules/dry-run", json=rule).json()
    assert [(one["study_uid"], one["patient"]) for one in tried["outcomes"]] == [(uid, "P12345")]
    assert site.qido(uid)[0] == "P12354"
    assert site.browser.post("/api/matching-rules", json=rule).status_code == 201
    second = site.send(make_exam(PatientID="P12435", StudyDate="20200102"))
    eventually(lambda: site.qido(second)[0] == "P12345")
    [entry] = site.browser.get(f"/api/reconciliation/studies/{second}").json()["decisions"]
    assert entry["by"] == "rule:typos"
