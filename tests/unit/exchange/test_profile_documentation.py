"""docs/hl7.md has every table and field of a profile, and its example is one."""

import re
from pathlib import Path

from steckel.exchange.inbound.tables import FIELDS, TABLES
from steckel.exchange.profile_document import read_profile

_TEXT = Path("docs/hl7.md").read_text()


def test_the_example_is_a_profile() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", _TEXT, re.DOTALL)
    profile = read_profile("example", example)
    assert profile.stations[0].titles == ("CT1", "CT2")
    assert profile.tables["order-status"]["SC_A"] == "arrived"


def test_every_table_and_field_is_named_with_what_is_built_in() -> None:
    assert [name for name in TABLES if f"`{name}`" not in _TEXT] == []
    rows = [f"| `{name}` | {', '.join(paths.split('|'))} |" for name, paths in FIELDS.items()]
    assert [row for row in rows if row not in _TEXT] == []
