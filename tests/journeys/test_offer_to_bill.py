"""From an offer to a bill over HTTP, as a brand, its shop and its network go: catalog, customer, order, usage, bill."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.clock import wire_instant
from core.period import month_of
from tests.apis.listeners import Listener, wait_until
from tests.journeys.caller import NEWEST, OLDEST, Caller, amount
from tests.journeys.server import Server
from tests.journeys.shop import MSISDN, item, offer, order_for, sign_up

Document = dict[str, Any]
ICCID = "8900001000000000010"


@pytest.mark.slow
def test_an_offer_becomes_an_order_a_product_rated_usage_and_a_bill_that_adds_up(
    caller: Caller, server: Server
) -> None:
    offer(caller)
    customer = sign_up(caller)
    order = place_order(caller, customer)
    call = report_usage(caller)

    end = end_of_month()
    server.bss("bill-run", "--as-of", f"{end}")
    (bill,) = bills_of(caller, order)
    check_sums(caller, bill)
    assert caller.bytes_at(bill["billDocument"][0]["url"]).startswith(b"%PDF")

    server.bss("bill-run", "--as-of", f"{end}")
    assert bills_of(caller, order) == [bill], "a second run adds nothing"
    assert caller.get("tmf635", f"usage/{call['id']}")["status"] == "billed"
    caller.delete("tmf635", f"usage/{call['id']}", status=409)
    caller.delete("tmf629", f"customer/{customer}", status=409)


@pytest.mark.slow
def test_a_customer_can_be_billed_on_demand_in_the_middle_of_a_month(caller: Caller) -> None:
    offer(caller)
    order = place_order(caller, sign_up(caller))
    account = {"@type": "BillingAccountRef", "id": order["billingAccount"]["id"]}
    demand = {"@type": "CustomerBillOnDemand", "billingAccount": account}
    done = caller.post("tmf678", "customerBillOnDemand", demand)
    assert done["state"] == "done"
    (bill,) = bills_of(caller, order)
    assert (bill["id"], bill["runType"]) == (done["customerBill"]["id"], "offCycle")
    assert amount(bill["amountDue"]) > 0
    assert caller.post("tmf678", "customerBillOnDemand", demand)["state"] == "rejected", "nothing is open any more"


@pytest.mark.slow
def test_a_client_that_speaks_v4_comes_from_an_offer_to_a_bill_too(caller: Caller, server: Server) -> None:
    offer(caller)
    old = Caller(caller.url, OLDEST)
    offers = old.get("tmf620", "productOffering", **{"category.id": "plans-consumer"})
    assert "plan-m" in [each["id"] for each in offers]
    party = {"id": "p1", "name": "Rosa Exampleton", "@referredType": "Individual"}
    customer = old.post("tmf629", "customer", {"name": "Rosa Exampleton", "engagedParty": party})
    buyer = {"id": customer["id"], "name": customer["name"], "role": "customer", "@referredType": "Customer"}
    number = {"name": "msisdn", "value": MSISDN}
    line = {"id": "1", "action": "add", "productOffering": {"id": "plan-m"}}
    wanted = {"relatedParty": [buyer], "productOrderItem": [line | {"product": {"productCharacteristic": [number]}}]}
    order = old.post("tmf622", "productOrder", wanted)
    order = old.until("tmf622", f"productOrder/{order['id']}", "state", "completed")

    (product,) = old.get(
        "tmf637", "product", **{"relatedParty.id": customer["id"], "productCharacteristic.value": MSISDN}
    )
    assert product["id"] == order["productOrderItem"][0]["product"]["id"]
    assert (product["status"], product["productOrderItem"][0]["productOrderId"]) == ("active", order["id"])
    report_usage(old)
    server.bss("bill-run", "--as-of", f"{end_of_month()}")
    (bill,) = bills_of(old, order)
    lines = old.get("tmf678", "appliedCustomerBillingRate", **{"bill.id": bill["id"]})
    assert {line["type"] for line in lines} == {"recurringCharge", "oneTimeCharge", "usageCharge"}
    assert sum(amount(line["taxIncludedAmount"]) for line in lines) == amount(bill["taxIncludedAmount"])
    assert old.bytes_at(bill["billDocument"][0]["url"]).startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.parametrize("versions", [NEWEST, OLDEST], ids=["v5", "v4"])
def test_an_option_ordered_beside_its_plan_is_used_up_billed_and_ended_with_the_line(
    caller: Caller, server: Server, versions: dict[str, str]
) -> None:
    offer(caller)
    customer, caller = sign_up(caller), Caller(caller.url, versions)
    relies = {"@type": "OrderItemRelationship", "relationshipType": "reliesOn", "id": "1"}
    option = item("2", "data-2gb") | {"productOrderItemRelationship": [relies]}
    order = carried_out(caller, customer, item("1", "plan-s", msisdn=MSISDN), option)
    line, extra = (each["product"]["id"] for each in order["productOrderItem"])
    (related,) = caller.get("tmf637", f"product/{extra}")["productRelationship"]
    assert (related["relationshipType"], related.get("id") or related["product"]["id"]) == ("reliesOn", line)

    sessions = [usage("data", number, volume=megabytes * 10**6) for number, megabytes in enumerate((2999, 1500, 1000))]
    beyond = "Data beyond what is included"
    assert [charged(caller.post("tmf635", "usage", session)) for session in sessions] == [
        [("3 GB", 0)],
        [("3 GB", 0), ("2 GB extra", 0)],
        [("2 GB extra", 0), (beyond, 499 * Decimal("0.0084"))],
    ]
    server.bss("bill-run", "--as-of", f"{end_of_month()}")
    (bill,) = bills_of(caller, order)
    lines = caller.get("tmf678", "appliedCustomerBillingRate", **{"bill.id": bill["id"]})
    of_option = {each["name"] for each in lines if (each.get("product") or {}).get("id") == extra}
    assert of_option == {"2 GB extra"}
    assert [amount(each["taxExcludedAmount"]) for each in lines if each["name"] == beyond] == [Decimal("4.19")]

    carried_out(caller, customer, {"@type": "ProductOrderItem", "action": "delete", "product": product_ref(line)})
    assert caller.get("tmf637", f"product/{extra}")["status"] == "terminated"


def carried_out(caller: Caller, customer: str, *items: Document) -> Document:
    """Place an order and return it when it is completed."""
    wanted = order_for(customer, *({"id": "1"} | each for each in items))
    if caller.speaks("tmf622") == "v4":
        wanted["relatedParty"] = [{"id": customer, "role": "customer", "@referredType": "Customer"}]
    order = caller.post("tmf622", "productOrder", wanted)
    return caller.until("tmf622", f"productOrder/{order['id']}", "state", "completed")


def product_ref(identifier: str) -> Document:
    """Return a reference to a product."""
    return {"@type": "ProductRef", "@referredType": "Product", "id": identifier}


def place_order(caller: Caller, customer: str) -> Document:
    """Order a bundle with an option; a subscriber hears of every state. Return the completed order."""
    line, sim = item("1.1", "plan-m", msisdn=MSISDN), item("1.2", "sim-card", iccid=ICCID)
    wanted = order_for(customer, item("1", "sim-only-m", line, sim, item("1.3", "data-2gb")))
    with Listener() as listener:
        query = "eventType=ProductOrderCreateEvent,ProductOrderStateChangeEvent"
        caller.post("tmf622", "hub", {"@type": "Hub", "callback": listener.url, "query": query})
        order = caller.post("tmf622", "productOrder", wanted)
        assert order["state"] == "acknowledged"
        order = caller.until("tmf622", f"productOrder/{order['id']}", "state", "completed")
        wait_until(lambda: len(listener.received) == 3)
    states = [body["event"]["productOrder"]["state"] for body in listener.received]
    assert states == ["acknowledged", "inProgress", "completed"]
    return order


def report_usage(caller: Caller) -> Document:
    """Report usage that the plan includes and usage that it doesn't; return the call that costs something."""
    local = caller.post("tmf635", "usage", usage("voice", 1, duration=61, destination="+493023125000"))
    far = usage("voice", 2, duration=61, destination="+12025550100")
    call = caller.post("tmf635", "usage", far)
    message = caller.post("tmf635", "usage", usage("sms", 3, destination="+33639980000"))
    session = caller.post("tmf635", "usage", usage("data", 4, volume=5_000_000, visitedNetwork="310260"))
    assert charged(local) == [("400 minutes", 0)]
    assert charged(call) == [("Calls to world zone 1", 2 * Decimal("0.4118"))]
    assert charged(message) == [("200 SMS", 0)]
    assert charged(session) == [("Data while in the rest of the world", 50 * Decimal("0.0084"))]
    assert caller.post("tmf635", "usage", far)["id"] == call["id"], "the same record is the same usage"
    return call


