"""Fulfilment survives a crash at any point, keeps to the order of items, and takes answers that come later."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog import load_prices
from core.context import Context
from core.entity import Document
from core.inventory import prices_of
from core.ordering import Outcome, ProductOrder, Stop, fulfil_order, report
from core.ordering.items import documents_of
from core.ordering.progress import start
from core.period import Period
from core.service import Core, Work
from tests.builders.catalog import a_monthly_price, an_offering, refer
from tests.builders.inventory import characteristics, part_of
from tests.builders.ordering import a_change, an_item, an_order, relying_on, with_characteristics
from tests.core.ordering.shop import Shop, faults

NUMBER = "+4915112345678"


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Network:
    """An OSS that says how each item goes when it is asked, and remembers what it was asked."""

    def __init__(self, **outcomes: Outcome) -> None:
        self.outcomes = outcomes
        self.started: list[str] = []
        self.answer = Stop()
        self.stopped: list[list[str]] = []

    def start(self, work: Work, order: Document, item: Document) -> Outcome:
        """Answer as was arranged; items that weren't are on their way."""
        self.started.append(item["id"])
        return self.outcomes.get(f"item_{item['id']}", Outcome("inProgress"))

    def stop(self, work: Work, order: Document, items: Sequence[Document], request: Document) -> Stop:
        """Answer as was arranged; a reason that was asked for settles it."""
        self.stopped.append([item["id"] for item in items])
        return Stop() if "cancellationReason" in request else self.answer


def with_network(shop: Shop, network: Network) -> Shop:
    """Return the shop with its orders delivered by a network."""
    entities = shop.core.entities | {"ProductOrder": ProductOrder(network)}  # type: ignore[operator]
    core = Core(shop.core.settings, shop.core.database, entities.values(), shop.core.clock)
    return Shop(core, shop.context, shop.clock)


@pytest.mark.parametrize("transaction", [1, 2])
@pytest.mark.parametrize("written", [False, True], ids=["before it wrote its events", "before it committed"])
def test_fulfilment_killed_in_a_transaction_and_run_again_ends_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, transaction: int, written: bool
) -> None:
    plan = an_item("plan-m", id="p", product=with_characteristics(msisdn=NUMBER))
    placed = shop.order(an_order(an_item("bundle", plan, an_item("handset", id="h"), id="b")))
    finish, finished = Work.finish, []

    def die(work: Work) -> bool:
        finished.append(work)
        if len(finished) < transaction:
            return finish(work)
        if written:
            finish(work)
        raise Killed

    monkeypatch.setattr(Work, "finish", die)
    with pytest.raises(Killed):
        fulfil_order(shop.core, shop.context, placed["id"])
    monkeypatch.undo()
    for _ in range(2):
        fulfil_order(shop.core, shop.context, placed["id"])
    assert shop.get("ProductOrder", placed["id"])["state"] == "completed"
    assert sorted(product["productOffering"]["id"] for product in shop.products()) == ["bundle", "handset", "plan-m"]
    planned = {item["product"]["id"] for item in documents_of(placed)}
    assert {product["id"] for product in shop.products()} == planned
    moves = [state for kind, state in shop.events("ProductOrder") if kind == "StateChange"]
    assert moves == ["inProgress", "completed"]
    assert [kind for kind, _state in shop.events("Product")] == ["Create"] * 3 + ["Batch"]


def test_of_two_workers_that_fulfil_one_order_one_makes_the_product(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s")))
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        fulfil_order(shop.core, shop.context, placed["id"])

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shop.products()) == 1
    assert shop.get("ProductOrder", placed["id"])["state"] == "completed"


