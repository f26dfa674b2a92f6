"""Products change and end by orders, at an instant, with their prices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.inventory import Sighting, guide, prices_of
from core.period import Period
from tests.builders.catalog import a_monthly_price, a_use, an_offering
from tests.builders.inventory import characteristics
from tests.builders.ordering import a_change, an_item, an_order, with_characteristics
from tests.conftest import NOON
from tests.core.ordering.shop import Shop, faults

NUMBER, OTHER = "+4915112345678", "+4915112345679"


def prices(shop: Shop, product_id: str) -> list[tuple[str, int, int, int | None]]:
    """Return price, quantity, and the days since noon on which each came into force and ended."""
    with shop.core.reading(shop.context) as reading:
        sold = prices_of(reading, [product_id], Period())
    return [
        (p.price_id, p.quantity, (p.valid_from - NOON).days, (p.valid_to - NOON).days if p.valid_to else None)
        for p in sold
    ]


def test_a_change_of_plan_ends_the_old_prices_and_begins_the_new_ones_at_one_instant(shop: Shop) -> None:
    chosen = with_characteristics(msisdn=NUMBER, color="blue")
    product = shop.product(an_order(an_item("plan-s", product=chosen)))
    shop.clock.advance(timedelta(days=10))
    changed = shop.product(an_order(a_change(product["id"], productOffering={"id": "plan-m"})))
    assert (changed["id"], changed["startDate"]) == (product["id"], product["startDate"])
    assert (changed["productOffering"]["id"], changed["name"]) == ("plan-m", "Plan M")
    assert changed["productSpecification"]["id"] == "line-m"
    assert prices(shop, product["id"]) == [
        ("activation", 1, 0, 10),
        ("fee-s", 1, 0, 10),
        ("fee-m", 1, 10, None),
    ]
    assert [price["productOfferingPrice"]["id"] for price in changed["productPrice"]] == ["fee-m"]
    assert [told["orderItemAction"] for told in changed["productOrderItem"]] == ["add", "modify"]
    with shop.core.reading(shop.context) as reading:
        assert guide(reading, [Sighting("msisdn", NUMBER, reading.now)])


def test_what_the_new_plan_doesnt_know_is_dropped_but_the_number_stays(shop: Shop) -> None:
    described = {"productSpecCharacteristic": [{"name": "speed", "valueType": "string"}]}
    shop.run(lambda work: work.change("ProductSpecification", "line-m", lambda document: document | described))
    product = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER, color="blue"))))
    change = a_change(product["id"], productOffering={"id": "plan-m"}, product=with_characteristics(speed="fast"))
    refused = shop.order(an_order(change))
    assert faults(refused) == [("productOrderItem[0].product.productCharacteristic", "unknownCharacteristic")]
    described = {"productSpecCharacteristic": [{"name": "speed"}, {"name": "msisdn"}]}
    shop.run(lambda work: work.change("ProductSpecification", "line-m", lambda document: document | described))
    changed = shop.product(an_order(change))
    assert {c["name"]: c["value"] for c in changed["productCharacteristic"]} == {"speed": "fast", "msisdn": NUMBER}


def test_a_change_of_characteristics_keeps_the_rest_and_the_prices_sold(shop: Shop) -> None:
    product = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER, color="red"))))
    shop.run(
        lambda work: work.change(
            "ProductOfferingPrice", "fee-s", lambda p: p | {"price": {"unit": "EUR", "value": Decimal("99.99")}}
        )
    )
    shop.clock.advance(timedelta(days=1))
    new = with_characteristics(msisdn=OTHER) | {"name": "Second phone"}
    changed = shop.product(an_order(a_change(product["id"], product=new)))
    assert changed["name"] == "Second phone"
    assert {c["name"]: c["value"] for c in changed["productCharacteristic"]} == {"msisdn": OTHER, "color": "red"}
    assert prices(shop, product["id"]) == [("activation", 1, 0, None), ("fee-s", 1, 0, None)]
    with shop.core.reading(shop.context) as reading:
        wanted = [Sighting("msisdn", number, reading.now) for number in (NUMBER, OTHER)]
        assert guide(reading, wanted) == {wanted[1]: product["id"]}


def test_a_characteristic_that_a_price_depends_on_changes_the_price(shop: Shop) -> None:
    def stock(work: object) -> None:
        slow = a_monthly_price(Decimal(5), id="slow", prodSpecCharValueUse=[a_use("speed", "slow")])
        fast = a_monthly_price(Decimal(9), id="fast", prodSpecCharValueUse=[a_use("speed", "fast")])
        work.create_many("ProductOfferingPrice", [slow, fast])  # type: ignore[attr-defined]
        work.create("ProductOffering", an_offering(slow, fast, id="access"))  # type: ignore[attr-defined]

    shop.run(stock)
    product = shop.product(an_order(an_item("access", product=with_characteristics(speed="slow"))))
    shop.clock.advance(timedelta(days=3))
    shop.product(an_order(a_change(product["id"], product=with_characteristics(speed="fast"))))
    assert prices(shop, product["id"]) == [("slow", 1, 0, 3), ("fast", 1, 3, None)]


def test_a_change_of_quantity_changes_how_often_the_price_applies(shop: Shop) -> None:
    product = shop.product(an_order(an_item("data", quantity=2)))
    shop.clock.advance(timedelta(days=1))
    shop.product(an_order(a_change(product["id"], quantity=5)))
    assert prices(shop, product["id"]) == [("fee-data", 2, 0, 1), ("fee-data", 5, 1, None)]


def test_a_product_is_suspended_and_resumed_by_order(shop: Shop) -> None:
    product = shop.product(an_order(an_item("plan-s")))
    assert shop.product(an_order(a_change(product["id"], product={"status": "suspended"})))["status"] == "suspended"
    assert shop.product(an_order(a_change(product["id"], product={"status": "active"})))["status"] == "active"


def test_a_deleted_product_ends_with_its_prices_and_its_number(shop: Shop) -> None:
    product = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    shop.clock.advance(timedelta(days=5))
    ended = shop.product(an_order(a_change(product["id"], "delete")))
    assert (ended["status"], ended["terminationDate"]) == ("terminated", "2026-01-20T12:00:00.000Z")
    assert ended["productCharacteristic"] == [*characteristics(msisdn=NUMBER), *characteristics(color="red")]
    assert prices(shop, product["id"]) == [("activation", 1, 0, 5), ("fee-s", 1, 0, 5)]


def test_an_item_that_changes_nothing_is_completed(shop: Shop) -> None:
    product = shop.product(an_order(an_item("plan-s")))
    assert shop.product(an_order(a_change(product["id"], "noChange"))) == product
    assert shop.fulfilled(an_order(an_item(action="noChange")))["state"] == "completed"
