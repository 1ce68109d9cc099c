"""A whole server, used by every door: what is in its audit trail, and what is not in its log."""

import csv
import io
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.sop_class import (
    PatientRootQueryRetrieveInformationModelFind,
    SecondaryCaptureImageStorage,
    StudyRootQueryRetrieveInformationModelMove,
)
from tests.e2e.made_instances import make_instance
from tests.ports import free_port
from tests.steckel_server import PASSWORD, SteckelServer, running_server

NAME, BIRTH, NUMBER = "Zebrafink^Quirinius", "19310417", "GEHEIM-4711"
WRONG = "mistyped-password-of-somebody"
#: None of it may be in a log, however it is spelled.
SECRETS = ("zebrafink", "quirinius", BIRTH, "1931-04-17", "geheim-4711", WRONG, PASSWORD)
ORDER = (
    "MSH|^~\\&|RIS|CLINIC|STECKEL|X|20261102080000||ORM^O01^ORM_O01|T1|P|2.5.1\r"
    f"PID|1||{NUMBER}^^^CLINIC||{NAME}||{BIRTH}|F\r"
    "ORC|NW|PL1|FI1||SC\rOBR|1|PL1|FI1|CTH^CT head^L|||||||||||||||ACC1|||||CT\r"
)


def instance(number: int) -> Dataset:
    dataset = dcmread(io.BytesIO(make_instance(number, kilobytes=4).file))
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = NAME, NUMBER, BIRTH
    return dataset


def release(association: Association) -> None:
    """End an association, and wait until its thread has closed the socket."""
    association.release()
    association.join(10.0)


class Tour:
    """Somebody who uses everything."""

    def __init__(self, server: SteckelServer) -> None:
        self.server = server
        self.study = str(instance(1).StudyInstanceUID)
        self.web = httpx.Client(base_url=server.url, auth=("admin", PASSWORD), timeout=60)

    def store(self) -> None:
        entity = AE(ae_title="TOURIST")
        entity.add_requested_context(SecondaryCaptureImageStorage, "1.2.840.10008.1.2.1")
        association = entity.associate("127.0.0.1", self.server.dicom_port)
        for number in (1, 2, 3):
            assert association.send_c_store(instance(number)).Status == 0
        release(association)

    def find(self) -> None:
        entity = AE(ae_title="TOURIST")
        entity.add_requested_context(PatientRootQueryRetrieveInformationModelFind)
        association = entity.associate("127.0.0.1", self.server.dicom_port)
        query = Dataset()
        query.QueryRetrieveLevel, query.PatientID, query.PatientName = "PATIENT", NUMBER, ""
        answers = list(association.send_c_find(query, PatientRootQueryRetrieveInformationModelFind))
        release(association)
        assert len(answers) == 2

    def move(self) -> None:
        port, taken = free_port(), []
        entity = AE(ae_title="ELSEWHERE")
        entity.add_supported_context(SecondaryCaptureImageStorage)

        def store(event: evt.Event) -> int:
            taken.append(event.request.AffectedSOPInstanceUID)
            return 0

        listening = entity.start_server(
            ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, store)]
        )
        added = self.server.cli("ae", "add", "ELSEWHERE", "127.0.0.1", port)
        assert added.returncode == 0, added.stderr
        entity.add_requested_context(StudyRootQueryRetrieveInformationModelMove)
        association = entity.associate("127.0.0.1", self.server.dicom_port)
        query = Dataset()
        query.QueryRetrieveLevel, query.StudyInstanceUID = "STUDY", self.study
        model = StudyRootQueryRetrieveInformationModelMove
        list(association.send_c_move(query, "ELSEWHERE", model))
        release(association)
        listening.shutdown()
        assert len(taken) == 3

    def look(self) -> None:
        for path in (
            f"/dicomweb/studies?PatientName={NAME}",
            f"/dicomweb/studies/{self.study}/metadata",
            f"/dicomweb/studies/{self.study}",
            f"/api/studies?search={NAME.partition('^')[0]}",
            f"/api/studies/{self.study}",
            f"/fhir/Patient?identifier={NUMBER}",
            "/api/patients?search=Zebra",
        ):
            assert self.web.get(path).status_code == 200, path
        key = self.web.get("/api/patients?search=Zebra").json()["items"][0]["key"]
        assert self.web.get(f"/api/patients/{key}").status_code == 200
        assert self.web.get(f"/api/no-such/{NUMBER}").status_code == 404
        assert self.web.get(f"/dicomweb/studies?PatientBirthDate={BIRTH}&wrong={NAME}")

    def fail(self) -> None:
        for name in ("admin", WRONG):
            wrong = {"name": name, "password": WRONG}
            headers = {"Origin": self.server.url}
            refused = httpx.post(f"{self.server.url}/api/login", json=wrong, headers=headers)
            assert refused.status_code == 401
        right = {"name": "admin", "password": PASSWORD}
        entered = httpx.post(f"{self.server.url}/api/login", json=right, headers=headers)
        assert entered.status_code == 200

    def order(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.hl7_port), timeout=30) as line:
            for text in (ORDER, ORDER.replace("ORM^O01^ORM_O01", "XXX^Y99"), f"junk {NAME}"):
                line.sendall(b"\x0b" + text.encode() + b"\x1c\r")
                assert line.recv(65536)

    def upload_what_is_none(self) -> None:
        files = {"file": (f"{NAME}.dcm", f"this is {NAME}".encode())}
        self.web.post("/api/uploads", files=files)
        self.web.post("/dicomweb/studies", content=NAME.encode(), headers={"Content-Type": "x/y"})
        broken = instance(9)
        del broken.StudyInstanceUID
        buffer = io.BytesIO()
        broken.save_as(buffer)
        self.web.post(
            "/dicomweb/studies",
            content=buffer.getvalue(),
            headers={"Content-Type": "application/dicom"},
        )

    def delete(self) -> None:
        assert self.web.delete(f"/api/studies/{self.study}").status_code == 204


