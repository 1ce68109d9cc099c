"""The one table from errors to DIMSE statuses."""

import pytest

from steckel import errors
from steckel.dimse.status import comment_of, status_of
from steckel.dimse.wire.command import Operation


def all_errors() -> list[type[errors.SteckelError]]:
    """Return the whole tree of `steckel.errors`."""
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SteckelError)
    ]


@pytest.mark.parametrize("kind", all_errors())
@pytest.mark.parametrize("operation", [Operation.C_STORE, Operation.C_FIND, Operation.C_MOVE])
def test_every_error_is_a_failure(kind: type[errors.SteckelError], operation: Operation) -> None:
    status = status_of(kind("why"), operation)
    assert status >> 12 in (0xA, 0xC) or status in (0x0110, 0x0124)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.OutOfSpace("full"), 0xA700),
        (errors.IdentityMismatch("other"), 0xA900),
        (errors.NotDicom("no"), 0xC000),
        (errors.MissingIdentity("no"), 0xC001),
        (errors.NotAllowed("no"), 0x0124),
        (errors.StorageFailure("no"), 0x0110),
    ],
)
def test_statuses_of_c_store(error: errors.SteckelError, status: int) -> None:
    assert status_of(error, Operation.C_STORE) == status


def test_a_bad_query_does_not_match_its_sop_class() -> None:
    assert status_of(errors.InvalidQuery("no level"), Operation.C_FIND) == 0xA900
    assert status_of(errors.StorageFailure("db"), Operation.C_FIND) == 0xC000


def test_a_comment_is_short_and_plain() -> None:
    comment = comment_of(errors.NotDicom("é\\" + "x" * 100))
    assert len(comment) == 64
    assert comment.startswith("?/x")
    assert comment_of(errors.NotDicom()) == "NotDicom"
