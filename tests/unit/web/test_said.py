"""The workstation has a translation of every sentence by which the server explains itself."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[3]
_SOURCE = _CHECKOUT / "src" / "steckel"
_ENGLISH = _CHECKOUT / "workstation" / "src" / "i18n" / "en.json"
#: Where the errors, reasons and warnings come from that a person reads in the workstation.
_FOLDERS = ("archive", "dicom", "ingest", "security", "web")
_ERRORS = re.compile(
    r"NotDicom|MissingIdentity|IdentityMismatch|PatientMismatch|RefusedByPolicy|TooLarge|NotFound"
    r"|NotAllowed|OutOfSpace|InvalidValue|AlreadyExists|NotAuthenticated|Unreadable|Skipped"
)
#: Said to programs alone: requests that no page of ours sends.
_TO_PROGRAMS = {
    "the Authorization header is neither Basic nor Bearer",
    "the Authorization header cannot be decoded",
    "the token is wrong or was revoked",
    "container · is not in the store",
    "batch · is not in the store",
    "batch · ends before its frames do",
    "a message has no more than · MiB here",
}


def _text(node: ast.expr) -> str:
    """Return a literal with a dot for whatever is filled in; empty if there is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "·" for part in node.values)
    return ""


def _sentences(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            given = [*node.args, *(each.value for each in node.keywords if each.arg == "reason")]
            if _ERRORS.fullmatch(name) or ast.unparse(node.func) == "warnings.append":
                yield from filter(None, map(_text, given))


def _said() -> list[re.Pattern[str]]:
    texts = json.loads(_ENGLISH.read_text(encoding="utf-8"))["said"].values()
    pieces = (re.split(r"\{\{\w+\}\}", text) for text in texts)
    return [re.compile(".+".join(map(re.escape, each))) for each in pieces]


def _untranslated(source: str) -> list[str]:
    said = _said()
    return [
        sentence
        for sentence in _sentences(source)
        if sentence not in _TO_PROGRAMS and not any(each.fullmatch(sentence) for each in said)
    ]


@pytest.mark.parametrize("folder", _FOLDERS)
def test_every_reason_is_known_to_the_workstation(folder: str) -> None:
    found = {
        path.name: missing
        for path in sorted((_SOURCE / folder).rglob("*.py"))
        if (missing := _untranslated(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_sentence_that_is_not_known_is_found() -> None:
    assert _untranslated('raise NotDicom(f"a {thing} of another kind")') == ["a · of another kind"]
    assert _untranslated('warnings.append("never heard of")') == ["never heard of"]
