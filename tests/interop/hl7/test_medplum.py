"""@medplum/hl7, a JavaScript implementation, sends to a whole server."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message
from hl7apy.validation import Validator
from sqlalchemy import select
from tests.databases import DatabaseServer, database_server, upgraded_database
from tests.interop.whole.ris import Site, admission, message, orm, pid, running_site

from steckel.index.schema import patients

__all__ = ["database_server", "upgraded_database"]
pytestmark = pytest.mark.interop

MODULES = Path(__file__).parents[3] / "workstation" / "node_modules"
SCRIPT = Path(__file__).with_name("medplum.mjs")


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: DatabaseServer,
    upgraded_database: str,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("peers")
    with running_site(folder, database_server, upgraded_database) as site:
        yield site


@pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "@medplum" / "hl7").is_dir(),
    reason="node or its package @medplum/hl7 is not installed (npm ci in workstation/)",
)
def test_medplum_reads_each_acknowledgement(site: Site) -> None:
    done = subprocess.run(
        ["node", str(SCRIPT), str(MODULES), str(site.server.hl7_port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["original"] == ["AA", "MP1"]
    assert told["several"] == [["AA", f"MP2-{number}"] for number in range(20)]
    assert told["commit"] == ["CA", "MP3"]
    assert told["application"][0] == "AA"
    assert told["refused"] == ["AE", "MP5"]
    assert told["large"] == ["AA", "MP6"]
    site.until_processed()
    states = {one.control_id: one.state for one in site.messages()}
    assert states.pop("MP5") == "error"
    assert set(states.values()) <= {"processed", "warning"}
    known = select(patients.c.json).where(patients.c.patient_id == "MED1")
    assert "MARTIN^ÉLODIE" in site.scalar(known)


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"])
def test_hl7apy_finds_each_acknowledgement_from_the_wire_valid(site: Site, version: str) -> None:
    good = orm(f"V{version}", "080000", pid("V1", "DOE^JANE"), f"V{version.replace('.', '')}")
    nobody = admission(f"N{version}", "080000", pid("", "DOE^JANE"))
    unknown = message("ZZZ^Z01", f"Z{version}", "080000", pid("V1", "DOE^JANE")).encode()
    with site.connect() as ris:
        for sent, code in ((good, "AA"), (nobody, "AE"), (unknown, "AR")):
            ris.write(sent.replace(b"|2.5.1|", f"|{version}|".encode()))
            judged = parse_message(ris.read().decode(), validation_level=VALIDATION_LEVEL.STRICT)
            assert Validator.validate(judged)
            assert judged.msa.msa_1.value == code
