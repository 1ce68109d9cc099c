import orjson
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.happenings import EVERYTHING_SAID, looked_at

from steckel.audit.document import body_of, event_of
from steckel.audit.event import Actor, Event, Query
from steckel.audit.kinds import Kind


def test_what_was_said_comes_back() -> None:
    assert event_of(body_of(EVERYTHING_SAID)) == EVERYTHING_SAID


def test_the_spelling_is_canonical_and_leaves_out_what_is_empty() -> None:
    body = body_of(looked_at())
    assert body == orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS).decode()
    assert "query" not in body
    assert "outcome" not in body


@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.binary(min_size=1), st.integers(0, 2**52)
)
def test_every_text_and_query_comes_back(name: str, asked: bytes, at: int) -> None:
    event = Event(kind=Kind.QUERY, at=at, actors=(Actor(name=name),), query=Query(text=asked))
    assert event_of(body_of(event)) == Event(
        kind=Kind.QUERY, at=at, actors=(Actor(name=name),), query=Query(text=asked), details=None
    )


def test_half_a_surrogate_pair_is_kept_as_what_it_was() -> None:
    event = Event(kind=Kind.QUERY, at=1, actors=(Actor(name="a\ud800"),))
    assert event_of(body_of(event)).account == "a\\ud800"
