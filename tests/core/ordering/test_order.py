"""From order to product: captured, judged, delivered, each step told of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import parse_instant
from core.errors import Conflict
from core.inventory import Sighting, guide, prices_of
from core.period import Period
from tests.builders.ordering import an_item, an_order, with_characteristics
from tests.conftest import NOON
from tests.core.ordering.shop import Shop, faults

NUMBER = "+4915112345678"


def test_an_order_goes_from_acknowledged_through_in_progress_to_completed(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s")))
    assert placed["state"] == "acknowledged"
    assert placed["creationDate"] == "2026-01-15T12:00:00.000Z"
    shop.work_off()
    order = shop.get("ProductOrder", placed["id"])
    assert (order["state"], order["completionDate"]) == ("completed", "2026-01-15T12:00:00.000Z")
    assert [item["state"] for item in order["productOrderItem"]] == ["completed"]
    assert shop.events("ProductOrder") == [
        ("Create", "acknowledged"),
        ("AttributeValueChange", "acknowledged"),
        ("StateChange", "inProgress"),
        ("StateChange", "completed"),
    ]
    assert shop.events("Product") == [("Create", None)]


def test_a_completed_order_yields_a_product_that_says_what_was_sold(shop: Shop) -> None:
    ordered = with_characteristics(msisdn=NUMBER) | {"name": "Ada's phone", "place": [{"@type": "RelatedPlace"}]}
    product = shop.product(an_order(an_item("plan-s", product=ordered)))
    assert product["name"] == "Ada's phone"
    assert product["place"] == [{"@type": "RelatedPlace"}]
    assert (product["status"], product["startDate"]) == ("active", "2026-01-15T12:00:00.000Z")
    assert product["productOffering"] == {
        "@type": "ProductOfferingRef",
        "id": "plan-s",
        "name": "Plan S",
        "version": "1.0",
    }
    assert product["productSpecification"]["id"] == "line"
    assert {c["name"]: c["value"] for c in product["productCharacteristic"]} == {"msisdn": NUMBER, "color": "red"}
    assert [price["productOfferingPrice"]["id"] for price in product["productPrice"]] == ["fee-s", "activation"]
    assert product["relatedParty"][0]["partyOrPartyRole"]["id"] == "customer-1"
    assert product["isBundle"] is False
    (told,) = product["productOrderItem"]
    assert (told["orderItemId"], told["orderItemAction"]) == ("1", "add")


def test_the_price_sold_is_the_version_of_the_moment_the_order_was_accepted(shop: Shop) -> None:
    start = NOON + timedelta(days=10)
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-01-25T12:00:00Z"))
    shop.run(lambda work: work.change("ProductOfferingPrice", "fee-s", lambda p: p | {"lifecycleStatus": "Retired"}))
    shop.clock.advance(timedelta(days=10))
    shop.work_off()
    product = shop.get("ProductOrder", placed["id"])["productOrderItem"][0]["product"]["id"]
    with shop.core.reading(shop.context) as reading:
        sold = prices_of(reading, [product], Period())
    assert [(price.price_id, price.revision, price.valid_from) for price in sold] == [
        ("activation", 1, start),
        ("fee-s", 1, start),
    ]


def test_the_first_order_opens_a_billing_account_and_the_next_one_uses_it(shop: Shop) -> None:
    first = shop.product(an_order(an_item("plan-s")))
    second = shop.product(an_order(an_item("data")))
    assert first["billingAccount"]["id"] == second["billingAccount"]["id"]
    customer = shop.get("Customer", "customer-1")
    assert [account["id"] for account in customer["account"]] == [first["billingAccount"]["id"]]


def test_an_item_may_be_charged_to_an_account_of_its_own(shop: Shop) -> None:
    account = {"@type": "BillingAccountRef", "id": "work"}
    order = shop.fulfilled(an_order(an_item("plan-s", billingAccount=account), an_item("data", id="2")))
    charged = [shop.get("Product", item["product"]["id"])["billingAccount"]["id"] for item in order["productOrderItem"]]
    assert charged == ["work", order["billingAccount"]["id"]]


def test_an_order_waits_for_its_start_date(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-01-16T12:00:00Z"))
    shop.work_off()
    assert shop.get("ProductOrder", placed["id"])["state"] == "acknowledged"
    shop.clock.advance(timedelta(days=1))
    shop.work_off()
    assert shop.get("ProductOrder", placed["id"])["state"] == "completed"
    assert shop.products()[0]["startDate"] == "2026-01-16T12:00:00.000Z"


def test_an_order_whose_start_was_put_off_isnt_started_by_the_earlier_task(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s")))
    shop.patch(placed["id"], requestedStartDate="2026-01-16T12:00:00Z")
    shop.work_off()
    assert shop.get("ProductOrder", placed["id"])["state"] == "acknowledged"
    shop.clock.advance(timedelta(days=1))
    shop.work_off()
    assert len(shop.products()) == 1


def test_a_draft_is_judged_when_it_is_submitted(shop: Shop) -> None:
    draft = shop.order(an_order(an_item("nowhere"), requestedInitialState="draft"))
    assert draft["state"] == "draft"
    assert shop.patch(draft["id"], description="thinking")["state"] == "draft"
    submitted = shop.patch(draft["id"], state="acknowledged")
    assert (submitted["state"], faults(submitted)) == (
        "held",
        [("productOrderItem[0].productOffering.id", "unknownOffering")],
    )


def test_a_held_order_says_what_is_required_and_is_judged_again_when_changed(shop: Shop) -> None:
    held = shop.order(an_order(an_item("nowhere")))
    assert held["state"] == "held"
    assert ("InformationRequired", "held") in shop.events("ProductOrder")
    mended = shop.patch(held["id"], productOrderItem=[an_item("plan-s")])
    assert (mended["state"], faults(mended)) == ("acknowledged", [])
    shop.work_off()
    assert shop.get("ProductOrder", held["id"])["state"] == "completed"


def test_a_held_order_tells_of_each_piece_of_information_that_is_required(shop: Shop) -> None:
    items = [an_item("nowhere"), an_item(id="2"), an_item("plan-s", id="3")]
    shop.order(an_order(*items, customer="later"))
    told = shop.told("ProductOrder", "InformationRequired")
    assert [event["informationRequired"] for event in told] == [
        {"op": "replace", "path": "/relatedParty/0/partyOrPartyRole/id"},
        {"op": "add", "path": "/productOrderItem/1/productOffering"},
        {"op": "replace", "path": "/productOrderItem/0/productOffering/id"},
    ]


def test_of_very_many_things_that_an_order_waits_for_only_the_first_are_told_of(shop: Shop) -> None:
    held = shop.order(an_order(*(an_item("nowhere", id=f"{number}") for number in range(100))))
    assert len(faults(held)) == 100
    assert len(shop.told("ProductOrder", "InformationRequired")) == 20


def test_a_held_order_is_judged_again_when_what_it_waited_for_is_there(shop: Shop) -> None:
    held = shop.order(an_order(an_item("plan-s"), customer="later"))
    assert faults(held) == [("relatedParty[0].partyOrPartyRole.id", "unknownCustomer")]
    shop.run(lambda work: work.create("Customer", {"@type": "Customer", "id": "later", "name": "Lin"}))
    assert shop.patch(held["id"], state="acknowledged")["state"] == "acknowledged"


def test_messages_that_a_caller_sent_stay_beside_ours(shop: Shop) -> None:
    theirs = {"@type": "ProductOrderErrorMessage", "code": "crm-1", "reason": "credit check skipped"}
    held = shop.order(an_order(an_item("nowhere"), productOrderErrorMessage=[theirs]))
    assert [message["code"] for message in held["productOrderErrorMessage"]] == ["crm-1", "unknownOffering"]
    (ours,) = held["productOrderErrorMessage"][1:]
    assert (ours["status"], ours["timestamp"]) == ("held", "2026-01-15T12:00:00.000Z")
    assert ours["productOrderItem"][0]["productOrderItemId"] == "1"
    assert shop.patch(held["id"], description="x")["productOrderErrorMessage"] == held["productOrderErrorMessage"]


@pytest.mark.parametrize("initial", ["acknowledged", "draft"])
def test_a_copy_of_an_order_has_nothing_of_what_became_of_the_other(shop: Shop, initial: str) -> None:
    dates = dict.fromkeys(("cancellationDate", "completionDate"), "2020-01-01T00:00:00Z")
    message = {"@type": "ProductOrderErrorMessage", "code": "notDelivered", "reason": "no SIM", "status": "failed"}
    item = an_item("plan-s", state="failed")
    placed = shop.order(
        an_order(item, state="failed", requestedInitialState=initial, productOrderErrorMessage=[message] * 2, **dates)
    )
    assert not placed.keys() & {*dates, "productOrderErrorMessage"}
    assert [placed["state"], placed["productOrderItem"][0]["state"]] == [initial, "acknowledged"]


def test_with_judge_before_the_same_faults_refuse_the_order(shop: Shop) -> None:
    shop.core.settings = shop.core.settings.model_copy(update={"judge": "before"})
    with pytest.raises(Conflict) as refusal:
        shop.order(an_order(an_item("retired"), an_item(id="2"), id="o1"))
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [
        ("productOrderItem[1].productOffering", "offeringMissing"),
        ("productOrderItem[0].productOffering.id", "offeringNotLaunched"),
    ]
    with shop.core.reading(shop.context) as reading:
        assert reading.get("ProductOrder", "o1") is None
    assert shop.order(an_order(an_item("plan-s")))["state"] == "acknowledged"


def test_items_without_identifiers_get_some_that_nobody_has(shop: Shop) -> None:
    first, second = an_item("plan-s"), an_item("plan-s", an_item("data", id="2"))
    del first["id"], second["id"]
    order = shop.order(an_order(first, second))
    assert [item["id"] for item in order["productOrderItem"]] == ["1", "3"]
    assert order["productOrderItem"][1]["productOrderItem"][0]["id"] == "2"


@pytest.mark.parametrize("requested", ["2026-03-01T00:00:00Z", None])
def test_a_caller_cannot_set_the_state_of_an_item(shop: Shop, requested: str | None) -> None:
    wish = {"requestedStartDate": requested} if requested else {}
    placed = shop.order(an_order(an_item("plan-s" if requested else "elsewhere", an_item("data", id="1.1")), **wish))
    (item,) = placed["productOrderItem"]
    assert shop.patch(placed["id"], productOrderItem=[item])["productOrderItem"] == [item]
    for changed, path in (
        (item | {"state": "completed"}, "productOrderItem[0].state"),
        (
            item | {"productOrderItem": [item["productOrderItem"][0] | {"state": "failed"}]},
            "productOrderItem[0].productOrderItem[0].state",
        ),
    ):
        with pytest.raises(Conflict) as refusal:
            shop.patch(placed["id"], productOrderItem=[changed])
        assert [fault.path for fault in refusal.value.faults] == [path]


def test_a_refused_move_lists_only_what_a_caller_may_set(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-03-01T00:00:00Z"))
    with pytest.raises(Conflict, match=r"allowed from 'acknowledged': cancelled$"):
        shop.patch(placed["id"], state="partial")


def test_the_states_of_items_are_the_servers(shop: Shop) -> None:
    order = shop.order(an_order(an_item("plan-s", state="completed"), state="completed"))
    assert (order["state"], order["productOrderItem"][0]["state"]) == ("acknowledged", "acknowledged")


@pytest.mark.parametrize("wish", ["inProgress", "completed", "failed", "partial", "rejected", "held", "pending"])
def test_a_caller_cant_set_what_fulfilment_sets(shop: Shop, wish: str) -> None:
    placed = shop.order(an_order(an_item("plan-s")))
    with pytest.raises(Conflict) as refusal:
        shop.patch(placed["id"], state=wish)
    assert refusal.value.faults[0].path == "state"
    assert shop.get("ProductOrder", placed["id"])["state"] == "acknowledged"


def test_a_remark_doesnt_make_an_accepted_order_be_judged_again(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s")))
    shop.run(lambda work: work.change("ProductOffering", "plan-s", lambda o: o | {"lifecycleStatus": "Retired"}))
    assert shop.patch(placed["id"], description="urgent")["state"] == "acknowledged"
    assert shop.patch(placed["id"], productOrderItem=[an_item("plan-s", quantity=2)])["state"] == "rejected"
    shop.work_off()
    assert shop.products() == []


def test_orders_are_deleted_until_something_came_of_them(shop: Shop) -> None:
    for order in (
        shop.order(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER)))),
        shop.order(an_order(an_item("nowhere"))),
        shop.order(an_order(an_item("retired"))),
        shop.order(an_order(an_item("plan-s"), requestedInitialState="draft")),
    ):
        shop.run(lambda work, order=order: work.delete("ProductOrder", order["id"]))
    shop.work_off()
    assert shop.products() == []
    delivered = shop.fulfilled(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    assert delivered["state"] == "completed", "the number of the deleted order is free again"
    with pytest.raises(Conflict, match="stays on record"):
        shop.run(lambda work: work.delete("ProductOrder", delivered["id"]))


def test_a_product_is_there_for_all_of_the_second_in_which_it_is_activated(shop: Shop) -> None:
    shop.clock.advance(timedelta(milliseconds=712))
    product = shop.product(an_order(an_item("plan-m", product=with_characteristics(msisdn=NUMBER))))
    assert parse_instant(product["startDate"]) == NOON
    sighting = Sighting("msisdn", NUMBER, NOON)
    assert shop.run(lambda work: guide(work, [sighting])) == {sighting: product["id"]}
