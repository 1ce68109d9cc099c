"""dcmjs-dimse, a JavaScript implementation, as the modality."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.interop.dimse.test_workflow import ITEM
from tests.unit.dimse.running import House

from steckel.query.model import Key

pytestmark = pytest.mark.interop

MODULES = Path(__file__).parents[3] / "workstation" / "node_modules"
SCRIPT = Path(__file__).with_name("modality.mjs")


@pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "dcmjs-dimse").is_dir(),
    reason="node or its package dcmjs-dimse is not installed (npm ci in workstation/)",
)
def test_a_modality_of_another_make_does_its_day(house: House) -> None:
    house.worklist.items = [ITEM]
    done = subprocess.run(
        ["node", str(SCRIPT), str(MODULES), str(house.server.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["statuses"] == {"find": 0, "create": 0, "set": 0, "get": 0, "action": 0}
    [item] = told["items"]
    assert item["PatientName"][0]["Alphabetic"] == "LEFÈVRE^ZOË"
    assert item["ScheduledProcedureStepSequence"][0]["ScheduledStationAETitle"] == ["CT1", "CT2"]
    assert told["read"]["PerformedProcedureStepStatus"] == "COMPLETED"
    [event] = told["events"]
    assert (event["type"], event["data"]["TransactionUID"]) == (1, "2.25.77")
    assert house.commitments.delivered_keys == [0]
    [query] = house.worklist.queries
    assert Key(tag=0x00400002, value="20261124", within=(0x00400100,)) in query.keys