def test_of_many_orders_for_one_number_at_once_one_is_accepted(shop: Shop) -> None:
    gate, states = threading.Barrier(4), []

    def place() -> None:
        gate.wait()
        placed = shop.order(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
        states.append((placed["state"], faults(placed)))

    threads = [threading.Thread(target=place) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [("productOrderItem[0].product.productCharacteristic[0].value", "numberInUse")]
    assert sorted(states) == [("acknowledged", []), *[("rejected", taken)] * 3]
    shop.work_off()
    assert len(shop.products()) == 1


def test_an_order_that_loses_a_number_to_another_gives_back_what_it_got(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wanted(**numbers: str) -> Document:
        return an_order(an_item("plan-m", product=with_characteristics(**numbers)))

    shop.order(wanted(msisdn=NUMBER))
    with monkeypatch.context() as patched:
        # The other order comes in between the look at who owns the number and the claim.
        patched.setattr("core.ordering.rules.numbers.owners", lambda reading, numbers: {})
        loser = shop.order(wanted(imsi="262011234567890", msisdn=NUMBER))
    taken = ("productOrderItem[0].product.productCharacteristic[1].value", "numberInUse")
    assert (loser["state"], faults(loser)) == ("rejected", [taken])
    assert shop.order(wanted(imsi="262011234567890"))["state"] == "acknowledged"


def test_items_are_delivered_after_what_they_rely_on(shop: Shop) -> None:
    network = Network(item_1=Outcome(), item_2=Outcome(), item_3=Outcome())
    items = [
        an_item("data", id="1", productOrderItemRelationship=relying_on("2", kind="requires")),
        an_item("data", id="2", productOrderItemRelationship=relying_on("3")),
        an_item("plan-s", id="3"),
    ]
    assert with_network(shop, network).fulfilled(an_order(*items))["state"] == "completed"
    assert network.started == ["3", "2", "1"]


def test_what_relies_on_a_failed_item_fails_too_and_the_order_is_partial(shop: Shop) -> None:
    network = Network(item_1=Outcome(), item_2=Outcome("failed", "no coverage"))
    items = [
        an_item("data", id="1"),
        an_item("plan-s", id="2", product=with_characteristics(msisdn=NUMBER)),
        an_item("data", id="3", productOrderItemRelationship=relying_on("2")),
    ]
    order = with_network(shop, network).fulfilled(an_order(*items))
    assert [item["state"] for item in order["productOrderItem"]] == ["completed", "failed", "failed"]
    assert (order["state"], network.started) == ("partial", ["1", "2"])
    assert [(m["message"], m["reason"], m["status"]) for m in order["productOrderErrorMessage"]] == [
        ("productOrderItem[1]", "no coverage", "failed"),
        ("productOrderItem[2]", "it relies on item '2', which wasn't completed", "failed"),
    ]
    assert len(shop.products()) == 1
    again = an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER)))
    assert shop.order(again)["state"] == "acknowledged", "the number of the failed item is free again"


def test_a_bundle_is_delivered_in_part_where_a_part_fails_and_not_at_all_where_all_do(shop: Shop) -> None:
    parts = [an_item("plan-m", id="p"), an_item("handset", id="h")]
    some = Network(item_p=Outcome(), item_h=Outcome("failed", "sold out"), item_1=Outcome())
    order = with_network(shop, some).fulfilled(an_order(an_item("bundle", *parts)))
    assert (order["state"], order["productOrderItem"][0]["state"]) == ("partial", "partial")
    assert len(shop.products()) == 2
    none = Network(item_p=Outcome("failed"), item_h=Outcome("failed"), item_1=Outcome())
    order = with_network(shop, none).fulfilled(an_order(an_item("bundle", *parts)))
    assert (order["state"], order["productOrderItem"][0]["state"]) == ("failed", "failed")
    assert (len(shop.products()), none.started) == (2, ["p", "h"])


def test_answers_may_come_later_with_what_the_network_has_assigned(shop: Shop) -> None:
    network = Network()
    slow = with_network(shop, network)
    items = [
        an_item("plan-s", id="1"),
        an_item("data", id="2", productOrderItemRelationship=relying_on("1")),
    ]
    order = slow.fulfilled(an_order(*items))
    assert (order["state"], network.started) == ("inProgress", ["1"])
    assigned = Outcome(characteristics=tuple(characteristics(msisdn=NUMBER)))
    shop.clock.advance(timedelta(hours=1))
    identifier = order["id"]
    for _ in range(2):
        order = slow.run(lambda work: report(work, identifier, "1", assigned))
    assert ([item["state"] for item in order["productOrderItem"]], network.started) == (
        ["completed", "inProgress"],
        ["1", "2"],
    )
    assert shop.products()[0]["productCharacteristic"][0]["value"] == NUMBER
    order = slow.run(lambda work: report(work, order["id"], "2", Outcome()))
    assert (order["state"], order["completionDate"]) == ("completed", "2026-01-15T13:00:00.000Z")
    assert slow.run(lambda work: report(work, order["id"], "2", Outcome("failed")))["state"] == "completed"


def test_a_number_that_the_network_assigns_twice_fails_the_item(shop: Shop) -> None:
    assigned = Outcome(characteristics=tuple(characteristics(msisdn=NUMBER)))
    network = with_network(shop, Network(item_1=assigned))
    assert network.fulfilled(an_order(an_item("plan-s")))["state"] == "completed"
    order = network.fulfilled(an_order(an_item("plan-s")))
    assert (order["state"], faults(order)[0][1]) == ("failed", "numberInUse")


