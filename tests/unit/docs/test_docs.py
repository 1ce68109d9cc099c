"""The documentation says what is: links lead somewhere, commands and settings exist."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
import typer

from steckel.server import cli
from steckel.server.cli_accounts import register
from steckel.server.cli_audit import register as register_audit
from steckel.server.cli_ca import register as register_ca
from steckel.server.cli_destinations import register as register_outbound
from steckel.server.settings import Settings

ROOT = Path(__file__).parents[3]
_LEFT_OUT = {".venv", "node_modules", "static", "test-results", "steckel-home", "steckel-demo"}

#: Variables of the test suite, and the prefix itself.
_NO_SETTINGS = re.compile(r"STECKEL_(?:TEST_\w+)?\Z")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?:^|[\s`(])(?:\.venv/bin/)?steckel ((?:[a-z]+)(?: [^`|;&)\n]*)?)")


def documents() -> list[Path]:
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not _LEFT_OUT.intersection(path.relative_to(ROOT).parts)
        and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_blocks(text: str) -> list[str]:
    """Indented and fenced code, each block as one string."""
    fenced = [match[1].strip() for match in re.finditer(r"```\w*\n(.*?)```", text, re.DOTALL)]
    without = re.sub(r"```\w*\n.*?```", "", text, flags=re.DOTALL)
    found = re.findall(r"(?:^ {4,}\S.*\n?)+", without, re.MULTILINE)
    return fenced + ["\n".join(line.strip() for line in one.splitlines()) for one in found]


def anchor_of(heading: str) -> str:
    """The fragment that GitHub gives to a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def headings(text: str) -> list[tuple[int, str]]:
    without = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [(len(m[1]), m[2]) for m in re.finditer(r"^(#+) (.+)$", without, re.MULTILINE)]


def broken_links(path: Path, text: str) -> Iterator[str]:
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, fragment = target.partition("#")
        pointed = (path.parent / file).resolve() if file else path
        if not pointed.exists() or (
            fragment
            and fragment
            not in {anchor_of(title) for _, title in headings(pointed.read_text(encoding="utf-8"))}
        ):
            yield target


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_link_and_image_leads_somewhere(path: Path) -> None:
    assert list(broken_links(path, path.read_text(encoding="utf-8"))) == []


def test_a_link_to_nowhere_is_noticed() -> None:
    text = "[a](nowhere.md) [b](README.md#no-such-heading) ![c](x.png) [d](README.md#licence)"
    found = list(broken_links(ROOT / "x.md", text))
    assert found == ["nowhere.md", "README.md#no-such-heading", "x.png"]


# ---- the two languages


def test_both_readmes_have_the_same_structure() -> None:
    levels = [
        [level for level, _ in headings((ROOT / name).read_text(encoding="utf-8"))]
        for name in ("README.md", "README.fr.md")
    ]
    assert levels[0] == levels[1]


def test_both_readmes_have_the_same_commands_and_images() -> None:
    english, french = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.fr.md")
    )
    assert code_blocks(english) == code_blocks(french)
    assert len(code_blocks(english)) >= 6
    images = [re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text) for text in (english, french)]
    assert images[0] == images[1]


# ---- commands


@cache
def steckel() -> click.Command:
    """The whole command, built as the entry point builds it."""
    app = typer.Typer()
    app.registered_commands = [*cli.app.registered_commands]
    app.registered_groups = [*cli.app.registered_groups]
    register(app, _no_desk)
    register_outbound(app, _no_desk)
    register_audit(app, _no_desk, _no_desk)
    register_ca(app, _no_desk, _no_desk)
    return typer.main.get_command(app)


def _no_desk() -> None:  # pragma: no cover
    raise AssertionError("a check of the documents opens nothing")


def wrong_commands(text: str) -> Iterator[str]:
    for line in _COMMAND.findall(text):
        words = line.replace("…", " ").rstrip(" .,:").split()
        problem = _problem(words)
        if problem:
            yield f"steckel {line}: {problem}"


def _problem(words: list[str]) -> str:
    command = steckel()
    while words and isinstance(command, click.Group | typer.core.TyperGroup):
        word = words.pop(0)
        # ``user add/list`` names several.
        names = word.strip("`").split("/")
        missing = [name for name in names if name not in command.commands]
        if missing:
            return f"there is no command {missing[0]}"
        command = command.commands[names[0]]
        if not words or words[0].startswith("`"):
            break
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    unknown = [w for w in words if w.startswith("--") and w.partition("=")[0] not in known]
    return f"there is no option {unknown[0]}" if unknown else ""


def commands_in(text: str) -> str:
    """What is written as code: prose may say "steckel" too."""
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join([*code_blocks(text), *inline])


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_command_exists_with_its_options(path: Path) -> None:
    text = commands_in(path.read_text(encoding="utf-8"))
    assert list(wrong_commands(text)) == []


def test_a_wrong_command_is_noticed() -> None:
    text = (
        "    steckel fly\n    steckel verify --fast\n    steckel ae rename X\n    steckel status\n"
    )
    assert len(list(wrong_commands(commands_in(text)))) == 3


# ---- settings


def unknown_settings(text: str) -> set[str]:
    known = {f"STECKEL_{name.upper()}" for name in Settings.__dataclass_fields__}
    found = set(re.findall(r"STECKEL_[A-Z0-9_]*", text))
    return {name for name in found - known if not _NO_SETTINGS.match(name)} - _IDENTIFIERS


#: No variables of the environment: the Implementation Version Name.
_IDENTIFIERS = {"STECKEL_0_1"}


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_variable_is_a_setting(path: Path) -> None:
    assert unknown_settings(path.read_text(encoding="utf-8")) == set()


def test_a_wrong_variable_is_noticed() -> None:
    assert unknown_settings("set STECKEL_HTPT or STECKEL_HTTP") == {"STECKEL_HTPT"}


def test_the_keys_of_the_example_files_are_settings() -> None:
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    keys = re.findall(r"^ +(\w+) = ", text, re.MULTILINE)
    assert len(keys) > 5
    assert set(keys) <= set(Settings.__dataclass_fields__)
