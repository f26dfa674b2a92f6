"""The closest price applies: by its conditions, by the prefix of the number called, at the time of use."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.catalog import freeze
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.inventory import PriceVersion, reshape
from core.service import Core, Work
from tests.builders.catalog import a_usage_price, a_value
from tests.builders.inventory import part_of
from tests.builders.usage import (
    JANUARY_10,
    a_call,
    a_data_price,
    a_session,
    a_subscriber,
    a_usage,
    a_voice_allowance,
    a_voice_price,
    charged,
    reasons,
    tags,
    unless,
)


def sell(core: Core, context: Context, *prices: Document, **attributes: Any) -> Document:
    """Install a product sold at these prices."""
    return core.run(context, lambda work: a_subscriber(work, *prices, **attributes))


def cost(core: Core, context: Context, usage: Document) -> Decimal:
    """Send a usage and return what it costs."""
    return charged(core.run(context, lambda work: work.create("Usage", usage)))


@pytest.mark.parametrize(
    ("number", "amount"),
    [
        ("+4930123456", "0.10"),
        ("004930123456", "0.10"),
        ("+49 151 1234567", "0.20"),
        ("+33142345678", "0.50"),
        ("+12025550123", "1"),
        ("11833", "1"),
    ],
)
def test_the_longest_prefix_of_the_number_called_decides(
    core: Core, context: Context, number: str, amount: str
) -> None:
    sell(
        core,
        context,
        a_voice_price("1"),
        a_voice_price("0.10", conditions={"destination": ["+49"]}),
        a_voice_price("0.20", conditions={"destination": ["+4915", "+4916", "+4917"]}),
        a_voice_price("0.50", conditions={"destination": ["+33", "+39"]}),
    )
    assert cost(core, context, a_call(to=number)) == Decimal(amount)


def test_a_destination_may_be_given_as_a_pattern(core: Core, context: Context) -> None:
    premium = a_voice_price("2", conditions={"destination": [a_value(regex=r"\+49900[0-9]+")]})
    sell(core, context, a_voice_price("1"), premium)
    assert cost(core, context, a_call(to="+499001234567")) == 2
    assert cost(core, context, a_call(to="+49301234567")) == 1


def test_a_zone_that_the_network_names_is_a_condition_like_any_other(core: Core, context: Context) -> None:
    sell(core, context, a_voice_price("1"), a_voice_price("0.3", conditions={"destinationZone": ["EU", "EFTA"]}))
    assert cost(core, context, a_call(destinationZone="EFTA")) == Decimal("0.3")
    assert cost(core, context, a_call(destinationZone="World")) == 1


def test_a_price_can_be_kept_to_usage_without_a_characteristic(core: Core, context: Context) -> None:
    roaming = a_voice_price("0.8", conditions={"visitedNetwork": []})
    sell(core, context, unless(a_voice_price("0.1"), "visitedNetwork"), roaming)
    assert cost(core, context, a_call()) == Decimal("0.1")
    assert cost(core, context, a_call(visitedNetwork="20801")) == Decimal("0.8")


@pytest.mark.parametrize(("volume", "amount"), [(1, 2), (1_000_000, 2), (1_000_001, 4), (0, 0)])
def test_data_is_charged_by_the_started_megabyte(core: Core, context: Context, volume: int, amount: int) -> None:
    sell(core, context, a_data_price("2"))
    assert cost(core, context, a_session(volume)) == amount


def test_an_amount_may_come_with_its_unit(core: Core, context: Context) -> None:
    sell(core, context, a_data_price("2"))
    assert cost(core, context, a_session({"amount": Decimal("1.5"), "units": "GB"})) == 3000
    usage = core.run(context, lambda work: work.create("Usage", a_session({"amount": 1, "units": "min"})))
    assert reasons(usage) == [("usageCharacteristic[1].value", "amountInvalid")]


def test_a_message_counts_as_one_where_nothing_is_measured(core: Core, context: Context) -> None:
    messages = a_usage_price(Decimal("0.07"), per=1, units="message", conditions={"usageType": ["sms"]})
    sell(core, context, messages)
    assert cost(core, context, a_usage("sms")) == Decimal("0.07")
    assert cost(core, context, a_usage("sms", messages=3)) == Decimal("0.21")


def test_a_price_without_a_unit_is_charged_per_use(core: Core, context: Context) -> None:
    lookup = a_usage_price(Decimal("0.5"), conditions={"usageType": ["directory"]})
    del lookup["unitOfMeasure"]
    sell(core, context, lookup)
    assert cost(core, context, a_usage("directory")) == Decimal("0.5")


def test_a_minimum_is_charged_for_what_is_shorter(core: Core, context: Context) -> None:
    minimum = {
        "name": "minimum",
        "productSpecCharacteristicValue": [a_value(60, unitOfMeasure="s")],
    }
    price = a_voice_price("0.01", per=1)
    sell(core, context, price | {"prodSpecCharValueUse": [*price["prodSpecCharValueUse"], minimum]})
    assert cost(core, context, a_call(5)) == Decimal("0.60")
    assert cost(core, context, a_call(61)) == Decimal("0.61")
    assert cost(core, context, a_call(0)) == 0


def test_the_price_at_the_time_of_use_applies(core: Core, context: Context, clock: FixedClock) -> None:
    product = sell(core, context, a_voice_price("1", id="old"))

    def change(work: Work) -> None:
        new = work.create("ProductOfferingPrice", a_voice_price("3", id="new"))
        reshape(work, product["id"], lambda document: document, [PriceVersion("new", freeze(work, "new"), new)])

    core.run(context, change)
    assert cost(core, context, a_call()) == 1
    assert cost(core, context, a_call(at=clock.now() + timedelta(seconds=1))) == 3


def test_an_addition_shares_its_prices_with_the_line(core: Core, context: Context) -> None:
    line = sell(core, context, a_voice_price("1"))
    sell(core, context, a_voice_allowance(1), msisdn=None, productRelationship=part_of(line["id"], "reliesOn"))
    usage = core.run(context, lambda work: work.create("Usage", a_call(90)))
    assert tags(usage) == ["included usage", "non included usage"]
    assert charged(usage) == 1


def test_a_price_that_cannot_be_counted_in_whole_units_rejects_the_usage(core: Core, context: Context) -> None:
    sell(core, context, a_voice_price("1", per=Decimal("0.5")))
    usage = core.run(context, lambda work: work.create("Usage", a_call(at=JANUARY_10)))
    assert reasons(usage) == [("usageCharacteristic", "priceUnusable")]
