"""Orders keep to the table of moves, and the states of items make the state of the order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ordering.states import CANCELLATION, ITEM_STATES, ORDER, is_final, roll_up

# As TMF622 v5 publishes them: ProductOrderStateType, ProductOrderItemStateType, TaskStateType.
FOR_ITEMS = {
    "acknowledged",
    "rejected",
    "pending",
    "held",
    "inProgress",
    "cancelled",
    "completed",
    "failed",
    "partial",
    "assessingCancellation",
    "pendingCancellation",
}
FOR_TASKS = {"acknowledged", "rejected", "inProgress", "cancelled", "done", "terminatedWithError"}

states = st.sampled_from(sorted(FOR_ITEMS))


def test_the_states_are_those_of_the_standard() -> None:
    assert ORDER.states == FOR_ITEMS | {"draft", "inProgress.accepted"}
    assert ITEM_STATES == FOR_ITEMS
    assert CANCELLATION.states == FOR_TASKS


@given(st.lists(st.sampled_from(sorted(ORDER.states))))
def test_no_sequence_of_moves_leaves_the_table_or_a_final_state(wishes: list[str]) -> None:
    state = ORDER.initial
    for wish in wishes:
        if ORDER.allows(state, wish):
            assert not is_final(state) or wish == state
            state = wish
    assert state in ORDER.states


def test_every_state_of_an_order_can_come_to_an_end() -> None:
    ending = {state for state in ORDER.states if is_final(state)}
    while more := {s for s in ORDER.states - ending if ORDER.moves[s] & ending}:
        ending |= more
    assert ending == ORDER.states


@given(st.lists(states, min_size=1))
def test_the_whole_is_over_exactly_when_every_part_is(parts: list[str]) -> None:
    assert is_final(roll_up(parts)) == all(map(is_final, parts))


@given(st.lists(states, min_size=1), st.randoms())
def test_neither_order_nor_number_of_the_parts_matters(parts: list[str], random: object) -> None:
    shuffled = sorted(parts * 2, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert roll_up(shuffled) == roll_up(parts)


@given(states, st.integers(1, 5))
def test_parts_that_are_alike_make_the_whole_alike(state: str, count: int) -> None:
    assert roll_up([state] * count) == state


@given(st.lists(states, min_size=1), st.lists(states, min_size=1))
def test_groups_may_be_rolled_up_first_when_all_is_over(some: list[str], others: list[str]) -> None:
    over = [[state for state in each if is_final(state)] or ["completed"] for each in (some, others)]
    assert roll_up([roll_up(over[0]), roll_up(over[1])]) in {roll_up(over[0] + over[1]), "failed"}


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["completed", "failed"], "partial"),
        (["completed", "cancelled"], "partial"),
        (["failed", "partial"], "partial"),
        (["failed", "cancelled"], "failed"),
        (["cancelled", "rejected"], "cancelled"),
        (["completed", "acknowledged"], "inProgress"),
        (["completed", "inProgress", "held"], "held"),
        (["inProgress", "pending"], "pending"),
        (["held", "assessingCancellation"], "assessingCancellation"),
    ],
)
def test_parts_that_differ_make_the_whole_what_matters_most(parts: list[str], whole: str) -> None:
    assert roll_up(parts) == whole
