"""An addition is ordered for what it is to be used with: it belongs to that, and is refused where there is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import wire_instant
from core.entity import Document
from core.inventory import families_of, terminate
from tests.builders.catalog import refer
from tests.builders.inventory import a_product, part_of
from tests.builders.ordering import a_change, an_item, an_order, relying_on, with_characteristics
from tests.core.ordering.shop import Shop, faults

NUMBER = "+4915112345678"
SIM = "8900001000000000010"


def a_line(offering: str = "plan-s", **attributes: object) -> Document:
    """An item that adds a plan with its number."""
    return an_item(offering, product=with_characteristics(msisdn=NUMBER), **attributes)


def beside(offering: str, *relied_on: str, **attributes: object) -> Document:
    """An item that adds something to what other items are about."""
    return an_item(offering, id="2", productOrderItemRelationship=relying_on(*relied_on), **attributes)


def added_to(offering: str, product_id: str, kind: str = "reliesOn") -> Document:
    """An item that adds something to a product that is there."""
    product = {"@type": "Product", "productRelationship": part_of(product_id, kind)}
    return an_item(offering, id="2", product=product)


def family(shop: Shop, product: Document) -> set[str]:
    """Return the products whose prices and allowances a product shares."""
    with shop.core.reading(shop.context) as reading:
        return set(families_of(reading, [product["id"]])[product["id"]])


def test_an_option_ordered_beside_its_plan_belongs_to_the_line(shop: Shop) -> None:
    order = shop.fulfilled(an_order(a_line(), beside("data", "1")))
    assert order["state"] == "completed"
    line, option = shop.sold_as("plan-s"), shop.sold_as("data")
    assert option["productRelationship"] == part_of(line["id"], "reliesOn")
    assert family(shop, line) == {line["id"], option["id"]}
    shop.fulfilled(an_order(a_change(line["id"], "delete")))
    assert shop.get("Product", option["id"])["status"] == "terminated"


@pytest.mark.parametrize("action", ["modify", "noChange"])
def test_an_option_is_ordered_for_a_line_that_is_there_by_an_item_that_names_it(shop: Shop, action: str) -> None:
    line = shop.product(an_order(a_line()))
    order = shop.fulfilled(an_order(a_change(line["id"], action), beside("option", "1")))
    assert order["state"] == "completed"
    assert shop.sold_as("option")["productRelationship"] == part_of(line["id"], "reliesOn")


def test_what_relies_on_several_belongs_to_the_first_and_its_own_words_go_first(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    mine = {"@type": "Product", "productRelationship": part_of(line["id"], "reliesOn")}
    items = [an_item("handset"), an_item("sim", id="3"), beside("option", "1", "3", "1", product=mine)]
    assert shop.fulfilled(an_order(*items))["state"] == "completed"
    named = [line["id"], shop.sold_as("handset")["id"], shop.sold_as("sim")["id"]]
    related = shop.sold_as("option")["productRelationship"]
    assert related == [one for product_id in named for one in part_of(product_id, "reliesOn")]


def test_what_only_comes_after_an_item_doesnt_belong_to_its_product(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    later = an_item("data", id="3", productOrderItemRelationship=relying_on("1", kind="requires"))
    order = shop.fulfilled(an_order(a_change(line["id"], "delete"), beside("handset", "1"), later))
    assert order["state"] == "completed"
    for offering in ("handset", "data"):
        assert "productRelationship" not in shop.sold_as(offering)
        assert shop.sold_as(offering)["status"] == "active"


def test_nothing_is_added_to_what_the_same_order_ends(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    ending, adding = a_change(line["id"], "delete"), added_to("data", line["id"]) | {"id": "2"}
    for items in ((ending, adding), (adding, ending)):
        order = shop.order(an_order(*items))
        path = f"productOrderItem[{items.index(adding)}].product.productRelationship[0].id"
        assert (order["state"], faults(order)) == ("rejected", [(path, "productNotLive")])


def test_an_option_alone_is_held_until_it_is_told_for_which_line(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    held = shop.order(an_order(an_item("option")))
    assert (held["state"], faults(held)) == (
        "held",
        [("productOrderItem[0].product.productRelationship", "reliedOnMissing")],
    )
    (told,) = shop.told("ProductOrder", "InformationRequired")
    assert told["informationRequired"]["path"] == "/productOrderItem/0/product/productRelationship"
    supplied = added_to("option", line["id"]) | {"id": "1"}
    assert shop.patch(held["id"], productOrderItem=[supplied])["state"] == "acknowledged"
    shop.work_off()
    assert shop.sold_as("option")["productRelationship"] == part_of(line["id"], "reliesOn")


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ([an_item("handset"), beside("option", "1")], "productOrderItem[1].productOrderItemRelationship[0].id"),
        ([an_item("handset", an_item("option", id="1.1"))], "productOrderItem[0].productOrderItem[0]"),
        ([a_line(), beside("option-m", "1")], "productOrderItem[1].productOrderItemRelationship[0].id"),
        ([added_to("option", "handset-1")], "productOrderItem[0].product.productRelationship[0].id"),
    ],
    ids=["beside", "inside", "other plan", "there"],
)
def test_an_option_for_what_it_isnt_sold_for_is_rejected(shop: Shop, items: list[Document], path: str) -> None:
    handset = an_item("handset", product={"@type": "Product", "id": "handset-1"})
    shop.fulfilled(an_order(handset))
    order = shop.order(an_order(*items))
    assert (order["state"], faults(order)) == ("rejected", [(path, "reliedOnUnfit")])


def test_a_change_of_offering_doesnt_get_round_what_an_option_is_sold_for(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    shop.fulfilled(an_order(added_to("option", line["id"])))
    option = shop.sold_as("option")
    for product, offering in ((line, "option"), (option, "option-m")):
        order = shop.order(an_order(a_change(product["id"], productOffering=refer("ProductOffering", offering))))
        assert (order["state"], faults(order)) == (
            "rejected",
            [("productOrderItem[0].productOffering.id", "reliedOnUnfit")],
        )
    to_m = a_change(option["id"], id="2", productOffering=refer("ProductOffering", "option-m"))
    other_plan = [a_change(line["id"], productOffering=refer("ProductOffering", "plan-m")), to_m]
    assert shop.fulfilled(an_order(*other_plan))["state"] == "completed"
    assert shop.sold_as("option-m")["id"] == option["id"]


def test_what_isnt_known_of_an_options_line_has_faults_of_its_own(shop: Shop) -> None:
    unknown = [an_item("nothing"), beside("option", "1")]
    assert faults(shop.order(an_order(*unknown))) == [("productOrderItem[0].productOffering.id", "unknownOffering")]
    nameless = [an_item(action="noChange"), beside("option", "1")]
    assert faults(shop.order(an_order(*nameless))) == [("productOrderItem[0].product.id", "productMissing")]
    nowhere = shop.order(an_order(added_to("option", "nowhere")))
    assert (nowhere["state"], [code for _, code in faults(nowhere)]) == ("held", ["unknownProduct"])


def test_an_option_in_a_bundle_counts_for_the_line_that_is_in_it(shop: Shop) -> None:
    plan, sim = a_line(), an_item("sim", id="3", product=with_characteristics(iccid=SIM))
    order = shop.fulfilled(an_order(an_item("starter", plan | {"id": "1.1"}, sim, an_item("option", id="4"))))
    assert order["state"] == "completed"
    bundle, line, card = shop.sold_as("starter"), shop.sold_as("plan-s"), shop.sold_as("sim")
    assert shop.sold_as("option")["id"] in family(shop, line)
    for holder in (bundle, line):
        assert shop.order(an_order(added_to("option", holder["id"])))["state"] == "acknowledged"
    for_the_card = shop.order(an_order(added_to("option", card["id"])))
    assert [code for _, code in faults(for_the_card)] == ["reliedOnUnfit"], "a SIM is a line of its own"


def test_an_option_may_rely_on_what_the_line_has_already(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    shop.fulfilled(an_order(added_to("handset", line["id"])))
    order = shop.fulfilled(an_order(added_to("option", shop.sold_as("handset")["id"])))
    assert order["state"] == "completed"
    assert family(shop, line) == {product["id"] for product in shop.products()}


def test_a_product_that_came_in_without_its_offering_may_be_relied_on(shop: Shop) -> None:
    there = a_product(id="moved-here", relatedParty=shop.product(an_order(a_line()))["relatedParty"])
    shop.run(lambda work: work.create("Product", there))
    assert shop.order(an_order(added_to("option", "moved-here")))["state"] == "acknowledged"


def test_an_option_isnt_delivered_for_a_line_that_has_ended_meanwhile(shop: Shop) -> None:
    line = shop.product(an_order(a_line()))
    tomorrow = wire_instant(shop.clock.now() + timedelta(days=1))
    order = shop.order(an_order(added_to("option", line["id"]), requestedStartDate=tomorrow))
    assert order["state"] == "acknowledged"
    shop.run(lambda work: terminate(work, line["id"]))
    shop.clock.advance(timedelta(days=2))
    shop.work_off()
    failed = shop.get("ProductOrder", order["id"])
    assert (failed["state"], faults(failed)) == (
        "failed",
        [("productOrderItem[0].product.productRelationship", "productNotLive")],
    )
