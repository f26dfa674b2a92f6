"""A bundle becomes a product with its parts, each at its price; too few or too many parts are refused."""

from __future__ import annotations

from decimal import Decimal

from core.inventory import families_of, prices_of
from core.period import Period
from tests.builders.catalog import a_bundle, group, part
from tests.builders.inventory import part_of
from tests.builders.ordering import a_change, an_item, an_order, relying_on, with_characteristics
from tests.core.ordering.shop import Shop, faults

NUMBER = "+4915112345678"


def sold(shop: Shop) -> dict[str, list[str]]:
    """Return the prices of every product, by the offering it was sold from."""
    with shop.core.reading(shop.context) as reading:
        names = {product["id"]: product["productOffering"]["id"] for product in shop.products()}
        found: dict[str, list[str]] = {name: [] for name in names.values()}
        for price in prices_of(reading, names, Period(reading.now)):
            found[names[price.product_id]].append(price.price_id)
    return found


def test_a_bundle_of_plan_and_handset_becomes_a_product_with_two_parts(shop: Shop) -> None:
    plan = an_item("plan-m", id="1.1", product=with_characteristics(msisdn=NUMBER))
    order = shop.fulfilled(an_order(an_item("bundle", plan, an_item("handset", id="1.2"))))
    assert order["state"] == "completed"
    bundle, line, handset = shop.sold_as("bundle"), shop.sold_as("plan-m"), shop.sold_as("handset")
    assert (bundle["isBundle"], line["isBundle"]) == (True, False)
    assert [reference["id"] for reference in bundle["product"]] == [line["id"], handset["id"]]
    assert line["productRelationship"] == part_of(bundle["id"])
    assert sold(shop) == {"bundle": ["discounted"], "plan-m": ["fee-m"], "handset": ["price-handset"]}
    once = handset["productPrice"][0]
    assert (once["priceType"], once["price"]["dutyFreeAmount"]["value"]) == ("oneTime", Decimal("199.00"))
    accounts = {product["billingAccount"]["id"] for product in (bundle, line, handset)}
    assert accounts == {order["billingAccount"]["id"]}


def test_what_an_order_does_to_products_that_belong_together_is_told_of_once_more_as_one(shop: Shop) -> None:
    plan = an_item("plan-m", id="1.1", product=with_characteristics(msisdn=NUMBER))
    shop.fulfilled(an_order(an_item("bundle", plan, an_item("handset", id="1.2"))))
    bundle, line, handset = shop.sold_as("bundle"), shop.sold_as("plan-m"), shop.sold_as("handset")
    assert shop.told("Product", "Batch") == [bundle]
    shop.fulfilled(an_order(an_item("plan-s", id="1"), an_item("plan-s", id="2")))
    assert len(shop.told("Product", "Batch")) == 1, "they have nothing in common but the order"
    items = [
        a_change(part["id"], id=str(number), product={"description": "x"})
        for number, part in enumerate((line, handset))
    ]
    assert shop.fulfilled(an_order(*items))["state"] == "completed"
    assert [told["id"] for told in shop.told("Product", "Batch")] == [bundle["id"]] * 2
    shop.fulfilled(an_order(a_change(bundle["id"], "delete")))
    assert [told["status"] for told in shop.told("Product", "Batch")] == ["active", "active", "terminated"]


def test_parts_that_nobody_names_are_implied_and_seen_in_the_order(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("bundle")))
    parts = placed["productOrderItem"][0]["productOrderItem"]
    assert [(p["id"], p["productOffering"]["id"], p["productOffering"]["name"]) for p in parts] == [
        ("1.1", "plan-m", "Plan M"),
        ("1.2", "handset", "Handset"),
    ]
    shop.work_off()
    assert sorted(sold(shop)) == ["bundle", "handset", "plan-m"]


def test_parts_may_stand_beside_their_bundle(shop: Shop) -> None:
    bundle = an_item("bundle", id="b", productOrderItemRelationship=relying_on("p", kind="bundles"))
    handset = an_item("handset", id="h", productOrderItemRelationship=relying_on("b", kind="bundledBy"))
    order = shop.fulfilled(an_order(bundle, an_item("plan-m", id="p"), handset))
    assert order["state"] == "completed"
    assert {len(p.get("product", ())) for p in shop.products()} == {0, 2}


def test_too_few_or_too_many_parts_are_refused_at_the_bundle(shop: Shop) -> None:
    path = "productOrderItem[0].productOrderItem"
    plan, handset = an_item("plan-m", id="p"), an_item("handset", id="h")
    few = shop.order(an_order(an_item("bundle", plan)))
    assert (few["state"], faults(few)) == ("rejected", [(path, "bundleIncomplete")])
    many = shop.order(an_order(an_item("bundle", plan, handset, an_item("data", id="d", quantity=3))))
    assert faults(many) == [(path, "bundleIncomplete")]
    other = shop.order(an_order(an_item("bundle", plan, handset, an_item("plan-s", id="s"))))
    assert faults(other) == [(path, "notInBundle")]
    twice = shop.order(an_order(an_item("bundle", quantity=2)))
    assert faults(twice) == [("productOrderItem[0].quantity", "bundleQuantity")]


