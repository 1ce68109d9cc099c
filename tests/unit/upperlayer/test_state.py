"""The state table: total, and the standard's."""

from itertools import product

import pytest
from pynetdicom.fsm import TRANSITION_TABLE

from steckel.upperlayer.state import NEXT_STATES, TRANSITIONS, Action, Event, State


def test_every_state_and_event_has_a_cell() -> None:
    assert set(TRANSITIONS) == set(product(State, Event))


def test_every_action_is_used_and_leads_somewhere() -> None:
    assert {action for action in TRANSITIONS.values() if action} == set(Action)
    assert set(NEXT_STATES) == set(Action)


def test_every_state_can_be_reached_from_idle() -> None:
    reached, frontier = {State.STA1}, [State.STA1]
    while frontier:
        state = frontier.pop()
        for event in Event:
            action = TRANSITIONS[state, event]
            for following in NEXT_STATES[action] if action else ():
                if following not in reached:
                    reached.add(following)
                    frontier.append(following)
    assert reached == set(State)


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_the_table_is_the_one_another_implementation_read_from_the_standard(
    state: State, event: Event
) -> None:
    theirs = TRANSITION_TABLE.get((f"Evt{event.value}", f"Sta{state.value}"))
    ours = TRANSITIONS[state, event]
    assert (ours.value if ours else None) == theirs