def usage(kind: str, record: int, **values: object) -> Document:
    """Return a usage record of the customer's line, of now."""
    named = {"msisdn": MSISDN, "source": "switch-1", "recordId": str(record), **values}
    return {
        "usageType": kind,
        "usageDate": wire_instant(datetime.now(UTC)),
        "usageCharacteristic": [{"name": name, "value": value} for name, value in named.items()],
    }


def charged(usage: Document) -> list[tuple[str, Decimal]]:
    """Return the price and the amount of each part that a usage was rated into."""
    assert usage["status"] == "rated", usage
    return [(part["offerTariffType"], amount(part["taxExcludedRatingAmount"])) for part in usage["ratedProductUsage"]]


def end_of_month() -> date:
    """Return the first day of next month."""
    end = month_of(datetime.now(UTC)).end
    assert end is not None
    return end.date()


def bills_of(caller: Caller, order: Document) -> list[Document]:
    """Return the bills of the account that an order is charged to."""
    bills: list[Document] = caller.get("tmf678", "customerBill", **{"billingAccount.id": order["billingAccount"]["id"]})
    return bills


def check_sums(caller: Caller, bill: Document) -> None:
    """Check that a bill has its lines, and that lines, taxes and totals agree to the cent."""
    lines = caller.get("tmf678", "appliedCustomerBillingRate", **{"bill.id": bill["id"]})
    for total in ("taxIncludedAmount", "taxExcludedAmount"):
        assert sum(amount(line[total]) for line in lines) == amount(bill[total])
    taxes = sum(amount(tax["taxAmount"]) for tax in bill["taxItem"])
    assert amount(bill["taxExcludedAmount"]) + taxes == amount(bill["taxIncludedAmount"]) == amount(bill["amountDue"])
    named = {line["name"]: amount(line["taxExcludedAmount"]) for line in lines}
    assert named["Activation"] == Decimal("8.40")
    assert named["SIM card"] == Decimal("4.20")
    assert named["Calls to world zone 1"] == Decimal("0.82")
    assert named["Data while in the rest of the world"] == Decimal("0.42")
