"""The whole harness at its smallest size, with the real peers: that it works, not how fast."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.contestants import DCMQRSCP, ORTHANC, STORESCP
from bench.dcmtk_clients import missing_client

_ROOT = Path(__file__).parents[2]
_PEERS = (ORTHANC, DCMQRSCP, STORESCP)
_MISSING = missing_client() or next(filter(None, (peer.missing for peer in _PEERS)), "")

pytestmark = [
    pytest.mark.interop,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(_MISSING), reason=f"{_MISSING} is not installed"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one run wrote; its inputs are kept where those of other runs are."""
    file = tmp_path_factory.mktemp("bench") / "results.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--size", "smoke", "--json", str(file)],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(file.read_text()))


def test_each_part_has_results(written: dict[str, Any]) -> None:
    parts = {result["part"] for result in written["results"]}
    assert parts == {
        "ingest",
        "retrieve",
        "query",
        "worklist",
        "messages",
        "web",
        "memory",
        "start",
    }


def test_steckel_takes_part_in_everything(written: dict[str, Any]) -> None:
    for result in written["results"]:
        assert "Steckel" in {row["name"] for row in result["rows"]}, result["title"]


def test_no_contestant_failed(written: dict[str, Any]) -> None:
    notes = [row["note"] for result in written["results"] for row in result["rows"]]
    assert [note for note in notes if note.startswith(("failed", "not stored"))] == []


def test_nothing_is_measured_as_no_time_at_all(written: dict[str, Any]) -> None:
    for result in written["results"]:
        if result["unit"] in ("s", "ms"):
            for row in result["rows"]:
                assert min(row["values"]) > 0, (result["title"], row)


def test_orthanc_is_beside_steckel_wherever_a_mark_names_it(written: dict[str, Any]) -> None:
    named = [result for result in written["results"] if result["marks"]]
    assert named
    for result in named:
        names = {row["name"] for row in result["rows"]}
        for mark in result["marks"]:
            if "Orthanc" in mark["mark"]:
                assert "Orthanc" in names, result["title"]


def test_the_machine_is_described(written: dict[str, Any]) -> None:
    assert {"date", "processor", "memory", "disk", "peers"} <= written["machine"].keys()
