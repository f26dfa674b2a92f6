"""Itemised usage as it is printed: by product, kind and visited network; one row a session, its tariffs by marks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from string import ascii_uppercase
from typing import Any, NamedTuple

from core.billing.page import Page
from core.usage import INCLUDED, UsageItem, UsageKey


class Tariff(NamedTuple):
    """What usage of a key is called on the bill, and whether it costs nothing because it is included."""

    name: str
    is_included: bool


Tariffs = Mapping[UsageKey, Tariff]
Marks = Mapping[UsageKey, str]


def itemised(page: Page, items: Sequence[UsageItem], tariffs: Tariffs) -> Iterator[dict[str, Any]]:
    """Yield the usage of each product, from all parts of usages on a bill, which come by product and time."""
    for product_id, mine in groupby(items, key=lambda item: item.used_product_id):
        kinds = sorted(mine, key=_kind_of)
        yield page.title(product_id) | {
            "kinds": [_kind(page, list(some), tariffs) for _, some in groupby(kinds, key=_kind_of)]
        }


def is_included(items: Collection[UsageItem]) -> bool:
    """Tell whether all usage of a key costs nothing because it is included: by an allowance, or at a price of nothing.

    What costs nothing only because it took no time, as a call that nobody answered, isn't included.
    """
    return not _amount(items) and any(item.key.tag == INCLUDED or item.quantity for item in items)


def by_key(items: Iterable[UsageItem]) -> dict[UsageKey, list[UsageItem]]:
    """Return usage by what it is totalled by on a bill."""
    found: dict[UsageKey, list[UsageItem]] = {}
    for item in items:
        found.setdefault(item.key, []).append(item)
    return found


def _kind_of(item: UsageItem) -> tuple[str, str]:
    # Sorting keeps the order in time.
    return item.usage_type, item.visited_network or ""


def _kind(page: Page, items: Sequence[UsageItem], tariffs: Tariffs) -> dict[str, Any]:
    kind, network = _kind_of(items[0])
    unit = items[0].key.unit
    used = by_key(items)
    ordered = sorted(used, key=lambda key: (not tariffs[key].is_included, tariffs[key].name, key))
    marks = {key: _mark(number) if len(ordered) > 1 else "" for number, key in enumerate(ordered)}
    sessions = [list(parts) for _, parts in groupby(items, key=lambda item: item.usage_id)]
    return {
        "name": page.words.get(kind, kind),
        "place": page.words["visited"].format(network=network) if network else "",
        "quantity": page.formats.usage(sum(item.quantity for item in items if item.key.unit == unit), unit),
        "amount": _charged(page, items, tariffs),
        "tariffs": [_tariff(page, used[key], tariffs, marks[key]) for key in ordered],
        "rows": [_row(page, parts, tariffs, marks) for parts in sessions],
    }


def _tariff(page: Page, items: Sequence[UsageItem], tariffs: Tariffs, mark: str) -> dict[str, str]:
    key = items[0].key
    used = page.used(len(items), sum(item.quantity for item in items), key.unit)
    return {"mark": mark, "name": tariffs[key].name, "detail": used, "amount": _charged(page, items, tariffs)}


def _row(page: Page, parts: Sequence[UsageItem], tariffs: Tariffs, marks: Marks) -> list[str]:
    """Return day, time, number called, parts where there are several, quantity, marks and amount of a session."""
    first = parts[0]
    return [
        page.formats.day(first.at),
        page.formats.time(first.at),
        page.formats.number(first.destination) if first.destination else "",
        ", ".join(_part(page, part, tariffs, marks) for part in parts) if len(parts) > 1 else "",
        page.formats.usage(sum(part.quantity for part in parts), first.key.unit),
        " + ".join(marks[part.key] for part in parts),
        _charged(page, parts, tariffs),
    ]


def _part(page: Page, part: UsageItem, tariffs: Tariffs, marks: Marks) -> str:
    said = f"{marks[part.key]} {page.formats.usage(part.quantity, part.key.unit)} {_charged(page, [part], tariffs)}"
    # A line ends between parts, not within one.
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def _charged(page: Page, items: Collection[UsageItem], tariffs: Tariffs) -> str:
    amount = _amount(items)
    is_free = not amount and any(tariffs[item.key].is_included for item in items)
    return page.words["included"] if is_free else page.formats.exact_money(amount, page.unit)


def _amount(items: Iterable[UsageItem]) -> Decimal:
    return sum((item.amount for item in items), Decimal(0))


def _mark(number: int) -> str:
    """Return A for 0, Z for 25, then AA."""
    return ascii_uppercase[number % 26] * (number // 26 + 1)
