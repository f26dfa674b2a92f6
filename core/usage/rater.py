"""Rates a set of usages: prices loaded and allowances locked once for all of them, then one usage after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

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
        tariffs = _tariffs(work, usages)
        self._plans = {usage["id"]: _try_plan(usage, whose, tariffs) for usage, whose in usages}
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
    return load_tariffs(work, products, Period(min(times), max(times) + MOMENT))


def _keys(plan: Plan) -> Iterable[AllowanceKey]:
    return (allowance_key(tariff, plan.period_start) for tariff in plan.allowances)


def _try_plan(usage: Document, whose: Guided, tariffs: Mapping[str, list[Tariff]]) -> Plan | NotRatable:
    try:
        return _plan(usage, whose, tariffs)
    except NotRatable as refusal:
        return refusal


def _plan(usage: Document, whose: Guided, tariffs: Mapping[str, list[Tariff]]) -> Plan:
    values, at = values_of(usage), instant_of(usage)
    assert at is not None, "a usage without a date is rejected before it is rated"
    agreed = (tariff for product in whose.family for tariff in tariffs.get(product, ()))
    fits = fitting(agreed, values, at)
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
