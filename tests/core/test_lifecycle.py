"""A table of moves allows what it says and names the way out when it refuses."""

import pytest

from core.errors import Conflict
from core.lifecycle import IllegalMove, Lifecycle

TABLE = Lifecycle.parse("draft -> open, gone\nopen -> gone\ngone", initial="draft")


def test_a_move_of_the_table_is_allowed_and_staying_is_too() -> None:
    assert TABLE.allows("draft", "open")
    assert TABLE.allows("gone", "gone")


def test_a_refused_move_names_the_attribute_and_the_states_that_may_follow() -> None:
    with pytest.raises(Conflict) as refusal:
        TABLE.check("open", "draft", "state")
    assert refusal.value.faults[0].path == "state"
    assert "allowed from 'open': gone" in refusal.value.reason


def test_a_refused_move_lists_the_states_that_whoever_asks_may_set() -> None:
    with pytest.raises(Conflict, match=r"allowed from 'draft': open$"):
        TABLE.check("draft", "lost", "state", {"open"})
    with pytest.raises(Conflict, match="none that a caller sets"):
        TABLE.check("open", "draft", "state", {"open"})


def test_a_state_without_a_line_is_a_mistake_in_the_table() -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        Lifecycle.parse("here -> elsewhere", initial="here")


def test_a_refusal_names_no_state_that_the_caller_is_shown_as_another() -> None:
    refusal = IllegalMove("waiting", "done", ["called off", "gone"], "none", "state")
    assert refusal.reason == "can't go from 'waiting' to 'done'; allowed from 'waiting': called off, gone"
    told = refusal.told({"waiting": "open", "called off": "failed"})
    assert told == "can't go from 'open' to 'done'; allowed from 'open': gone"
    assert refusal.told({"called off": "failed", "gone": "failed"}).endswith("allowed from 'waiting': none")