def test_a_choice_among_a_group_has_to_be_made(shop: Shop) -> None:
    choice = group(part("plan-s", 0, 1), part("plan-m", 0, 1), lower=1, upper=1)
    shop.run(lambda work: work.create("ProductOffering", a_bundle(groups=[choice], id="choice")))
    path = "productOrderItem[0].productOrderItem"
    assert faults(shop.order(an_order(an_item("choice")))) == [(path, "bundleIncomplete")]
    assert shop.order(an_order(an_item("choice", an_item("plan-s", id="2"))))["state"] == "acknowledged"


def test_a_hidden_offering_is_sold_inside_a_bundle_only(shop: Shop) -> None:
    shop.run(lambda work: work.create("ProductOffering", a_bundle(part("hidden"), id="show")))
    assert shop.order(an_order(an_item("show", an_item("hidden", id="2"))))["state"] == "acknowledged"
    assert shop.order(an_order(an_item("show")))["state"] == "acknowledged"


def test_bundles_inside_bundles_are_filled_too(shop: Shop) -> None:
    shop.run(lambda work: work.create("ProductOffering", a_bundle(part("bundle"), id="family")))
    order = shop.fulfilled(an_order(an_item("family")))
    assert order["state"] == "completed"
    inner = order["productOrderItem"][0]["productOrderItem"][0]
    assert [p["id"] for p in inner["productOrderItem"]] == ["1.1.1", "1.1.2"]
    with shop.core.reading(shop.context) as reading:
        (family,) = families_of(reading, [order["productOrderItem"][0]["product"]["id"]]).values()
    assert len(family) == 4


def test_a_bundle_that_would_blow_up_is_refused(shop: Shop) -> None:
    def stock(work: object) -> None:
        for n, inner in enumerate(("data", "big-0", "big-1")):
            work.create("ProductOffering", a_bundle(part(inner, 0, None, 30), id=f"big-{n}"))  # type: ignore[attr-defined]

    shop.run(stock)
    judged = shop.order(an_order(an_item("big-2")))
    assert ("productOrderItem", "orderTooLarge") in faults(judged)
    assert "productOrderItem" not in judged["productOrderItem"][0]


def test_an_item_inside_something_that_is_no_bundle_is_an_addition_to_it(shop: Shop) -> None:
    order = shop.fulfilled(an_order(an_item("plan-s", an_item("data", id="2"))))
    assert order["state"] == "completed"
    plan, data = sorted(shop.products(), key=lambda product: product["productOffering"]["id"], reverse=True)
    assert data["productRelationship"] == part_of(plan["id"], "reliesOn")


def test_an_addition_to_a_live_product_is_ordered_inside_an_item_that_leaves_it(shop: Shop) -> None:
    plan = shop.product(an_order(an_item("plan-s")))
    addition = an_item("data", id="2")
    order = shop.fulfilled(an_order(a_change(plan["id"], "noChange", productOrderItem=[addition])))
    assert order["state"] == "completed"
    data = order["productOrderItem"][0]["productOrderItem"][0]["product"]["id"]
    assert shop.get("Product", data)["productRelationship"] == part_of(plan["id"], "reliesOn")
    assert [reference["id"] for reference in shop.get("Product", plan["id"])["product"]] == [data]


def test_a_part_that_a_bundle_needs_cant_be_ended_alone_but_with_it(shop: Shop) -> None:
    bundle = shop.product(an_order(an_item("bundle")))
    ids = {p["productOffering"]["id"]: p["id"] for p in shop.products()}
    alone = shop.order(an_order(a_change(ids["handset"], "delete")))
    assert faults(alone) == [("productOrderItem[0]", "bundleIncomplete")]
    everything = an_order(
        a_change(bundle["id"], "delete", id="1"),
        a_change(ids["handset"], "delete", id="2"),
        a_change(ids["plan-m"], "delete", id="3"),
    )
    assert shop.fulfilled(everything)["state"] == "completed"
    assert {product["status"] for product in shop.products()} == {"terminated"}


def test_a_live_bundle_takes_more_parts_up_to_its_limit(shop: Shop) -> None:
    bundle = shop.product(an_order(an_item("bundle")))

    def more(count: int) -> dict[str, object]:
        return an_order(a_change(bundle["id"], "noChange", productOrderItem=[an_item("data", id="2", quantity=count)]))

    assert faults(shop.order(more(3))) == [("productOrderItem[0].productOrderItem[0]", "bundleIncomplete")]
    order = shop.fulfilled(more(1))
    data = order["productOrderItem"][0]["productOrderItem"][0]["product"]["id"]
    assert shop.get("Product", data)["productRelationship"] == part_of(bundle["id"])


def test_a_bundle_stays_what_it_is_of(shop: Shop) -> None:
    bundle = shop.product(an_order(an_item("bundle")))
    order = shop.order(an_order(a_change(bundle["id"], productOffering={"id": "plan-s"})))
    assert ("productOrderItem[0].productOffering.id", "bundleChange") in faults(order)
