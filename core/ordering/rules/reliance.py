"""What is sold on top of something else, an option for a line say, is ordered for one that it can be used with."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Reliance, reliance_of
from core.errors import Fault
from core.inventory import BELONGING
from core.ordering.case import Case
from core.ordering.items import Item, relationships_of
from core.ordering.places import Place, Places, key_of


def require_what_is_relied_on(case: Case) -> Iterator[Fault]:
    """Ask for what an addition must rely on by the catalog where it names nothing, and refuse what won't do.

    A product that becomes one of another offering stays where it is: only that may do or not.
    """
    named = [item for item in case.items if item.action == "add" or case.changes_offering(item)]
    relying = [(item, wanted) for item in named if (wanted := _reliance(case, item))]
    fitting = _Fitting(Places(case)) if relying else None
    for item, wanted in relying:
        assert fitting is not None, "made where any item relies on something"
        is_new = item.action == "add"
        path = _place_named(item) if is_new else f"{item.offering_path}.id"
        sold_for = f"offering '{item.offering_id}' is sold for a product of {wanted}"
        if path is None:
            reason = (
                f"{sold_for}; productRelationship or, for an item of the same order, productOrderItemRelationship "
                "names it with the type 'reliesOn'"
            )
            yield Fault(item.at("product.productRelationship"), "reliedOnMissing", reason)
        elif not fitting.holds(item, wanted):
            none = "this is, and has, none" if is_new else "what the product is an addition to is, and has, none"
            yield Fault(path, "reliedOnUnfit", f"{sold_for}; {none}")


def _reliance(case: Case, item: Item) -> Reliance | None:
    offer = case.offer_named(item)
    return reliance_of(offer, case.at) if offer else None


def _place_named(item: Item) -> str | None:
    """Return where an item says what it belongs to: by being inside of it, or by one of two relationships."""
    if item.parent is not None:
        return item.path
    for index, one in enumerate(item.product.get("productRelationship") or ()):
        if one.get("relationshipType") in BELONGING:
            return item.at(f"product.productRelationship[{index}].id")
    relied_on = {other.id for other in item.relied_on[:1]}
    return next((f"{path}.id" for path, _, other in relationships_of(item) if other in relied_on), None)


class _Fitting:
    """Which places will do for what wants something; what was found for one is known for all that is there."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[tuple[object, Reliance], bool] = {}

    def holds(self, item: Item, wanted: Reliance) -> bool:
        """Tell whether what an item belongs to will do, or may: what a new one names unknown has faults of its own.

        As in the inventory, it counts for the nearest product above it with a number, else for all of its bundle.
        """
        passed, answer = list[Place](), None
        for place in self._places.upwards(item):
            passed.append(place)
            answer = self._known.get((key_of(place), wanted), self._answer(place, wanted))
            if answer is not None:
                break
        if not passed:
            return item.action == "add"
        if answer is None:
            answer = any(wanted.admits(*self._places.sold_as(each)) for each in self._places.inside(passed[-1]))
        self._known |= {(key_of(place), wanted): answer for place in passed}
        return answer

    def _answer(self, place: Place, wanted: Reliance) -> bool | None:
        """Return what a place says by itself; None where what is above and beside it decides."""
        sold_as = self._places.sold_as(place)
        if not any(sold_as) or wanted.admits(*sold_as):
            return True
        return False if self._places.is_numbered(place) else None
