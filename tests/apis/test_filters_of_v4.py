"""Filters of v4 over HTTP on both databases, on what v5 keeps in other words, elsewhere, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.context import Context
from core.entity import copied
from core.service import Core
from tests.apis.generations import both
from tests.apis.test_lists import Get, getter, ids
from tests.builders.ordering import an_item, an_order

PARTY = {"id": "p1", "@referredType": "Individual"}
CUSTOMERS: list[dict[str, Any]] = [
    {
        "id": "a",
        "name": "Ada",
        "characteristic": [{"name": "segment", "value": "gold"}, {"name": "age", "value": 42}],
        "contactMedium": [{"mediumType": "email", "characteristic": {"emailAddress": "ada@brand.example"}}],
        "creditProfile": [{"creditScore": 1}],
    },
    {"id": "b", "name": "Bob", "@type": "Gold", "contactMedium": [{"mediumType": "pigeon"}]},
]
PRICE = {
    "name": "fee",
    "price": {
        "taxRate": 19,
        "dutyFreeAmount": {"unit": "EUR", "value": 10},
        "taxIncludedAmount": {"unit": "EUR", "value": Decimal("11.9")},
    },
}
MINI = {
    "id": "m",
    "name": "Mini",
    "policy": "mine",
    "allowedAction": 7,
    "attachment": [{"description": "leaflet", "mimeType": "text/plain"}],
    "productOfferingPrice": [PRICE],
}


@pytest.fixture
def get(core: Core) -> Get:
    """Read from an app with what came in v4."""
    with core.work(Context(core.settings.tenant)) as work:
        for each in CUSTOMERS:
            work.create("Customer", both("tmf629", "Customer")[0].read({**each, "engagedParty": PARTY}))
        work.create("ProductOffering", both("tmf620", "ProductOffering")[0].read(copied(MINI)))
    return getter(core)


OF_CUSTOMERS = {
    "characteristic.@type=Characteristic": "a",
    "characteristic.@type=StringCharacteristic": "",
    "contactMedium.@type=ContactMedium": "ab",
    "contactMedium.mediumType=email": "a",
    "contactMedium.mediumType=email,pigeon": "ab",
    "@type=Gold": "b",
    "@type=Customer": "a",
    "@type!=Gold": "a",
    "@type.regex=^G": "b",
    "creditProfile.creditProfileDate=1970-01-01T00:00:00.000Z": "a",
    "engagedParty.@type=RelatedParty": "ab",
    "engagedParty.@type=PartyRef": "",
    "filter=$[?(@.characteristic[?(@['@type']=='Characteristic' %26%26 @.value=='gold')])]": "a",
    "filter=$[?(@['@type']=='Gold' || @.name=='Ada')]": "ab",
}
OF_ORDERS = {
    "externalId=e1": "a",
    "externalId=e2": "b",
    "externalId=e1,e2": "ab",
    "externalId!=e2": "acd",
    "externalId!=e1": "bcd",
    "externalId>e1": "bc",
    "externalId<=e1": "a",
    "externalId.regex=^e[23]": "b",
    "externalId=e2;state=rejected": "b",
    "filter=$[?(@.externalId)]": "abc",
    "filter=$[?(!@.externalId)]": "d",
    "filter=$[?(@.externalId=='e2' || @.externalId=='f1')]": "bc",
    "filter=$[?(@.externalId==null)]": "",
    "sort=externalId": "abcd",
    "sort=-externalId": "dcba",
}
OF_OFFERINGS = (
    "productOfferingPrice.@type=ProductOfferingPriceRefOrValue",
    "productOfferingPrice.price.taxIncludedAmount.value=11.9",
    "productOfferingPrice.price.taxRate=19",
    "attachment.@type=AttachmentRefOrValue",
    "policy=mine",
    "allowedAction=7",
)


def test_what_v4_shows_a_filter_finds(get: Get) -> None:
    path = "/tmf-api/customerManagement/v4/customer"
    assert {query: ids(get(path, query)) for query in OF_CUSTOMERS} == OF_CUSTOMERS
    path = "/tmf-api/productCatalogManagement/v4/productOffering"
    for query in OF_OFFERINGS:
        assert (ids(get(path, query)), ids(get(path, query.replace("=", ".ne=")))) == ("m", "")


MEDIA = {
    "a": {"@type": "EmailContactMedium", "emailAddress": "a@b.example"},
    "b": {"@type": "EmailContactMedium", "mediumType": "work mail"},
    "c": {"@type": "WorkMail", "@baseType": "EmailContactMedium", "mediumType": "email"},
    "d": {"@type": "PhoneContactMedium", "phoneNumber": "1"},
}
OF_MEDIA = {
    "contactMedium.mediumType=email": "ac",
    "contactMedium.mediumType.ne=email": "bd",
    "contactMedium.mediumType=email,work mail": "abc",
    "contactMedium.mediumType=phone": "d",
    "contactMedium.mediumType.regex=mail$": "abc",
    "filter=$[?(@.contactMedium[?(@.mediumType=='email')])]": "ac",
    "filter=$[?(@.contactMedium[?(@.mediumType=='work mail' || @.mediumType=='phone')])]": "bd",
}


def test_media_are_found_by_what_v4_calls_them(core: Core) -> None:
    with core.work(Context(core.settings.tenant)) as work:
        for identifier, medium in MEDIA.items():
            party = {"@type": "PartyRef", **PARTY}
            customer = {"@type": "Customer", "id": identifier, "name": identifier, "engagedParty": party}
            work.create("Customer", {**customer, "contactMedium": [medium]})
    get, path = getter(core), "/tmf-api/customerManagement/v4/customer"
    shown = {each["id"]: each["contactMedium"][0]["mediumType"] for each in get(path, "").json()}
    assert shown == {"a": "email", "b": "work mail", "c": "email", "d": "phone"}
    assert {query: ids(get(path, query)) for query in OF_MEDIA} == OF_MEDIA


def test_members_that_a_filter_selects_are_those_that_v4_shows(get: Get) -> None:
    path = "/tmf-api/customerManagement/v4/customer"
    [ada] = get(path, "filter=characteristic[?(@['@type']=='Characteristic' %26%26 @.value==42)]").json()
    assert [each["name"] for each in ada["characteristic"]] == ["age"]
    assert len(get(f"{path}/a", "filter=characteristic[?(@['@type']=='Characteristic')]").json()["characteristic"]) == 2


def test_no_list_is_sorted_by_what_v4_words_otherwise(get: Get) -> None:
    for path in ("contactMedium.mediumType", "characteristic.@type"):
        refused = get("/tmf-api/customerManagement/v4/customer", f"sort={path}")
        assert refused.status_code == 400
        assert f"sort={path}" in refused.json()["reason"]


STATES = {"a": "draft", "b": "held", "c": "inProgress.accepted", "d": "inProgress", "e": "pending"}


def test_lists_are_sorted_by_the_words_that_v4_shows_and_not_by_those_that_are_stored(core: Core) -> None:
    path = "/tmf-api/productOrderingManagement/{}/productOrder"
    with core.work(Context(core.settings.tenant)) as work:
        for identifier, state in STATES.items():
            order = work.create("ProductOrder", an_order(an_item(), id=identifier))
            orders = core.repositories["ProductOrder"]
            orders.update(work.connection, work.context.tenant, {**order, "state": state}, 2, work.now)
        work.create("ProductCatalog", {"@type": "ProductCatalog", "id": "p", "name": "P"})
        work.create("ProductCatalog", {"@type": "Dear", "@baseType": "ProductCatalog", "id": "q", "name": "Q"})
    get = getter(core)
    for version, found in (("v4", "bcdae"), ("v5", "abdce")):
        place = path.format(version)
        assert (ids(get(place, "sort=state")), ids(get(place, "sort=-state"))) == (found, found[::-1])
        reply, seen = get(place, "sort=state&limit=2"), ""
        while "next" in reply.links:
            seen += ids(reply)
            assert "after=" in reply.links["next"]["url"]
            reply = get(reply.links["next"]["url"])
        assert seen + ids(reply) == found
    assert get(path.format("v4"), "state=draft").json() == []
    for version, name, found in (("v4", "catalog", "pq"), ("v5", "productCatalog", "qp")):
        assert ids(get(f"/tmf-api/productCatalogManagement/{version}/{name}", "sort=@type")) == found
    assert get("/tmf-api/productInventory/v4/product", "sort=status").status_code == 200
    assert get("/tmf-api/productOrderingManagement/v4/cancelProductOrder", "sort=-state").status_code == 200


def test_the_external_identifier_that_v4_shows_is_the_one_that_a_filter_finds(core: Core) -> None:
    said = {"a": ["e1", "e2"], "b": ["e2", "e1", "e3"], "c": ["f1"], "d": []}
    with core.work(Context(core.settings.tenant)) as work:
        for identifier, names in said.items():
            others = [{"@type": "ExternalIdentifier", "id": name} for name in names]
            item = {"@type": "ProductOrderItem", "id": "1", "action": "add"}
            order = {"@type": "ProductOrder", "id": identifier, "productOrderItem": [item]}
            work.create("ProductOrder", order | ({"externalId": others} if others else {}))
    get, path = getter(core), "/tmf-api/productOrderingManagement/v4/productOrder"
    assert {query: ids(get(path, query)) for query in OF_ORDERS} == OF_ORDERS
    few = getter(core, scan_limit=3)
    assert ids(few(path, "externalId=e2")) == "b"
    indexed = few(path, "note.text=a").json()["reason"]
    assert "orderDate" in indexed
    assert "creationDate" not in indexed
    assert ids(get(path.replace("v4", "v5"), "externalId.id=e2")) == "ab"
