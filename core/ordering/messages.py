"""What is wrong with an order, as TMF622 words it: productOrderErrorMessage, one for each fault."""

from __future__ import annotations

from collections.abc import Iterable

from core.clock import wire_instant
from core.entity import Document
from core.errors import Fault
from core.ordering.items import items_of
from core.reading import Reading

OURS = frozenset({"held", "rejected", "failed"})


def note_faults(reading: Reading, order: Document, faults: Iterable[Fault], outcome: str) -> None:
    """Add a message for each fault: its code, the reason, the path as `message`, and as `status` what it leads to."""
    paths = {item.path: item.id for item in items_of(order)}
    messages = [_message(reading, order, paths, fault, outcome) for fault in faults]
    if messages:
        order["productOrderErrorMessage"] = [*(order.get("productOrderErrorMessage") or ()), *messages]


def forget_faults(order: Document) -> None:
    """Take our own messages back, before the order is judged anew; those that a caller sent stay."""
    messages = order.pop("productOrderErrorMessage", None) or []
    others = [message for message in messages if message.get("status") not in OURS]
    if others:
        order["productOrderErrorMessage"] = others


def _message(reading: Reading, order: Document, paths: dict[str, str], fault: Fault, outcome: str) -> Document:
    message: Document = {
        "@type": "ProductOrderErrorMessage",
        "code": fault.code,
        "reason": fault.reason,
        "message": fault.path,
        "status": outcome,
        "timestamp": wire_instant(reading.now),
    }
    within = [path for path in paths if fault.path == path or fault.path.startswith(f"{path}.")]
    if within:
        item_id = paths[max(within, key=len)]
        reference = {"@type": "ProductOrderItemRef", "productOrderId": order["id"], "productOrderItemId": item_id}
        message["productOrderItem"] = [reference]
    return message
