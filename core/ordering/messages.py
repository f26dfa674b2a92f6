"""What is wrong with an order, as TMF622 words it: productOrderErrorMessage, one for each fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from core.clock import wire_instant
from core.entity import Document
from core.errors import Fault
from core.ordering.items import items_of
from core.reading import Reading

# What our own messages say in `status`; their `message` is the path of the fault.
OUTCOMES = ("held", "rejected", "failed")


def note_faults(reading: Reading, order: Document, faults: Iterable[Fault], outcome: str) -> None:
    """Add a message for each fault: its code, the reason, the path as `message`, and as `status` what it leads to."""
    paths = {item.path: item.id for item in items_of(order)}
    messages = [_message(reading, order, paths, fault, outcome) for fault in faults]
    if messages:
        order["productOrderErrorMessage"] = [*(order.get("productOrderErrorMessage") or ()), *messages]


def forget_faults(order: Document) -> None:
    """Take our own messages back, before the order is judged anew; those that a caller sent stay."""
    messages = order.pop("productOrderErrorMessage", None) or []
    others = [message for message in messages if message.get("status") not in OUTCOMES]
    if others:
        order["productOrderErrorMessage"] = others


def required_information(order: Document) -> Iterator[Document]:
    """Yield what a held order waits for: of each fault the change (RFC 6902) that mends it, its `value` left open."""
    for message in order.get("productOrderErrorMessage") or ():
        path = message.get("message")
        if message.get("status") == "held" and path:
            yield required_change(order, path)


def required_change(document: Document, path: str) -> Document:
    """Return the change (RFC 6902) that supplies what a document lacks at a path, its `value` left open."""
    steps = steps_of(path)
    pointer = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)
    return {"op": "add" if value_at(document, steps) is None else "replace", "path": pointer}


def steps_of(path: str) -> list[str]:
    """Return the steps of a path as faults have it: `productOrderItem[0].product`."""
    return [step for step in re.split(r"[.\[\]]+", path) if step]


def request_message(reading: Reading, fault: Fault, outcome: str) -> Document:
    """Return what a request to cancel an order has to say: as a message of an order, but about no item of it."""
    return {
        "@type": "ErrorMessage",
        "code": fault.code,
        "reason": fault.reason,
        "message": fault.path,
        "status": outcome,
        "timestamp": wire_instant(reading.now),
    }


def value_at(value: Any, steps: Sequence[str]) -> Any:
    """Return what is at a place of a document, None where nothing is."""
    for step in steps:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _message(reading: Reading, order: Document, paths: dict[str, str], fault: Fault, outcome: str) -> Document:
    message = request_message(reading, fault, outcome) | {"@type": "ProductOrderErrorMessage"}
    within = fault.path
    while within and within not in paths:
        within = within.rpartition(".")[0]
    if within:
        item_id = paths[within]
        reference = {"@type": "ProductOrderItemRef", "productOrderId": order["id"], "productOrderItemId": item_id}
        message["productOrderItem"] = [reference]
    return message