@pytest.fixture(scope="module")
def toured(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[SteckelServer, list[dict[str, str]]]]:
    """A server after the tour, and its trail as the audit page exports it."""
    home: Path = tmp_path_factory.mktemp("audit") / "home"
    with running_server(home, STECKEL_LOG_LEVEL="debug") as server:
        tour = Tour(server)
        tour.store()
        tour.find()
        tour.move()
        tour.look()
        tour.fail()
        tour.order()
        tour.upload_what_is_none()
        tour.delete()
        tour.web.close()
        assert server.cli("user", "list").returncode == 0
        server.stop()
        server.start()
        table = httpx.get(
            f"{server.url}/api/audit/export.csv", auth=("admin", PASSWORD), timeout=60
        )
        assert table.status_code == 200
        yield server, list(csv.DictReader(io.StringIO(table.text)))


def kinds(trail: list[dict[str, str]], **wanted: str) -> list[str]:
    return [
        row["kind"] for row in trail if all(row[name] == value for name, value in wanted.items())
    ]


def test_the_log_names_nobody(toured: tuple[SteckelServer, list[dict[str, str]]]) -> None:
    log = toured[0].log.lower()
    assert "toured" not in log
    assert "association_accepted" in log, "a log that says nothing proves nothing"
    found = [line for line in log.splitlines() for secret in SECRETS if secret.lower() in line]
    assert found == []


def test_whatever_was_done_with_the_patient_is_in_the_trail(
    toured: tuple[SteckelServer, list[dict[str, str]]],
) -> None:
    done = kinds(toured[1], patient_id=NUMBER, patient_name=NAME)
    assert done.count("instances-accessed") == 1
    assert done.count("study-deleted") == 1
    # Stored, moved, and taken by WADO-RS.
    assert done.count("instances-transferred") == 3
    assert "patient-record" in done
    stored = [row for row in toured[1] if row["account"] == "TOURIST" and row["instances"]]
    assert [row["instances"] for row in stored] == ["3"]


def test_questions_logins_and_commands_are_in_the_trail(
    toured: tuple[SteckelServer, list[dict[str, str]]],
) -> None:
    trail = toured[1]
    asked = [row["query"] for row in trail if row["kind"] == "query"]
    assert any(NUMBER in text for text in asked), "the identifier of C-FIND"
    assert any("PatientName=Zebrafink" in text for text in asked)
    logins = [(row["account"], row["outcome"]) for row in trail if row["kind"] == "logged-in"]
    assert sorted(logins) == [("", "4"), ("admin", "0"), ("admin", "4")]
    (command,) = [row for row in trail if row["kind"] == "network-configured"]
    assert (command["via"], "ae add ELSEWHERE" in command["objects"]) == ("command", True)
    started = [row["objects"] for row in trail if row["kind"] == "application-started"]
    assert {"setting:web", "setting:dicom", "setting:hl7", "setting:worker"} <= set(started)
    assert len(kinds(trail, kind="application-stopped")) == 4


def test_no_password_is_in_the_trail(
    toured: tuple[SteckelServer, list[dict[str, str]]],
) -> None:
    assert WRONG not in repr(toured[1])
    assert PASSWORD not in repr(toured[1])


def test_the_chains_are_sound(toured: tuple[SteckelServer, list[dict[str, str]]]) -> None:
    checked = toured[0].cli("audit", "verify")
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.startswith("sound: ")


def test_what_a_killed_process_had_under_way_is_recorded_after_the_next_start(
    tmp_path: Path,
) -> None:
    with running_server(tmp_path / "home") as server:
        entity = AE(ae_title="CUTOFF")
        entity.add_requested_context(SecondaryCaptureImageStorage, "1.2.840.10008.1.2.1")
        association = entity.associate("127.0.0.1", server.dicom_port)
        assert association.send_c_store(instance(1)).Status == 0
        spool = tmp_path / "home" / "audit"
        for _ in range(300):
            if any(b"CUTOFF" in file.read_bytes() for file in spool.glob("*.jsonl")):
                break
            assert association.send_c_store(instance(1)).Status == 0
        connection = association.dul.socket.socket
        server.kill()
        association.abort()
        association.join(10.0)
        connection.close()  # pynetdicom leaves it open when the peer is gone
        server.start()
        found = httpx.get(
            f"{server.url}/api/audit?account=CUTOFF", auth=("admin", PASSWORD), timeout=60
        )
        assert [one["kind"] for one in found.json()["items"]] == ["instances-transferred"]
