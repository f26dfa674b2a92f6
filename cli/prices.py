"""What is sold without a price that it has, as that one isn't launched yet: `bss doctor` lists it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cli.checks import Finding
from core.catalog import is_in_the_making, is_on_sale, load_offers
from core.context import Context
from core.domains import open_core
from core.reading import Reading
from core.settings import Settings

PAGE = 500
SHOWN = 50


def check_prices(settings: Settings) -> Iterator[Finding]:
    """List prices of the brand's offerings that orders leave out since they aren't launched: meant, or forgotten."""
    core = open_core(settings)
    try:
        with core.reading(Context(settings.tenant)) as reading:
            found = list(islice(_left_out(reading), SHOWN + 1))
    finally:
        core.dispose()
    for line in found[:SHOWN]:
        yield Finding("price", "doubtful", line)
    if len(found) > SHOWN:
        yield Finding("price", "doubtful", "and more that are left out")
    if not found:
        yield Finding("prices", "good", "none of what is on sale is still in the making")


def _left_out(reading: Reading) -> Iterator[str]:
    offerings = reading.each("ProductOffering")
    while page := list(islice(offerings, PAGE)):
        on_sale = [one["id"] for one in page if is_on_sale(one.get("lifecycleStatus"))]
        offers = load_offers(reading, on_sale)
        for identifier in on_sale:
            for price in offers[identifier].prices:
                state = price.get("lifecycleStatus")
                # One that was retired is not to be charged any more.
                if is_in_the_making(state):
                    yield f"'{price['id']}' is '{state}': whoever orders offering '{identifier}' is sold it without"
