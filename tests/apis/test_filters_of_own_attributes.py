"""Filters of v4 over HTTP on both databases, on attributes of a caller's own whose names v5 has for something else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from apis.tmf630.attributes import Attributes
from core.context import Context
from core.entity import copied
from core.evaluation import holds
from core.query import AllOf, Query
from core.service import Core
from tests.apis.conftest import Ask
from tests.apis.generations import both
from tests.apis.test_lists import Get, getter, ids
from tests.builders.schemas import a_schema, register

PRICES = "/tmf-api/productCatalogManagement/v4/productOfferingPrice"
OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "name": "A", "policy": "x", "constraint": [{"id": "c1", "name": "x"}]},
    {"id": "b", "name": "B", "policy": {"name": "x", "rank": 7}},
    {"id": "c", "name": "C", "policy": [{"name": "y", "rank": 10}, {"name": "z", "rank": 8}]},
    {"id": "d", "name": "D", "constraint": [{"id": "c2", "name": "y", "rank": 9}]},
]
OWN = {"policy": "mine", "percentage": "half", "tax": "none"}
INSIDE = {"id": "o", "name": "O", "productOfferingPrice": [{"name": "fee", "price": {"taxRate": 19}, **OWN}]}
FOUND = {
    "policy=x": "a",
    "policy!=x": "bcd",
    "policy.gt=w": "a",
    "policy.regex=^x": "a",
    "policy.name=x": "b",
    "policy.name=x,y": "bc",
    "policy.name!=x": "acd",
    "policy.rank.gt=7": "c",
    "policy.rank<=7": "b",
    "constraint.name=x": "a",
    "constraint.rank=9": "d",
    "policy=x;name=D": "ad",
    "filter=$[?(@.policy)]": "abc",
    "filter=$[?(@.policy=='x' || @.constraint[?(@.rank==9)])]": "ad",
    "filter=$[?(@.policy[?(@.name=='z' %26%26 @.rank==8)])]": "c",
    "filter=$[?(length(@.policy)==2)]": "bc",
    "filter=policy[?(@.rank==8)]": "c",
    "policy.rank>0&sort=-policy.rank": "cb",
    "policy.rank>0&sort=policy.rank": "bc",
}


def reason_in(refused: httpx.Response) -> str:
    """Return why a query is refused."""
    assert refused.status_code == 400, refused.text
    return str(refused.json()["reason"])


@pytest.fixture
def get(core: Core) -> Get:
    """Read from an app with what came in v4."""
    with core.work(Context(core.settings.tenant)) as work:
        prices = [both("tmf620", "ProductOfferingPrice")[0].read(copied(each)) for each in ROWS]
        work.create_many("ProductOfferingPrice", prices)
        work.create("ProductOffering", both("tmf620", "ProductOffering")[0].read(copied(INSIDE)))
    return getter(core)


def test_an_attribute_that_v5_has_a_name_for_is_found_in_v4_as_any_other_extension(get: Get) -> None:
    assert {query: ids(get(PRICES, query)) for query in FOUND} == FOUND
    for query in (f"productOfferingPrice.{name}={value}" for name, value in OWN.items()):
        assert (ids(get(OFFERINGS, query)), ids(get(OFFERINGS, query.replace("=", "!=")))) == ("o", "")
    # v5 has it there; v4 shows it inside of the price.
    assert ids(get(OFFERINGS, "productOfferingPrice.tax.taxRate=19")) == ""
    assert ids(get(OFFERINGS, "productOfferingPrice.price.taxRate=19")) == "o"
    for query in ("productOfferingPrice.tax.mine=x", "productOfferingPrice.percentage.value=1"):
        assert "is not an attribute" in reason_in(get(OFFERINGS, query))


def test_it_is_shown_where_fields_or_a_filter_of_its_members_ask_for_it(get: Get) -> None:
    assert get(f"{PRICES}/b", "fields=policy.rank").json()["policy"] == {"rank": 7}
    assert get(PRICES, "id=a&fields=policy").json()[0]["policy"] == "x"
    assert get(PRICES, "filter=policy[?(@.rank==8)]").json()[0]["policy"] == [{"name": "z", "rank": 8}]
    assert "is not an attribute" in reason_in(get(f"{PRICES}/d", "fields=policy"))


def test_it_is_known_in_v4_alone_and_only_where_a_price_has_it(core: Core, get: Get) -> None:
    assert ids(get(PRICES.replace("v4", "v5"), "policy.name=x")) == "a"
    assert "policy.color" in reason_in(get(PRICES, "policy.color=red"))
    assert ids(getter(core, unknown_filters="accept")(PRICES, "policy.color=red")) == ""


def test_a_filter_tells_of_a_document_in_memory_what_the_databases_find(core: Core, get: Get) -> None:
    old, _ = both("tmf620", "ProductOfferingPrice")
    with core.reading(Context(core.settings.tenant)) as reading:
        for path, operator, value in ((("policy",), "eq", "x"), (("policy", "rank"), "gt", "7")):
            criterion = Attributes(old).criterion(path, operator, [value], "policy")
            assert criterion is not None
            found = [each["id"] for each in reading.find("ProductOfferingPrice", Query((criterion,))).items]
            assert found == [each["id"] for each in reading.each("ProductOfferingPrice", (AllOf((criterion,)),))]
            assert found == [each["id"] for each in ROWS if holds(criterion, old.read(copied(each)))]


def test_a_registered_schema_makes_it_known_and_is_held_to_it(ask: Ask, core: Core, context: Context) -> None:
    schema = a_schema("ruled", "ProductOfferingPrice", required=["policy"])
    schema["properties"]["policy"] = {"type": "string"}
    assert "is not an attribute" in reason_in(ask("GET", PRICES, params={"policy": "x"}))
    register(core, context, schema)
    assert ask("GET", PRICES, params={"policy": "x"}).json() == []
    ruled = {"@type": "Ruled", "@baseType": "ProductOfferingPrice", "name": "R"}
    ruled["@schemaLocation"] = "http://brand.example/tmf-api/schema/ruled"
    refused = ask("POST", PRICES, json={**ruled, "policy": 7})
    assert reason_in(refused) == "policy: must be a string, not a number"
    made = ask("POST", PRICES, json={**ruled, "policy": "x", "constraint": [{"id": "c"}]})
    assert made.status_code == 201, made.text
    assert [each["id"] for each in ask("GET", PRICES, params={"policy": "x"}).json()] == [made.json()["id"]]
