"""The workstation has a translation of every sentence by which the server explains itself."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[3]
_SOURCE = _CHECKOUT / "src" / "steckel"
_ENGLISH = _CHECKOUT / "workstation" / "src" / "i18n" / "en.json"
#: Where the errors, reasons and warnings come from that a person reads in the workstation.
_FOLDERS = ("archive", "dicom", "ingest", "security", "web")
#: In these every sentence is a reason that a person reads, whoever passes it on.
_REASONS = ("exchange", "hl7", "ris", "mllp")
#: Sentences in them that no person reads in the workstation: logs, names of threads, what is
#: said to modalities and to programs that speak FHIR, and titles in documents.
_NOT_REASONS = {
    *("not reached", "message ·", "courier ·", "images of ·"),
    *("Imaging procedure", "Diagnostic imaging report", "Image viewer"),
    *("Number of Study Related Series", "Number of Study Related Instances"),
    *("outside of a frame", "longer than the limit", "a frame without an end"),
    *("· is no name of a segment", "· has no such field among ·", "ISO 8859-1 reads all bytes"),
    *("a message could not be read", "what it sends is not MLLP"),
    "unfinished messages take too much memory",
    *("cannot be reached", "did not acknowledge"),  # parts of "{{address}} … ({{reason}})"
    *("this Transaction UID was used before", "this Transaction UID is in use"),
    "there is no performed procedure step with this UID",
    "there is a performed procedure step with this UID",
    "· has to be IN PROGRESS at creation",
    "Performed Procedure Step Object may no longer be updated",
    *("· has none of its three values", "· is no UID", "· is missing", "· has no value"),
    *("there is no such ServiceRequest", "there is no such patient with an identifier"),
    *("· is not put in order by ·", "· is not found by ·", "there is no such ·"),
}
_ERRORS = re.compile(
    r"NotDicom|MissingIdentity|IdentityMismatch|PatientMismatch|RefusedByPolicy|TooLarge|NotFound"
    r"|NotAllowed|OutOfSpace|InvalidValue|AlreadyExists|NotAuthenticated|Unreadable|Skipped"
)
#: Said to programs alone: requests that no page of ours sends.
_TO_PROGRAMS = {
    # to modalities, by the rejection of their association
    *("a user and a passcode are asked for here", "a user has to give a passcode here"),
    "there is no such user",
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


def _literals(source: str) -> Iterator[str]:
    """Return what looks like a sentence: several words, at least one pair of them in small letters.

    What is said of a key of a document begins with a verb, and stands behind the key.
    """
    tree = ast.parse(source)
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in parts | prose:
            text = _text(node)
            if re.search(r"[a-z0-9)·]{2,},? [a-z·]|· [a-z]", text):
                yield f"· {text}" if re.match(r"(?:is|has) ", text) else text


def _said() -> list[re.Pattern[str]]:
    texts = json.loads(_ENGLISH.read_text(encoding="utf-8"))["said"].values()
    pieces = (re.split(r"\{\{\w+\}\}", text) for text in texts)
    return [re.compile(".+".join(map(re.escape, each))) for each in pieces]


def _unknown(sentences: Iterable[str]) -> list[str]:
    said = _said()
    return [each for each in sentences if not any(one.fullmatch(each) for one in said)]


def _untranslated(source: str) -> list[str]:
    return _unknown(each for each in _sentences(source) if each not in _TO_PROGRAMS)


def _unexplained(source: str) -> list[str]:
    return _unknown(each for each in _literals(source) if each not in _NOT_REASONS)


@pytest.mark.parametrize("folder", _FOLDERS)
def test_every_reason_is_known_to_the_workstation(folder: str) -> None:
    found = {
        path.name: missing
        for path in sorted((_SOURCE / folder).rglob("*.py"))
        if (missing := _untranslated(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize("folder", _REASONS)
def test_every_reason_of_messages_and_mismatches_is_known_to_the_workstation(folder: str) -> None:
    found = {
        path.name: missing
        for path in sorted((_SOURCE / folder).rglob("*.py"))
        if not path.name.startswith("labels_")
        if (missing := _unexplained(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_nothing_is_left_out_that_is_no_longer_said() -> None:
    said = {
        sentence
        for folder in _REASONS
        for path in (_SOURCE / folder).rglob("*.py")
        for sentence in _literals(path.read_text(encoding="utf-8"))
    }
    assert said >= _NOT_REASONS


def test_a_sentence_that_is_not_known_is_found() -> None:
    assert _untranslated('raise NotDicom(f"a {thing} of another kind")') == ["a · of another kind"]
    assert _untranslated('warnings.append("never heard of")') == ["never heard of"]
    assert _unexplained('_WHY = f"{place} was never heard of"') == ["· was never heard of"]
    assert _unexplained('def f() -> None:\n    """Say what was never heard of."""') == []
