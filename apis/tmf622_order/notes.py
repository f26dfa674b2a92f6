"""Remarks on orders: v4 has what is wrong with an order among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from apis.tmf630.dialect import Dialect
from apis.tmf630.differences import Difference, Step
from apis.tmf630.refusals import worded
from apis.tmf630.statements import Document, Names
from apis.tmf630.wordings import kinds
from core.ordering import OUTCOMES
from core.query import Condition, Path

# The identifier of a note that v4 adds is the place where v5 says it: so it is known when a client sends it back.
ADDED = re.compile(r"productOrderErrorMessage\[[0-9]+\]")


class Note(Difference):
    """Remarks: v4 has those that say why an order isn't well among the others, behind them."""

    def __init__(self, dialect: Callable[[], Dialect], **options: Any) -> None:
        super().__init__(**options)
        # That of orders, of which this is a part.
        self._dialect = dialect

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attribute that remarks are added from."""
        return ("productOrderErrorMessage",)

    def reading(self, names: Names) -> str:
        """Return what leaves only the remarks that somebody wrote."""
        return f"if 'note' in each: each['note'] = {names(_of_others)}(each['note'])"

    def writing(self, names: Names) -> str:
        """Return what adds what v5 says in `productOrderErrorMessage`."""
        return f"if 'productOrderErrorMessage' in each: {names(self._add)}(each)"

    def _add(self, order: Document) -> None:
        faults = order["productOrderErrorMessage"]
        told = enumerate(faults) if isinstance(faults, list) else ()
        remarks = [self._remark(index, each) for index, each in told if isinstance(each, dict)]
        if remarks:
            order["note"] = [*order.get("note", ()), *remarks]

    def is_as_stored(self, path: Path, _wanted: Condition) -> bool:
        """Tell whether a path leads to what v5 says; that is shown as it is, too."""
        return path[0] in self.names

    def step_back(self, path: Path) -> Step:
        """Leave the path as it is."""
        return Step(path[:1], path[1:])

    def _remark(self, index: int, fault: Mapping[str, Any]) -> Document:
        """Return a fault as a remark, with all that says something in its text, a path in words of v4.

        `index` is its place among all.
        """
        *said, path = (kinds.text(fault, part) for part in ("code", "reason", "message"))
        if fault.get("status") in OUTCOMES and path:
            path = worded(self._dialect(), path)
        text = ": ".join(filter(None, (*said, path)))
        at = {"date": fault["timestamp"]} if "timestamp" in fault else {}
        return {"@type": "Note", "id": f"productOrderErrorMessage[{index}]", "text": text, **at}


def _of_others(remarks: list[Any]) -> list[Any]:
    return [each for each in remarks if not ADDED.fullmatch(kinds.text(each, "id"))]
