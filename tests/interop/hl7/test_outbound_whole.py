"""A whole server: what the RIS says of a patient reaches the others, and not the RIS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.integration.exchange.mllp_receiver import MllpReceiver, accept
from tests.steckel_server import PASSWORD, SteckelServer
from tests.unit.exchange.doubles import until

pytestmark = [pytest.mark.interop, pytest.mark.timeout(240)]

CHANGE = (
    b"MSH|^~\\&|RIS|HOSPITAL|STECKEL||20260301120000||ADT^A08|%d|P|2.5.1\r"
    b"EVN||20260301120000\rPID|||P1^^^HOSPITAL||%s^JANE\rPV1||O\r"
)


@contextmanager
def listening() -> Iterator[MllpReceiver]:
    receiver = MllpReceiver()
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.kill()


def steckel(server: SteckelServer, *arguments: str) -> str:
    command = [sys.executable, "-m", "steckel", "destination", *arguments]
    done = subprocess.run(
        command, env=server.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_one_system_says_reaches_the_others_in_order_and_not_itself(tmp_path: Path) -> None:
    server = SteckelServer(home=tmp_path / "home")
    with listening() as emr, listening() as ris:
        ris.answer = lambda control_id: [accept(control_id)]
        server.start()
        try:
            for name, port in (("EMR", emr.port), ("RIS", ris.port)):
                steckel(
                    server, "add", name, "127.0.0.1", str(port), "--events", "patient-changed",
                    "--option", "not_from=RIS^HOSPITAL" if name == "RIS" else "facility=WARD",
                )  # fmt: skip
            with httpx.Client(base_url=server.url, auth=("admin", PASSWORD), timeout=20) as web:
                for number, name in enumerate((b"ONE", b"TWO", b"THREE")):
                    answer = web.post("/api/hl7", content=CHANGE % (number, name))
                    assert b"MSA|AA|" in answer.content
                    until(lambda number=number: len(emr.got) == number + 1)  # type: ignore[misc]
                page = web.get("/api/deliveries?destination=EMR&state=sent").json()
                figures = web.get("/metrics").text
            listed = json.loads(steckel(server, "list", "--json"))
        finally:
            server.stop()
    assert [one["type"] for one in page["items"]] == ["ADT^A08"] * len(page["items"])
    assert 'steckel_hl7_queue{destination="EMR",state="waiting"}' in figures
    assert [one["name"] for one in listed] == ["EMR", "RIS"]
    assert ris.got == []
    assert "ONE" not in server.log
