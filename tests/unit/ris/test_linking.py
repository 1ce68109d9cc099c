"""Who is who follows from all links, in the order in which they were said."""

from hypothesis import given
from hypothesis import strategies as st

from steckel.ris.linking import Link, survivors
from steckel.ris.registers import Moment


def _link(prior: str, survivor: str, at: int) -> Link:
    return Link(prior, survivor, Moment(at=at))


def _apart(prior: str, other: str, at: int) -> Link:
    return Link(prior, "", Moment(at=at), other)


def test_a_chain_ends_at_its_last_survivor() -> None:
    found = survivors([_link("A", "B", 1), _link("B", "C", 2)])
    assert found == {"A": "C", "B": "C"}


def test_a_merge_is_taken_back_by_a_later_word() -> None:
    found = survivors([_link("A", "B", 1), _link("A", "", 2)])
    assert found == {}


def test_a_merge_that_comes_late_does_not_undo_its_undoing() -> None:
    found = survivors([_link("A", "", 2), _link("A", "B", 1)])
    assert found == {}


def test_the_later_of_two_opposite_merges_counts() -> None:
    found = survivors([_link("B", "A", 2), _link("A", "B", 1)])
    assert found == {"B": "A"}


def test_a_circle_is_opened_at_its_newest_link() -> None:
    found = survivors([_link("A", "B", 1), _link("B", "C", 2), _link("C", "A", 3)])
    assert found == {"B": "A", "C": "A"}


def test_who_is_parted_from_one_stays_merged_into_another() -> None:
    merged = _link("A", "X", 1)
    assert survivors([merged, _apart("A", "B", 2), _apart("B", "A", 2)]) == {"A": "X"}


def test_who_is_parted_from_one_stands_alone_and_keeps_those_merged_into_it() -> None:
    merged = [_link("C", "A", 1), _link("A", "B", 2), _link("B", "D", 3)]
    found = survivors([*merged, _apart("A", "B", 4), _apart("B", "A", 4)])
    assert found == {"C": "A", "B": "D"}


def test_parting_reaches_through_a_chain_and_takes_the_first_out_of_it() -> None:
    merged = [_link("A", "B", 1), _link("B", "C", 2)]
    assert survivors([*merged, _apart("A", "C", 3), _apart("C", "A", 3)]) == {"B": "C"}


def test_a_merge_after_the_parting_counts() -> None:
    assert survivors([_apart("A", "B", 2), _link("A", "B", 3)]) == {"A": "B"}


_LINKS = st.lists(
    st.builds(
        Link,
        st.sampled_from("ABCD"),
        st.sampled_from(["A", "B", "C", "D", ""]),
        st.builds(Moment, at=st.integers(0, 9)),
        st.sampled_from(["A", "B", "C", "D", ""]),
    ).filter(lambda link: link.prior not in (link.survivor, link.apart_from)),
    max_size=8,
)


@given(links=_LINKS, data=st.data())
def test_every_set_of_links_has_an_end_and_no_order(links: list, data: st.DataObject) -> None:
    found = survivors(links)
    assert not set(found) & set(found.values())
    assert survivors(data.draw(st.permutations(links))) == found
