"""A command loads what it uses: whoever types waits for every module."""

import subprocess
import sys
from pathlib import Path

import pytest

from steckel.server.preparing import prepare_database
from steckel.server.settings import load_settings
from steckel.server.wiring import House

_RUN = """
import sys
from steckel.server.cli import main

sys.argv = ["steckel", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
print(*sorted(sys.modules), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a command has loaded when it ends."""
    code = _RUN.format(arguments=arguments)
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout, run.stderr
    return set(run.stderr.splitlines()[-1].split())


def within(packages: set[str], modules: set[str]) -> list[str]:
    return sorted(
        name for name in modules if any(name == p or name.startswith(f"{p}.") for p in packages)
    )


@pytest.mark.parametrize("arguments", [("--help",), ("user", "--help"), ("destination", "--help")])
def test_help_loads_neither_the_database_nor_the_rooms(arguments: tuple[str, ...]) -> None:
    rooms = {"sqlalchemy", "argon2", "fastapi", "starlette"} | {
        f"steckel.{room}"
        for room in ("archive", "care", "exchange", "index", "query", "reporting", "ris", "web")
    }
    assert within(rooms, loaded_by(*arguments)) == []


def test_the_status_loads_neither_the_web_nor_what_speaks_to_others(tmp_path: Path) -> None:
    house = House(load_settings({"STECKEL_HOME": str(tmp_path)}, {}))
    prepare_database(house)
    house.close()
    loaded = loaded_by("status", "--home", str(tmp_path))
    doors = {
        *("fastapi", "starlette", "uvicorn", "steckel.web.api", "steckel.web.application"),
        *("steckel.dimse.scu", "steckel.upperlayer", "steckel.mllp", "steckel.exchange.inbound"),
        *("steckel.exchange.dry_run", "steckel.server.messages", "steckel.reporting"),
        *("steckel.fhir", "steckel.dicomweb", "steckel.imaging"),
    }
    assert within(doors, loaded) == []
