"""What is said adds up to the same, in whatever order it is heard."""

from hypothesis import given
from hypothesis import strategies as st

from steckel.ris.registers import Moment, Registers

_SAID = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
        st.integers(0, 4),
        st.uuids().map(str),
    ),
    max_size=6,
    unique_by=lambda said: said[2],
)


@given(said=_SAID, data=st.data())
def test_neither_order_nor_repeats_change_what_is_known(said: list, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations([*said, *said]))
    one, other = Registers(), Registers()
    for values, at, tie in said:
        one.say(values, Moment(at=at, tie=tie))
    for values, at, tie in shuffled:
        other.say(values, Moment(at=at, tie=tie))
    assert one.text() == other.text()


def test_an_older_statement_changes_nothing() -> None:
    registers = Registers()
    assert registers.say({"name": "new"}, Moment(at=2))
    assert not registers.say({"name": "old"}, Moment(at=1))
    assert registers.get("name") == "new"


def test_what_is_kept_is_read_back() -> None:
    registers = Registers()
    registers.say({"name": {"vr": "PN", "Value": ["A"]}}, Moment(at=2, tie="x"))
    again = Registers(registers.text())
    assert again.values() == registers.values()
    assert again.moment("name") == Moment(at=2, tie="x")
