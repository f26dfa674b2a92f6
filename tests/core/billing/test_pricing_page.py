"""What docs/pricing.md shows is what happens: its prices are sold, its usages sent, and its results are the results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest

from core.billing import run_bills
from core.context import Context
from core.entity import Document
from core.service import Core
from core.storage.json import loads
from tests.architecture.sources import ROOT
from tests.builders.billing import a_paying_subscriber, bills, lines
from tests.builders.customer import a_customer
from tests.builders.ordering import CUSTOMER, an_item, an_order

BLOCK = re.compile(r"^```json (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MID_JANUARY = "2026-01-15T00:00:00.000Z"


class Block(NamedTuple):
    """A JSON block of the page and what it is: a price, a usage, what was rated, a line of a bill."""

    kind: str
    content: Any


def examples(*kinds: str) -> Iterator[Any]:
    """Yield the worked examples of the page that have a block of these kinds, each with its blocks in their order."""
    page = (ROOT / "docs" / "pricing.md").read_text(encoding="utf-8")
    for section in page.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        blocks = [Block(kind, loads(content)) for kind, content in BLOCK.findall(text)]
        if any(block.kind in kinds for block in blocks):
            yield pytest.param(blocks, id=title.removeprefix("Example: "))


@pytest.mark.parametrize("blocks", list(examples("price")))
def test_an_example_of_the_pricing_page_works_as_written(core: Core, context: Context, blocks: list[Block]) -> None:
    sold = [block.content for block in blocks if block.kind == "price"]
    prices = core.run(context, lambda work: work.create_many("ProductOfferingPrice", sold))
    sells_charges = any(block.kind == "line" for block in blocks)
    start = MID_JANUARY if sells_charges else "2026-01-01T00:00:00.000Z"
    a_paying_subscriber(core, context, *prices, startDate=start)
    usage: Document = {}
    for kind, content in blocks:
        if kind == "usage":
            usage = core.run(context, lambda work, sent=content: work.create("Usage", sent))
        if kind == "rated":
            assert_contains(usage["ratedProductUsage"], content)
    if sells_charges:
        run_bills(core, context, date(2026, 2, 1))
        made = lines(core, context, bills(core, context)[0])
        for block in blocks:
            if block.kind == "line":
                assert any(contains(line, block.content) for line in made), block.content


def test_the_pricing_page_has_examples_of_all_kinds() -> None:
    priced, sold_for = (
        {block.kind for each in examples(kind) for block in each.values[0]} for kind in ("price", "fault")
    )
    assert priced == {"price", "usage", "rated", "line"}
    assert sold_for == {"specification", "offering", "fault"}


@pytest.mark.parametrize("blocks", list(examples("fault")))
def test_an_option_of_the_pricing_page_is_not_sold_on_its_own(
    core: Core, context: Context, blocks: list[Block]
) -> None:
    sent = {block.kind: block.content for block in blocks}
    core.run(context, lambda work: work.create("ProductSpecification", sent["specification"]))
    core.run(context, lambda work: work.create("ProductOffering", sent["offering"]))
    core.run(context, lambda work: work.create("Customer", a_customer(id=CUSTOMER)))
    order = an_order(an_item(sent["offering"]["id"]))
    held = core.run(context, lambda work: work.create("ProductOrder", order))
    assert_contains(held, {"state": "held", "productOrderErrorMessage": [sent["fault"]]})


def contains(found: Any, expected: Any) -> bool:
    """Tell whether everything expected is there; more may be in objects, not in arrays."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(contains(found.get(name), value) for name, value in expected.items())
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(contains, found, expected))
    return bool(found == expected)


def assert_contains(found: Any, expected: Any) -> None:
    """Hold what was found against what the page says."""
    assert contains(found, expected), f"{found} has not {expected}"
