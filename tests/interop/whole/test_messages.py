"""What a RIS says over MLLP, as modalities, browsers and other programs see it."""

import base64
import io
import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import func, select
from tests.databases import DatabaseServer, database_server, upgraded_database
from tests.interop.whole.ris import (
    Site,
    admission,
    eventually,
    message,
    omi,
    orm,
    pid,
    running_site,
)

from steckel.index.schema import patients
from steckel.ris.schema import report_versions, reports

__all__ = ["database_server", "upgraded_database"]
pytestmark = pytest.mark.interop

_numbers = count(1)
_MANY = 32
#: What a person waits for without noticing.
_AT_ONCE_SECONDS = 2.0


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: DatabaseServer,
    upgraded_database: str,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("ris")
    with running_site(folder, database_server, upgraded_database) as site:
        yield site


# ---- many at once


def test_many_connections_that_send_one_new_patient_make_one(
    site: Site, make_object: Callable[..., Dataset], tmp_path: Path
) -> None:
    person = pid("NEW1", "MARTIN^ÉLODIE")
    together = threading.Barrier(_MANY)
    codes: list[str] = []

    def send(number: int) -> None:
        first = admission(f"N{number}", "080000", person)
        second = orm(f"NO{number}", "080000", person, f"N{number}")
        with site.connect() as ris:
            together.wait()
            codes.extend(ris.send(first, second))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(_MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["AA"] * 2 * _MANY
    site.until_processed()
    of_it = patients.c.patient_id == "NEW1"
    assert site.scalar(select(func.count()).select_from(patients).where(of_it)) == 1
    found = site.worklist(PatientID="NEW1")
    assert sorted(item.AccessionNumber for item in found) == sorted(f"AN{n}" for n in range(_MANY))
    made = make_object(PatientID="NEW1", PatientBirthDate="19800229", PatientSex="F")
    made.SpecificCharacterSet, made.PatientName = "ISO_IR 192", "MARTIN^ÉLODIE"
    _store(site, made, tmp_path)
    with site.server.client() as browser:
        studies = browser.get("/dicomweb/studies", params={"PatientID": "NEW1"}).json()
        bundle = browser.get("/fhir/Patient", params={"identifier": "NEW1"}).json()
        page = browser.get("/api/patients", params={"search": "NEW1"}).json()
        record = browser.get(f"/api/patients/{page['items'][0]['key']}").json()
    assert (len(studies), len(bundle["entry"]), len(page["items"])) == (1, 1, 1)
    assert (len(record["orders"]), len(record["studies_list"])) == (_MANY, 1)


def _store(site: Site, made: Dataset, folder: Path) -> bytes:
    """Send an object as a modality does; return the bytes of its file."""
    path = folder / f"{made.SOPInstanceUID}.dcm"
    made.save_as(path, enforce_file_format=True)
    site.dcmtk("storescu", path)
    return path.read_bytes()


# ---- merge


def test_a_merge_is_seen_at_once_in_every_place_and_so_is_its_end(
    site: Site, make_object: Callable[..., Dataset], tmp_path: Path
) -> None:
    of_lea = {"PatientID": "M1", "PatientName": "DUPONT^LEA", "PatientBirthDate": "19800229"}
    made, other = (make_object(**of_lea, PatientSex="F") for _ in range(2))
    made.AccessionNumber = "AM1"
    study = str(made.StudyInstanceUID)
    person, survivor = pid("M1", "DUPONT^LEA"), pid("M2", "DURAND^LÉA")
    site.tell(
        admission("M-1", "080000", person),
        omi("M-2", "080100", person, "M1", study),
        omi("M-3", "080200", person, "M2", "1.2.77"),
        admission("M-4", "080300", survivor),
    )
    for one in (made, other):
        _store(site, one, tmp_path)
    eventually(lambda: _study_id(site, study) == "RM1")  # it was matched to its order
    _is_of(site, study, "M1", "DUPONT^LEA")
    before, bytes_before = _got(site, study), _sent(site, str(other.StudyInstanceUID))
    assert "OriginalAttributesSequence" not in before

    with site.connect() as ris:
        merged = message("ADT^A40^ADT_A39", "M-5", "090000", survivor, "MRG|M1^^^HOSP^PI")
        assert ris.send(merged.encode()) == ["AA"]
    eventually(lambda: _patient(site, study) == "M2", _AT_ONCE_SECONDS)
    _is_of(site, study, "M2", "DURAND^LÉA")
    got = _got(site, study)
    assert (got.PatientID, got.PatientName) == ("M2", "DURAND^LÉA")
    assert (got.AccessionNumber, got.StudyID) == ("AM1", "RM1")
    [told] = got.OriginalAttributesSequence
    [was] = told.ModifiedAttributesSequence
    assert (was.PatientID, was.PatientName) == ("M1", "DUPONT^LEA")
    with site.server.client() as browser:
        [said] = browser.get(f"/dicomweb/studies/{study}/metadata").json()
        page = browser.get("/api/patients", params={"search": "DURAND"}).json()
        record = browser.get(f"/api/patients/{page['items'][0]['key']}").json()
    assert said["00100020"]["Value"] == ["M2"]
    assert said["04000561"]["Value"][0]["04000550"]["Value"][0]["00100020"]["Value"] == ["M1"]
    assert [one["id"] for one in record["merged"]] == ["M1"]
    assert {one["accession"] for one in record["orders"]} == {"AM1", "AM2"}
    assert len(record["studies_list"]) == 2
    verified = site.server.cli("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr

    with site.connect() as ris:
        parted = message("ADT^A37^ADT_A37", "M-6", "100000", survivor, person)
        assert ris.send(parted.encode()) == ["AA"]
    eventually(lambda: _patient(site, study) == "M1", _AT_ONCE_SECONDS)
    _is_of(site, study, "M1", "DUPONT^LEA")
    after = _got(site, study)
    after.InstanceCoercionDateTime = before.InstanceCoercionDateTime
    assert after == before
    assert _sent(site, str(other.StudyInstanceUID)) == bytes_before


def _study_id(site: Site, study: str) -> str:
    [found] = site.find("STUDY", StudyInstanceUID=study, StudyID="")
    return str(found.StudyID or "")


def _patient(site: Site, study: str) -> str:
    """Return whose study it is as QIDO-RS says."""
    with site.server.client() as browser:
        [found] = browser.get("/dicomweb/studies", params={"StudyInstanceUID": study}).json()
    return str(found["00100020"]["Value"][0])


def _is_of(site: Site, study: str, patient_id: str, name: str) -> None:
    """Ask for the patient of a study and of an order, at every level."""
    wanted = {"PatientID": patient_id, "PatientName": ""}
    [patient] = site.find("PATIENT", **wanted)
    [found] = site.find("STUDY", StudyInstanceUID=study, PatientID="", PatientName="")
    assert (patient.PatientName, found.PatientID, found.PatientName) == (name, patient_id, name)
    assert len(site.find("STUDY", StudyInstanceUID="", PatientID=patient_id)) == 2
    assert _patient(site, study) == patient_id
    [item] = site.worklist(AccessionNumber="AM2")
    assert (item.PatientID, item.PatientName) == (patient_id, name)


def _sent(site: Site, study: str) -> bytes:
    """Get the one instance of a study by WADO-RS."""
    with site.server.client() as browser:
        accept = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
        answer = browser.get(f"/dicomweb/studies/{study}", headers=accept)
    _, _, part = answer.content.partition(b"\r\n\r\n")
    return part[: part.rindex(b"\r\n--")]


def _got(site: Site, study: str) -> Dataset:
    """Get the one instance of a study by C-GET and by WADO-RS, which are the same."""
    by_web = pydicom.dcmread(io.BytesIO(_sent(site, study)))
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}")
    with tempfile.TemporaryDirectory() as folder:
        site.dcmtk("getscu", "-S", "-od", folder, *keys)
        [file] = Path(folder).iterdir()
        by_dimse = pydicom.dcmread(file)
    assert by_dimse == by_web
    return by_web


# ---- documents and character sets


def _result(number: str, study: str, *observations: str, name: str = "DOE^JANE") -> bytes:
    """Return a final report of a study."""
    return message(
        "ORU^R01^ORU_R01", f"RES{number}", "110000", pid(number, name),
        f"OBR|1|P{number}^RIS|F{number}^RIS|CT^CT thorax^L{'|' * 21}F",
        f"OBX|1|ST|113014^DICOM Study^DCM||{study}||||||F", *observations,
    ).encode()  # fmt: skip


def _reports(site: Site, study: str) -> list[dict[str, Any]]:
    with site.server.client() as browser:
        answer = browser.get(f"/api/studies/{study}/reports")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def _body(site: Site, study: str) -> bytes:
    """Return the document of the one report of a study."""
    [report] = _reports(site, study)
    [document] = report["versions"][0]["documents"]
    with site.server.client() as browser:
        return browser.get(document["url"]).content


@pytest.mark.parametrize("mib", [1, 20])
def test_a_document_of_many_megabytes_comes_back_as_it_was(
    site: Site, make_object: Callable[..., Dataset], tmp_path: Path, mib: int
) -> None:
    made = make_object(PatientID=f"PDF{mib}", PatientName="DOE^JANE", PatientBirthDate="19800229")
    _store(site, made, tmp_path)
    study = str(made.StudyInstanceUID)
    document = b"%PDF-1.4\n" + random.Random(mib).randbytes(mib << 20) + b"\n%%EOF\n"
    encoded = base64.b64encode(document).decode()
    observation = f"OBX|2|ED|R^Report^L||^application^pdf^Base64^{encoded}||||||F"
    site.tell(_result(f"PDF{mib}", study, observation))
    assert _body(site, study) == document


_CDA = """<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3">
<id root="1.9" extension="DOC2"/><title>Compte rendu</title>
<recordTarget><patientRole><id root="1.2.3" extension="CDA1"/></patientRole></recordTarget>
<component><structuredBody><component><section><title>Résultat</title><text>Rien à signaler</text>
</section></component></structuredBody></component></ClinicalDocument>"""


def test_a_clinical_document_is_kept_as_it_came_and_can_be_read(
    site: Site, make_object: Callable[..., Dataset], tmp_path: Path
) -> None:
    made = make_object(PatientID="CDA1", PatientName="DOE^JANE", PatientBirthDate="19800229")
    _store(site, made, tmp_path)
    study = str(made.StudyInstanceUID)
    encoded = base64.b64encode(_CDA.encode()).decode()
    site.tell(_result("CDA1", study, f"OBX|2|ED|R^CR^L||^text^XML^Base64^{encoded}||||||F"))
    assert _body(site, study) == _CDA.encode()
    [report] = _reports(site, study)
    assert report["versions"][0]["title"] == "Compte rendu"
    assert "Rien à signaler" in report["versions"][0]["text"]


@pytest.mark.parametrize(
    ("declared", "codec", "said", "read"),
    [
        ("8859/1", "latin-1", "LEFÈVRE^ZOË", "LEFÈVRE^ZOË"),
        ("8859/15", "iso8859-15", "CŒUR^ŽOË", "CŒUR^ŽOË"),
        ("8859/2", "iso8859-2", "ŻÓŁĆ^ŁUCJA", "ŻÓŁĆ^ŁUCJA"),
        ("UNICODE UTF-8", "utf-8", "ŻÓŁĆ^山", "ŻÓŁĆ^山"),
        ("ASCII", "latin-1", "LEFÈVRE^ZOË", "LEFÈVRE^ZOË"),
        ("", "utf-8", "LEFÈVRE^ZOË", "LEFÈVRE^ZOË"),
        ("8859/1", "utf-8", "LEFÈVRE^ZOË", "LEFÈVRE^ZOË"),
        ("", "cp1252", "L\u2019ŒUVRE^ZOË", "L\u2019ŒUVRE^ZOË"),
        (
            "ISO IR87", "iso2022_jp",
            "YAMADA^TAROU^^^^^L^A~山田^太郎^^^^^L^I", "YAMADA^TAROU=山田^太郎",
        ),
        ("ASCII~ISO IR87", "iso2022_jp", "YAMADA^TAROU^^^^^L^A~山田^太郎^^^^^L^I",
         "YAMADA^TAROU=山田^太郎"),
    ],
    ids=["latin-1", "latin-9", "latin-2", "utf-8", "ascii-with-accents", "undeclared-utf-8",
         "wrongly-declared-utf-8", "windows", "kanji", "kanji-with-ascii"],
)  # fmt: skip
def test_a_name_is_right_in_the_worklist_and_text_in_a_report_whatever_they_came_in(
    site: Site, declared: str, codec: str, said: str, read: str
) -> None:
    number, text = str(next(_numbers)), f"{said.partition('^')[0]}: rien"
    person = pid(f"CS{number}", said)
    study = f"1.2.3.9.{number}"
    order = omi(f"CS-{number}", "080000", person, f"CS{number}", study).decode()
    result = _result(f"CS{number}", study, f"OBX|2|TX|R||{text}", name=said).decode()
    order, result = (one.replace("UNICODE UTF-8", declared) for one in (order, result))
    site.tell(order.encode(codec))
    [item] = site.worklist(PatientID=f"CS{number}")
    site.tell(result.encode(codec))  # which ends the order
    assert item.PatientName == read
    assert item.SpecificCharacterSet == "ISO_IR 192"
    reported = site.scalar(
        select(report_versions.c.text)
        .join(reports, reports.c.pk == report_versions.c.report_pk)
        .where(reports.c.study_uid == study)
    )
    assert reported == text
