"""What is wrong with an order is a note in v4: one like any other, that isn't kept when a client sends it back."""

from __future__ import annotations

from core.entity import Document
from core.ordering import OUTCOMES
from tests.apis.generations import dumped, loaded

OURS = {
    "@type": "ProductOrderErrorMessage",
    "code": "invalidQuantity",
    "reason": "0 can't be ordered",
    "message": "productOrderItem[0].quantity",
    "status": "rejected",
    "timestamp": "2026-01-01T00:00:00.000Z",
}
THEIRS = {"@type": "Note", "id": "1", "text": "Call before delivery"}


def shown() -> list[Document]:
    """Return the notes of a rejected order that has one of its own."""
    notes: list[Document] = dumped("tmf622", "ProductOrder", note=[THEIRS], productOrderErrorMessage=[OURS, OURS])[
        "note"
    ]
    return notes


def test_a_fault_is_a_note_of_v4s_own_type() -> None:
    assert OURS["status"] in OUTCOMES
    theirs, *ours = shown()
    assert theirs["text"] == THEIRS["text"]
    assert [each.keys() for each in ours] == [{"@type", "id", "date", "text"}] * 2
    assert {each["@type"] for each in ours} == {"Note"}
    assert {each["text"] for each in ours} == {"invalidQuantity: 0 can't be ordered: productOrderItem[0].quantity"}
    assert len({each["id"] for each in shown()}) == 3


def test_notes_that_are_sent_back_as_they_were_shown_leave_what_somebody_wrote() -> None:
    assert loaded("tmf622", "ProductOrder", note=shown())["note"] == [THEIRS]
