"""Rates a set of usages: prices loaded and allowances locked once for all of them, then one usage after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from core.catalog import spelling
from core.clock import LATEST
from core.entity import Document
from core.period import Period
from core.service import Work
from core.usage.allowances import AllowanceKey, Balances, allowance_key, allowance_period
from core.usage.characteristics import MEASURED, instant_of, quantity_in, values_of
from core.usage.guiding import Guided
from core.usage.rating import INCLUDED, NotRatable, Part, rate
from core.usage.tariffs import Fit, Tariff, fitting, load_tariffs, out_of_bundle

MOMENT = timedelta(microseconds=1)


class Plan(NamedTuple):
    """What a usage is to be rated with: so many base units, allowances in their order, and the price beyond them."""

    period_start: datetime
    quantity: int
    allowances: list[Tariff]
    price: Tariff | None


class Rater:
    """Holds the prices of a set of usages, each with whom it was guided to, and the balances they draw on."""

    def __init__(self, work: Work, usages: Sequence[tuple[Document, Guided]]) -> None:
        catalogue = _Catalogue(_tariffs(work, usages))
        self._plans = {usage["id"]: _try_plan(usage, whose, catalogue) for usage, whose in usages}
        plans = (plan for plan in self._plans.values() if isinstance(plan, Plan))
        self._balances = Balances(work, {key for plan in plans for key in _keys(plan)})

    def rate(self, usage: Document) -> list[Part]:
        """Return the parts that a usage falls into, and draw them from the allowances. Raises NotRatable."""
        plan = self._plans[usage["id"]]
        if isinstance(plan, NotRatable):
            raise plan
        parts = rate(plan.quantity, plan.allowances, plan.price, lambda tariff: self._left(tariff, plan.period_start))
        for part in parts:
            if part.tag == INCLUDED:
                self._balances.draw(allowance_key(part.tariff, plan.period_start), part.counted)
        return parts

    def store(self) -> None:
        """Write what has been drawn from the allowances."""
        self._balances.store()

    def _left(self, tariff: Tariff, period_start: datetime) -> int:
        return self._balances.left(allowance_key(tariff, period_start), tariff.granted)


def _tariffs(work: Work, usages: Sequence[tuple[Document, Guided]]) -> Mapping[str, list[Tariff]]:
    times = [at for usage, _ in usages if (at := instant_of(usage))]
    if not times:
        return {}
    products = {product for _, whose in usages for product in whose.family}
    return load_tariffs(work, products, Period(min(times), min(max(times), LATEST - MOMENT) + MOMENT))


def _keys(plan: Plan) -> Iterable[AllowanceKey]:
    return (allowance_key(tariff, plan.period_start) for tariff in plan.allowances)


class _Catalogue:
    """The tariffs of products, and which of them fit what: usages alike in all that matters are looked up once."""

    def __init__(self, tariffs: Mapping[str, list[Tariff]]) -> None:
        self._tariffs = tariffs
        self._families: dict[tuple[str, ...], tuple[list[Tariff], list[str]]] = {}
        self._fits: dict[tuple[Any, ...], list[Fit]] = {}

    def fits(self, family: tuple[str, ...], values: Mapping[str, Any], at: datetime) -> list[Fit]:
        """Return the tariffs of a family that fit a usage with these characteristics at its time, closest first."""
        agreed, names = self._family(family)
        key = (family, *(spelling(values[name]) if name in values else None for name in names))
        fits = self._fits.get(key)
        if fits is None:
            fits = self._fits[key] = fitting(agreed, values)
        return [fit for fit in fits if fit.tariff.sold.contains(at)]

    def _family(self, family: tuple[str, ...]) -> tuple[list[Tariff], list[str]]:
        known = self._families.get(family)
        if known is None:
            agreed = [tariff for product in family for tariff in self._tariffs.get(product, ())]
            names = {condition.name for tariff in agreed for condition in tariff.price.conditions}
            known = self._families[family] = (agreed, sorted(names))
        return known


def _try_plan(usage: Document, whose: Guided, catalogue: _Catalogue) -> Plan | NotRatable:
    try:
        return _plan(usage, whose, catalogue)
    except NotRatable as refusal:
        return refusal


def _plan(usage: Document, whose: Guided, catalogue: _Catalogue) -> Plan:
    values, at = values_of(usage), instant_of(usage)
    assert at is not None, "a usage without a date is rejected before it is rated"
    fits = catalogue.fits(whose.family, values, at)
    if not fits:
        reason = f"no usage price of product '{whose.product_id}' applies to this usage on {usage['usageDate']}"
        raise NotRatable(reason)
    unit, quantity = _measured(usage, values, fits)
    counted = [fit for fit in fits if fit.tariff.unit == unit]
    for fit in counted:
        if fit.tariff.flaw:
            raise NotRatable(fit.tariff.flaw, code="priceUnusable")
    allowances = [fit.tariff for fit in counted if fit.tariff.price.allowance]
    return Plan(allowance_period(at), quantity, allowances, out_of_bundle(counted, whose.product_id))


def _measured(usage: Document, values: Mapping[str, Any], fits: Sequence[Fit]) -> tuple[str, int]:
    """Return the unit to rate in, that of the closest price for which the usage says an amount, and the amount."""
    for fit in fits:
        quantity = quantity_in(values, fit.tariff.unit)
        if quantity is not None:
            return fit.tariff.unit, quantity
    wanted = " or ".join(sorted({MEASURED[fit.tariff.unit] for fit in fits}))
    raise NotRatable(f"the amount used is missing; a characteristic {wanted} is expected", code="missing")
