"""What a page goes on from is a number that we gave out."""

from typing import cast

import pytest

from steckel.errors import InvalidQuery
from steckel.ingest.conflicts import ConflictStore
from steckel.ingest.quarantine import QuarantineStore
from steckel.ingest.service import IngestService
from steckel.ingest.versions import Versions
from steckel.server.desks import ConflictDesk, QuarantineDesk


class Unasked:
    """A store that is asked for nothing."""

    def page(self, _limit: int, _cursor: int | None) -> None:
        raise AssertionError("it was asked")


@pytest.mark.parametrize("cursor", ["", "x", "-1", "²", "٣", "9" * 30])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    desks = (
        QuarantineDesk(cast("QuarantineStore", Unasked()), cast("IngestService", None)),
        ConflictDesk(cast("ConflictStore", Unasked()), cast("Versions", None)),
    )
    for desk in desks:
        with pytest.raises(InvalidQuery):
            desk.page(10, cursor)
