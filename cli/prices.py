"""What is sold without a price that it has, as that one isn't launched yet: `bss doctor` lists it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cli.checks import Finding, listed
from core.catalog import is_in_the_making, is_on_sale, load_offers
from core.reading import Reading

PAGE = 500


def check_prices(reading: Reading) -> Iterator[Finding]:
    """List prices of the brand's offerings that orders leave out since they aren't launched: meant, or forgotten."""
    return listed("price", _left_out(reading), "none of what is on sale is still in the making")


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
