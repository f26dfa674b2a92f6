"""Whatever is ordered, it is captured and judged, faults lead to where they are, and delivery comes to an end."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from core.entity import Document, copied, new_id
from core.errors import Conflict
from core.inventory import LIVE
from core.inventory.tables import product_price
from core.ordering.items import documents_of
from core.ordering.states import is_final, roll_up
from core.service import Work
from core.storage.tables import metadata
from tests.builders.ordering import CUSTOMER, a_related_party, an_item, an_order
from tests.core.ordering.shop import Shop

ACTIONS = ["add", "add", "add", "modify", "delete", "noChange"]
KINDS = ["bundles", "bundledBy", "reliesOn", "requires"]
ODD_NUMBERS: list[Any] = ["0151", 7, True, None, ["+49151", {}], "+4915112345678"]


def seldom(odd: list[Any], usual: list[Any]) -> st.SearchStrategy[Any]:
    """One of the usual values nearly always, an odd one now and then."""
    return st.integers(0, 19).flatmap(lambda n: st.sampled_from(odd if n == 0 else usual))


def some(often: int, **attributes: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """Some of these attributes, each in one of `often` cases."""
    chosen = {
        name: st.tuples(st.integers(1, often), strategy).map(lambda pair: pair[1] if pair[0] == 1 else None)
        for name, strategy in attributes.items()
    }
    return st.fixed_dictionaries(chosen).map(lambda found: {k: v for k, v in found.items() if v is not None})


def named(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[Document]:
    """A reference."""
    return strategy.map(lambda identifier: {"id": identifier})


offering = named(seldom(["hidden", "retired", "elsewhere"], ["plan-s", "plan-m", "data", "handset", "bundle"]))
characteristic = st.builds(
    dict,
    name=seldom(["taste", "imsi"], ["msisdn", "MSISDN", "color"]),
    value=seldom(ODD_NUMBERS, ["red"]) | st.integers(0, 9999).map(lambda n: f"+4915112{n:06d}"),
)
relationship = st.builds(dict, id=st.sampled_from(["live", "elsewhere", "1"]), relationshipType=st.sampled_from(KINDS))
money = st.builds(dict, unit=seldom(["???"], ["EUR", "JPY"]), value=seldom([Decimal("-1.5")], [3]))
product = some(
    3,
    **{"@type": st.sampled_from(["Product", "ProductRef", "MobileLine"])},
    # The edge lets no NUL through, as PostgreSQL stores none.
    name=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5),
    status=seldom(["terminated", "aborted "], ["active", "suspended"]),
    productCharacteristic=st.lists(characteristic, max_size=2),
    productRelationship=st.lists(relationship, max_size=1),
    relatedParty=st.lists(st.just({"role": "user"}), max_size=1),
)


@st.composite
def an_item_of_any_kind(draw: st.DrawFn, depth: int = 0) -> Document:
    """An item that mostly makes sense by itself."""
    action = draw(st.sampled_from(ACTIONS))
    item: Document = {"action": action, "id": draw(seldom(["", "1", "x" * 300], [new_id()]))}
    described = draw(product)
    if action == "add" or draw(st.integers(0, 3)) == 0:
        item["productOffering"] = draw(offering)
    if action != "add":
        described["id"] = draw(seldom(["of-another", "ended", "elsewhere", "in-bundle"], ["live", "bundle", "option"]))
    if described:
        item["product"] = described
    parts = draw(st.lists(an_item_of_any_kind(depth + 1), max_size=2)) if depth < 2 else []
    if parts and draw(st.booleans()):
        item["productOrderItem"] = parts
    related = st.builds(dict, id=st.sampled_from(["1", "9"]), relationshipType=st.sampled_from(KINDS))
    return item | draw(
        some(
            6,
            quantity=seldom([-1, 0, 10**25], [1, 2]),
            billingAccount=named(seldom(["of-another"], ["mine", "fresh"])),
            itemPrice=st.lists(st.builds(lambda m: {"price": {"dutyFreeAmount": m}}, money), max_size=1),
            productOrderItemRelationship=st.lists(related, max_size=1),
        )
    )


@st.composite
def an_order_of_any_kind(draw: st.DrawFn) -> Document:
    """An order of some items, whose first is called 1."""
    items = draw(st.lists(an_item_of_any_kind(), min_size=1, max_size=3))
    items[0]["id"] = "1"
    party = draw(seldom([[], [{"role": "customer"}]], [[a_related_party(CUSTOMER)]]))
    return {"@type": "ProductOrder", "productOrderItem": items, "relatedParty": party} | draw(
        some(
            5,
            billingAccount=named(seldom(["of-another"], ["mine", "fresh"])),
            requestedStartDate=st.sampled_from(["2026-01-15T00:00:00Z", "2026-01-15T14:00:00+14:00"]),
            requestedCompletionDate=seldom(["2026-01-14T00:00:00Z"], ["9999-12-31T23:59:59Z"]),
            requestedInitialState=st.sampled_from(["draft", "acknowledged"]),
        )
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(order=an_order_of_any_kind())
def test_any_order_is_judged_and_comes_to_its_end(shop: Shop, order: Document) -> None:
    prepare(shop)
    before = {product["id"]: product for product in shop.products()}
    placed = shop.order(copied(order))
    if placed["state"] == "draft":
        placed = shop.patch(placed["id"], state="acknowledged")
    assert placed["state"] in ("acknowledged", "held", "rejected")
    assert bool(placed.get("productOrderErrorMessage")) == (placed["state"] != "acknowledged")
    for message in placed.get("productOrderErrorMessage", ()):
        assert leads_somewhere(placed, message["message"]), message
    shop.work_off()
    ended = shop.get("ProductOrder", placed["id"])
    if placed["state"] != "acknowledged" or ended["state"] == "acknowledged":
        assert {product["id"]: product for product in shop.products()} == before
    else:
        assert is_final(ended["state"])
        assert roll_up([item["state"] for item in documents_of(ended)]) == ended["state"]
        assert ended["state"] == "completed", ended.get("productOrderErrorMessage")
    try:
        shop.run(lambda work: work.delete("ProductOrder", placed["id"]))
    except Conflict:
        assert ended["state"] in ("completed", "partial")


def prepare(shop: Shop) -> None:
    """Give the customers products that live, unless those of the example before still do."""
    products = {product["id"]: product["status"] for product in shop.products()}
    for identifier, offering_id, customer, account in (
        ("live", "plan-s", CUSTOMER, "mine"),
        ("option", "data", CUSTOMER, "mine"),
        ("bundle", "bundle", CUSTOMER, "mine"),
        ("of-another", "plan-m", "customer-2", "of-another"),
        ("ended", "data", CUSTOMER, "mine"),
    ):
        if products.get(identifier) not in LIVE and (identifier != "ended" or identifier not in products):
            shop.run(lambda work, gone=identifier: forget(work, gone))
            wanted = an_item(offering_id, product={"@type": "Product", "id": identifier})
            shop.product(an_order(wanted, customer=customer, billingAccount={"id": account}))
    if "ended" not in products:
        shop.fulfilled(an_order({"id": "1", "action": "delete", "product": {"id": "ended"}}))


def forget(work: Work, product_id: str) -> None:
    """Remove a product and its prices, as nothing in the system would."""
    for table in (product_price, metadata.tables["product"]):
        identifier = table.c.product_id if "product_id" in table.c else table.c.id
        work.connection.execute(delete(table).where(identifier == product_id))


def leads_somewhere(document: Any, path: str) -> bool:
    """Tell whether a path leads to an attribute of a document, or to where one is lacking."""
    *steps, last = re.findall(r"[^.\[\]]+", path)
    for step in steps:
        if isinstance(document, list):
            document = document[int(step)]
        elif step in document:
            document = document[step]
        else:
            return True
    return isinstance(document, dict) or (isinstance(document, list) and int(last) < len(document))
