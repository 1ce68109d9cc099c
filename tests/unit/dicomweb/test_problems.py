"""Errors become statuses and reasons: every one, by one table each."""

import json

import pytest

from steckel import errors
from steckel.dicomweb.problems import problem_of, status_of
from steckel.dicomweb.refusals import NotAcceptable


def subclasses(kind: type) -> set[type]:
    found = {kind}
    for child in kind.__subclasses__():
        found |= subclasses(child)
    return found


@pytest.mark.parametrize("kind", sorted(subclasses(errors.InputError), key=lambda k: k.__name__))
def test_what_a_client_did_wrong_is_a_4xx(kind: type) -> None:
    assert 400 <= status_of(kind.__new__(kind)) < 500


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("x"), 404),
        (errors.NotAllowed("x"), 403),
        (errors.CannotRender("x"), 406),
        (errors.OutOfSpace("x"), 507),
        (errors.StorageFailure("x"), 503),
        (errors.SettingsError("x"), 500),
        (errors.TooLarge("x"), 413),
    ],
)
def test_other_errors_have_their_status(error: errors.SteckelError, status: int) -> None:
    assert status_of(error) == status


def test_a_problem_says_what_it_is() -> None:
    answer = problem_of(NotAcceptable("no such form", ("a/b",)))
    assert answer.media_type == "application/problem+json"
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Not Acceptable",
        "status": 406,
        "detail": "no such form",
        "available": ["a/b"],
    }
