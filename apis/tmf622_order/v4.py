"""What TMF622 v4 words differently: dates, identifiers and remarks of orders, what items refer to, some states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.differences import Difference, Document, Nearest, Owed, Step
from apis.tmf630.folding import Folded
from apis.tmf630.refusals import worded
from apis.tmf630.wordings import kinds
from apis.tmf630.wordings.parties import RelatedParty
from apis.tmf630.wordings.products import ProductRefOrValue, Term
from core.ordering import OUTCOMES
from core.query import Condition, Path

# The identifier of a note that v4 adds is the place where v5 says it: so it is known when a client sends it back.
ADDED = re.compile(r"productOrderErrorMessage\[[0-9]+\]")


class ExternalId(Difference):
    """What others call the order: one identifier in v4, of several that v5 can say."""

    shows_first = True

    def read_value(self, value: Any) -> Any:
        """Return the identifier as the only one."""
        return [{"@type": "ExternalIdentifier", "id": value}]

    def write_value(self, value: Any) -> Any:
        """Return the first identifier."""
        return next((each["id"] for each in value if "id" in each), None)

    def step(self, path: Path) -> Step:
        """Lead to the identifiers."""
        return Step(("externalId", "id"), path[1:])


class Note(Difference):
    """Remarks: v4 has those that say why an order isn't well among the others, behind them."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attribute that remarks are added from."""
        return ("productOrderErrorMessage",)

    def read(self, document: Document) -> None:
        """Leave only the remarks that somebody wrote."""
        if "note" in document:
            document["note"] = [each for each in document["note"] if not ADDED.fullmatch(kinds.text(each, "id"))]

    def write(self, document: Document) -> None:
        """Add what v5 says in `productOrderErrorMessage`."""
        faults = document.get("productOrderErrorMessage")
        told = enumerate(faults) if isinstance(faults, list) else ()
        remarks = [_remark(index, each) for index, each in told if isinstance(each, dict)]
        if remarks:
            document["note"] = [*document.get("note", ()), *remarks]

    def is_as_stored(self, path: Path, _wanted: Condition) -> bool:
        """Tell whether a path leads to what v5 says; that is shown as it is, too."""
        return path[0] in self.names

    def step_back(self, path: Path) -> Step:
        """Leave the path as it is."""
        return Step(path[:1], path[1:])


class RelatedChannel(Wording):
    """A sales channel with its part in the order: flat in v4."""

    channel = Folded(kinds.always("ChannelRef"), owed={"id": kinds.nothing})


class QuoteItem(Wording):
    """A pointer to an item of a quote."""

    quoteItemId = fields.Raw(data_key="id")


class QualificationItem(Wording):
    """A pointer to an item of a check that an offering can be had."""

    itemId = fields.Raw(data_key="id")


class ProductOrderItem(Wording):
    """An item."""

    itemTerm = fields.List(fields.Nested(Term))
    product = fields.Nested(ProductRefOrValue)
    productOfferingQualificationItem = fields.Nested(QualificationItem)
    productOrderItem = fields.List(fields.Nested(lambda: ProductOrderItem()))
    quoteItem = fields.Nested(QuoteItem)
    state = Nearest({"partial": "failed"})


class ProductOrder(Wording):
    """An order."""

    channel = fields.List(fields.Nested(RelatedChannel))
    creationDate = fields.Raw(data_key="orderDate")
    externalId = ExternalId(remark="v4 says the first one")
    note = Note(remark="v4 adds what v5 says in `productOrderErrorMessage`")
    productOrderItem = fields.List(fields.Nested(ProductOrderItem))
    relatedParty = fields.List(fields.Nested(RelatedParty))
    # What test kits of v4 look for in every order.
    parties = Owed("relatedParty", [])
    state = Nearest({"draft": "pending", "inProgress.accepted": "inProgress"})


class CancelProductOrder(Wording):
    """A request to cancel an order."""

    state = Nearest({"rejected": "terminatedWithError", "cancelled": "terminatedWithError"})


def _remark(index: int, fault: Mapping[str, Any]) -> Document:
    """Return a fault as a remark, with all that says something in its text, a path in words of v4.

    `index` is its place among all.
    """
    *said, path = (kinds.text(fault, part) for part in ("code", "reason", "message"))
    if fault.get("status") in OUTCOMES and path:
        path = worded(DIALECTS["ProductOrder"], path)
    text = ": ".join(filter(None, (*said, path)))
    at = {"date": fault["timestamp"]} if "timestamp" in fault else {}
    return {"@type": "Note", "id": f"productOrderErrorMessage[{index}]", "text": text, **at}


DIALECTS = {"ProductOrder": Dialect(ProductOrder), "CancelProductOrder": Dialect(CancelProductOrder)}
