"""The one table from errors to DIMSE statuses."""

import pytest

from steckel import errors
from steckel.dimse.status import comment_of, error_id_of, status_of
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


@pytest.mark.parametrize("kind", all_errors())
@pytest.mark.parametrize(
    "operation", [Operation.N_CREATE, Operation.N_SET, Operation.N_GET, Operation.N_ACTION]
)
def test_every_error_of_a_normalized_service_is_a_failure(
    kind: type[errors.SteckelError], operation: Operation
) -> None:
    assert status_of(kind("why"), operation) >> 8 in (0x01, 0x02)


@pytest.mark.parametrize(
    ("error", "of_set", "of_action"),
    [
        (errors.AlreadyThere("it"), 0x0111, 0x0131),
        (errors.NotFound("it"), 0x0112, 0x0112),
        (errors.MissingAttribute("it"), 0x0120, 0x0115),
        (errors.MissingValue("it"), 0x0121, 0x0115),
        (errors.InvalidAttribute("it"), 0x0106, 0x0115),
        (errors.NotDicom("it"), 0x0110, 0x0115),
        (errors.OutOfSpace("it"), 0x0213, 0x0213),
    ],
)
def test_statuses_of_normalized_services(
    error: errors.SteckelError, of_set: int, of_action: int
) -> None:
    assert status_of(error, Operation.N_SET) == of_set
    assert status_of(error, Operation.N_ACTION) == of_action


def test_what_may_no_longer_be_updated_has_an_error_id() -> None:
    assert error_id_of(errors.NotUpdatable("it has ended")) == 0xA710
    assert status_of(errors.NotUpdatable("it has ended"), Operation.N_SET) == 0x0110
    assert error_id_of(errors.NotFound("none")) is None