def test_an_order_under_way_is_cancelled_while_nothing_was_delivered(shop: Shop) -> None:
    network = Network()
    slow = with_network(shop, network)
    order = slow.fulfilled(an_order(an_item("plan-s"), an_item("data", id="2")))
    request = {"productOrder": {"id": order["id"]}}
    network.answer = Stop("tooLate")
    refused = slow.run(lambda work: work.create("CancelProductOrder", dict(request)))
    assert (refused["state"], refused["errorMessage"][0]["code"]) == ("terminatedWithError", "tooLateToCancel")
    network.answer = Stop()
    done = slow.run(lambda work: work.create("CancelProductOrder", dict(request)))
    assert (done["state"], network.stopped) == ("done", [["1", "2"], ["1", "2"]])
    moves = [state for kind, state in shop.events("ProductOrder") if kind == "StateChange"]
    assert moves == ["inProgress", "assessingCancellation", "cancelled"]
    late = slow.run(lambda work: report(work, order["id"], "1", Outcome()))
    assert (late["state"], shop.products()) == ("cancelled", [])


def test_an_order_of_which_something_was_delivered_isnt_cancelled(shop: Shop) -> None:
    slow = with_network(shop, Network(item_1=Outcome()))
    order = slow.fulfilled(an_order(an_item("plan-s"), an_item("data", id="2")))
    request = slow.run(lambda work: work.create("CancelProductOrder", {"productOrder": {"id": order["id"]}}))
    assert (request["state"], order["state"]) == ("terminatedWithError", "inProgress")


def test_an_order_between_its_two_transactions_can_be_cancelled(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    shop.run(lambda work: work.change("ProductOrder", placed["id"], lambda order: start(work, order)))
    request = shop.run(lambda work: work.create("CancelProductOrder", {"productOrder": {"id": placed["id"]}}))
    assert request["state"] == "done"
    shop.work_off()
    assert shop.products() == []
    again = an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER)))
    assert shop.order(again)["state"] == "acknowledged"


def test_a_product_that_ended_meanwhile_fails_the_item_that_was_to_change_it(shop: Shop) -> None:
    product = shop.product(an_order(an_item("plan-s")))
    later = shop.order(an_order(a_change(product["id"]), requestedStartDate="2026-01-20T00:00:00Z"))
    shop.fulfilled(an_order(a_change(product["id"], "delete")))
    shop.clock.advance(timedelta(days=5))
    shop.work_off()
    failed = shop.get("ProductOrder", later["id"])
    assert (failed["state"], faults(failed)) == ("failed", [("productOrderItem[0].product.id", "productNotLive")])


def test_an_order_of_another_brand_is_fulfilled_in_that_brand(shop: Shop) -> None:
    other = Shop(shop.core, Context("other"), shop.clock)
    assert other.order(an_order(an_item("plan-s")))["state"] == "held"


def test_offerings_with_prices_by_value_of_one_identifier_are_sold_at_their_own(shop: Shop) -> None:
    for name, amount in (("basic", 10), ("premium", 99)):
        priced = an_offering(id=name, productOfferingPrice=[a_monthly_price(Decimal(amount), id="monthly")])
        shop.run(lambda work, offering=priced: work.create("ProductOffering", offering))  # type: ignore[misc]
    shop.fulfilled(an_order(an_item("basic"), an_item("premium", id="2")))
    with shop.core.reading(shop.context) as reading:
        for name, amount in (("basic", 10), ("premium", 99)):
            (sold,) = prices_of(reading, [shop.sold_as(name)["id"]], Period())
            (price,) = load_prices(reading, [(sold.price_id, sold.revision)]).values()
            assert price.amount is not None
            assert price.amount.amount == amount


@pytest.mark.parametrize("other", ["modify", "option"])
def test_orders_that_are_carried_out_at_once_for_one_product_leave_nothing_to_pay(shop: Shop, other: str) -> None:
    for number in range(6):
        made = shop.order(an_order(an_item("plan-s", product=with_characteristics(msisdn=f"+49151123456{number:02}"))))
        shop.work_off()
        line = shop.get("ProductOrder", made["id"])["productOrderItem"][0]["product"]["id"]
        option = {"@type": "Product", "productRelationship": part_of(line, "reliesOn")}
        items = {
            "modify": a_change(line, productOffering=refer("ProductOffering", "plan-m")),
            "option": an_item("option", product=option),
        }
        orders = [shop.order(an_order(item)) for item in (a_change(line, "delete"), items[other])]
        assert [order["state"] for order in orders] == ["acknowledged"] * 2
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda order: fulfil_order(shop.core, shop.context, order["id"]), orders))
    shop.clock.advance(timedelta(days=1))
    assert {product["status"] for product in shop.products()} == {"terminated"}
    with shop.core.reading(shop.context) as reading:
        assert prices_of(reading, [product["id"] for product in shop.products()], Period(reading.now, None)) == []
