"""A whole server: a result comes by HL7, is archived with its study, and read everywhere."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from tests.steckel_server import SteckelServer, running_server
from tests.unit.reporting.department import CT, PDF, image

from steckel.dicom.encode import encode_dataset
from steckel.dicom.part10 import encode_meta
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN

_SECONDS = 60.0
_RESULT = "\r".join(
    (
        "MSH|^~\\&|RIS|HOSP|PACS||20261124120000+0000||ORU^R01|C1|P|2.5.1||||||UNICODE UTF-8",
        "PID|1||P1||Müller^Zoé||19610304|F",
        "OBR|1|PL1|FI1|CT^CT of the chest^L||||||||||||||A1|||||||F",
        "OBX|1|TX|18748-4^Report^LN||Indication: cough||||||F",
        "OBX|2|TX|18748-4^Report^LN||Conclusion: normal||||||F",
        f"OBX|3|ED|18748-4^Report^LN||^application^pdf^Base64^{base64.b64encode(PDF).decode()}||||||F",
    )
)  # fmt: skip


def _until(done: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _SECONDS
    while True:
        found = done()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def _documents(client: httpx.Client) -> list[str]:
    answer = client.get("/dicomweb/studies/1.2.3/instances")
    classes = [one["00080016"]["Value"][0] for one in answer.json()]
    return sorted(found for found in classes if found != CT)


def _send(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/hl7-v2"}
    answer = client.post("/api/hl7", content=_RESULT.encode(), headers=headers)
    assert "MSA|AA|C1" in answer.text


def _archive(client: httpx.Client) -> None:
    head = encode_meta(
        sop_class_uid=CT,
        sop_instance_uid="1.2.3.1.1",
        transfer_syntax=EXPLICIT_VR_LITTLE_ENDIAN,
    )
    part10 = head + encode_dataset(image("1.2.3"), EXPLICIT_VR_LITTLE_ENDIAN)
    body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + part10 + b"\r\n--b--\r\n"
    kind = 'multipart/related; type="application/dicom"; boundary=b'
    answer = client.post("/dicomweb/studies", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200


def _check_everywhere(client: httpx.Client) -> None:
    (report,) = client.get("/api/studies/1.2.3/reports").json()["items"]
    (version,) = report["versions"]
    assert version["status"] == "final"
    assert "normal" in version["text"]
    assert client.get(version["documents"][0]["url"]).content == PDF
    found = client.get("/fhir/DiagnosticReport?imaging-study=1.2.3").json()["entry"]
    assert found[0]["resource"]["imagingStudy"] == [{"reference": "ImagingStudy/1.2.3"}]


def test_a_result_is_archived_with_its_study_once(tmp_path: Path) -> None:
    wanted = ["1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.88.11"]
    with running_server(tmp_path / "home") as server, server.client() as client:
        _send(client)
        _until(lambda: client.get("/fhir/DiagnosticReport").json().get("entry"))
        _archive(client)
        _until(lambda: _documents(client) == wanted)
        _check_everywhere(client)
        _again(server)
        _send(client)
        assert _documents(client) == wanted
        _check_everywhere(client)


def _again(server: SteckelServer) -> None:
    server.kill()
    server.start()
